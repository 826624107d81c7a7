/** QUIC's versions in words, and its numbers of one to eight bytes (RFC 9000, 16). */

import type { Cursor } from '../bytes/cursor.js'
import { hexDigits } from '../bytes/digits.js'

const WORDS = new Map<number, string>([
  [0x00000001, 'v1'],
  [0x6b3343cf, 'v2'],
  [0xfaceb001 | 0, 'mvfst-1'],
  [0xfaceb002 | 0, 'mvfst-2'],
])
const DRAFT = 0xff000000 | 0
const DRAFTS = 64
const GREASE = 0x0a0a0a0a

/** `v1`, `draft-29`, `Q046`; '' for those that nobody speaks and that only probe. */
export function versionWord(version: number): string {
  const known = WORDS.get(version)
  if (known !== undefined) return known
  if ((version & 0x0f0f0f0f) === GREASE) return ''
  const word = wordOf(version)
  if (WORDS.size < 64) WORDS.set(version, word)
  return word
}

function wordOf(version: number): string {
  const draft = version - DRAFT
  if (draft > 0 && draft < DRAFTS) return `draft-${String(draft)}`
  const letters = String.fromCharCode(
    version >>> 24,
    (version >> 16) & 0xff,
    (version >> 8) & 0xff,
    version & 0xff,
  )
  if (/^[A-Z][0-9]{3}$/.test(letters)) return letters
  return `0x${hexDigits(version, 8)}`
}

/** Reads a number; those that fit into no packet are a fault. */
export function readNumber(c: Cursor): number {
  const first = c.u8()
  const low = first & 0x3f
  switch (first >> 6) {
    case 0:
      return low
    case 1:
      return (low << 8) | c.u8()
    case 2:
      return (low << 24) | c.u24()
  }
  const high = (low << 24) | c.u24()
  const rest = c.u32()
  if (high !== 0 || rest < 0) c.fail('bad number')
  return c.fault === '' ? rest : 0
}
