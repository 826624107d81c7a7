/** Object identifiers in certificates (RFC 3279, 5480, 8410): algorithms and curves, in words. */

import { expect, OBJECT, readObject } from '../bytes/ber.js'
import type { Cursor } from '../bytes/cursor.js'
import type { Notes } from './protocol.js'

const wire = (hexadecimal: string): string =>
  String.fromCharCode(...Buffer.from(hexadecimal, 'hex'))

interface Known {
  readonly wire: string
  readonly word: string
}

const known = (list: readonly (readonly [hexadecimal: string, word: string])[]): Known[] =>
  list.map(([hexadecimal, word]) => ({ wire: wire(hexadecimal), word }))

export const SIGNATURES = known([
  ['2a864886f70d01010b', 'sha256WithRSA'],
  ['2a8648ce3d040302', 'ecdsa-with-SHA256'],
  ['2a8648ce3d040303', 'ecdsa-with-SHA384'],
  ['2a864886f70d010105', 'sha1WithRSA'],
  ['2a864886f70d01010c', 'sha384WithRSA'],
  ['2a864886f70d01010d', 'sha512WithRSA'],
  ['2a864886f70d01010a', 'RSASSA-PSS'],
  ['2a864886f70d010104', 'md5WithRSA'],
  ['2a864886f70d010102', 'md2WithRSA'],
  ['2a864886f70d01010e', 'sha224WithRSA'],
  ['2b0e03021d', 'sha1WithRSA'],
  ['2a8648ce3d040304', 'ecdsa-with-SHA512'],
  ['2a8648ce3d0401', 'ecdsa-with-SHA1'],
  ['2a8648ce3d040301', 'ecdsa-with-SHA224'],
  ['2b6570', 'Ed25519'],
  ['2b6571', 'Ed448'],
  ['2a8648ce380403', 'dsa-with-SHA1'],
  ['608648016503040302', 'dsa-with-SHA256'],
  ['608648016503040311', 'ML-DSA-44'],
  ['608648016503040312', 'ML-DSA-65'],
  ['608648016503040313', 'ML-DSA-87'],
])

export const RSA = 'RSA'
export const EC = 'EC'

export const KEYS = known([
  ['2a864886f70d010101', RSA],
  ['2a8648ce3d0201', EC],
  ['2a864886f70d01010a', RSA],
  ['2b6570', 'Ed25519'],
  ['2b6571', 'Ed448'],
  ['2a8648ce380401', 'DSA'],
  ['608648016503040311', 'ML-DSA-44'],
  ['608648016503040312', 'ML-DSA-65'],
  ['608648016503040313', 'ML-DSA-87'],
])

export const CURVES = known([
  ['2a8648ce3d030107', 'EC P-256'],
  ['2b81040022', 'EC P-384'],
  ['2b81040023', 'EC P-521'],
  ['2b8104000a', 'EC secp256k1'],
  ['2b2403030208010107', 'EC brainpoolP256r1'],
  ['2b240303020801010b', 'EC brainpoolP384r1'],
])

/** What no list knows is written as numbers: here it lies, and is so long. */
export const written = { at: -1, length: 0 }

/** Reads an object and returns its word; '' if it is not in the list, and then `written` has it. */
export function readWord(c: Cursor, list: readonly Known[], notes: Notes): string {
  const length = expect(c, OBJECT)
  const outer = c.narrow(length)
  let word = ''
  let i = 0
  while (i < list.length && word === '') {
    const one = list[i++]!
    if (one.wire.length === length && c.starts(one.wire)) word = one.word
  }
  if (word === '') {
    written.at = notes.here
    written.length = readObject(c, c.left, notes)
  }
  c.widen(outer)
  return word
}
