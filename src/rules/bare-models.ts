/** Models without their maker's name in front: the vendor stands beside them wherever they are shown. */

import type { Claim } from '../model/judge.js'

/** Makers' names have so many words at most. */
const WORDS_MAX = 4
/** `Raspberry Pi 4`: what is left would say nothing. */
const TOO_LITTLE = /^(\d{1,2}\b|\W*$|.$)/

/** The claims on a model, each bare; `isVendor` tells whether words are a way to write its maker. */
export function bareModels(
  claims: readonly Claim[],
  isVendor: (words: string) => boolean,
): readonly Claim[] {
  return claims.map(claim => {
    const value = bareModel(claim.value, isVendor)
    return value === claim.value ? claim : { ...claim, value }
  })
}

function bareModel(model: string, isVendor: (words: string) => boolean): string {
  const words = model.split(' ')
  for (let count = Math.min(WORDS_MAX, words.length - 1); count > 0; count--) {
    const rest = words.slice(count).join(' ')
    if (!TOO_LITTLE.test(rest) && isVendor(words.slice(0, count).join(' '))) return rest
  }
  return model
}
