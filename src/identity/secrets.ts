/** Secrets as a report shows them: a word everybody knows, or which of the secrets it was. */

import { plainText } from '../bytes/text.js'
import type { Told } from '../model/heard.js'
import { SECRETS_MAX } from './limits.js'

const KNOWN = 'default: '
/** What all further ones are called. */
const OTHERS = new TextEncoder().encode('another secret')

export class Secrets {
  /** By what was told: the bytes that stand for it. */
  private readonly texts = new Map<string, Uint8Array>()
  /** How many secrets nobody knows have been told. */
  private count = 0

  /** The bytes of `default: public`, or of `secret 1` and so on, in the order they were told. */
  written(told: Told): Uint8Array {
    const text = plainText(told.bytes, told.valueAt, told.valueLength)
    let bytes = this.texts.get(text)
    if (bytes === undefined) {
      if (this.texts.size === SECRETS_MAX) return OTHERS
      const shown = text.startsWith(KNOWN) ? text : `secret ${++this.count}`
      bytes = new TextEncoder().encode(shown)
      this.texts.set(text, bytes)
    }
    return bytes
  }
}
