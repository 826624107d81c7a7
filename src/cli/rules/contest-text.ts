/** Claims about a device as text: each property, what it is taken for and why, and what it is not. */

import type { Claim } from '../../model/judge.js'
import type { Contest, Rival } from '../../rules/rivals.js'
import { printable, styled, type Screen } from '../columns.js'

const SAID_MAX = 100

export function contestText(contests: readonly Contest[], on: Screen): string {
  const parts = contests.map(({ property, rivals }) => {
    const lines = rivals.map((rival, i) => rivalText(rival, i === 0, on))
    return `${styled(property, 'bold', on)}\n${lines.join('')}`
  })
  return parts.join('')
}

function rivalText({ value, share, claims }: Rival, isFirst: boolean, on: Screen): string {
  const head = `  ${printable(value)}  ${Math.round(share * 100).toFixed(0)} %`
  const line = styled(head, isFirst ? 'plain' : 'dim', on)
  return `${line}\n${claims.map(claim => claimText(claim, on)).join('')}`
}

function claimText({ rule, confidence, fact, said }: Claim, on: Screen): string {
  const heard = printable(said).slice(0, SAID_MAX)
  return styled(`    ${confidence.toFixed(2)}  ${rule}: ${fact} = ${heard}\n`, 'dim', on)
}
