/** NetBIOS names as the wire has them (RFC 1001 14.1), and what their last byte says. */

import type { Cursor } from '../bytes/cursor.js'
import { IN_SCRATCH, type Notes } from './protocol.js'

export const WORKSTATION = 0x00
export const FILE_SERVER = 0x20
export const DOMAIN_MASTER = 0x1b
export const CONTROLLERS = 0x1c
export const MASTER = 0x1d
export const ELECTIONS = 0x1e

/** The name read last: where it was written, without what fills it up, and its suffix. */
export const netbios = { at: -1, length: 0, suffix: 0 }

const ENCODED = 32
const NAME_BYTES = 15
const SPACE = 0x20
const LETTER_A = 0x41
const UNDERSCORE = 0x5f
const LABEL_MAX = 63
const SCOPE_LABELS_MAX = 8

const UNIQUE_SERVICES: readonly (string | undefined)[] = sparse([
  [WORKSTATION, 'workstation'],
  [0x03, 'messenger'],
  [0x06, 'remote access server'],
  [DOMAIN_MASTER, 'domain master browser'],
  [MASTER, 'master browser'],
  [0x1f, 'netdde'],
  [FILE_SERVER, 'file server'],
  [0x21, 'remote access client'],
  [0x22, 'exchange'],
  [0x23, 'exchange'],
  [0x24, 'exchange directory'],
  [0x2b, 'lotus notes'],
  [0x30, 'modem sharing server'],
  [0x31, 'modem sharing client'],
  [0x43, 'sms remote control'],
  [0x44, 'sms remote control'],
  [0x6a, 'exchange imc'],
  [0x87, 'exchange mta'],
  [0xbe, 'network monitor agent'],
  [0xbf, 'network monitor'],
])
const MASTERS = 0x01

/** What a machine offers that has the name read last, if anything is known. */
export function serviceOf(notes: Notes, group: boolean): string | undefined {
  if (!group) return UNIQUE_SERVICES[netbios.suffix]
  if (netbios.suffix === MASTERS) return 'master browser'
  if (netbios.suffix !== CONTROLLERS) return undefined
  // INet~Services is a group with the suffix of controllers, too.
  return isOrdinary(notes) ? 'domain controller' : 'iis'
}

/** A workgroup's or domain's own name: not that of the browsers, nor that of a web server. */
export function namesGroup(suffix: number, group: boolean): boolean {
  if (suffix === DOMAIN_MASTER || suffix === MASTER) return true
  return group && (suffix === WORKSTATION || suffix === ELECTIONS || suffix === CONTROLLERS)
}

/** Reads a name of the first level encoding, each half of a byte a letter, and steps over its scope. */
export function readEncodedName(c: Cursor, notes: Notes): void {
  if (c.u8() !== ENCODED) return c.fail('bad name')
  begin(notes)
  let i = 0
  while (i < NAME_BYTES && c.left > 0) put(notes, readByte(c), ++i)
  netbios.suffix = readByte(c)
  let labels = 0
  let length = c.u8()
  while (length > 0 && labels < SCOPE_LABELS_MAX) {
    if (length > LABEL_MAX) return c.fail('bad name')
    c.take(length)
    length = c.u8()
    labels++
  }
}

/** Reads a name as a node's status has it: 15 bytes and the suffix. */
export function readPlainName(c: Cursor, notes: Notes): void {
  begin(notes)
  let i = 0
  while (i < NAME_BYTES && c.left > 0) put(notes, c.u8(), ++i)
  netbios.suffix = c.u8()
}

/** Names that services of Windows keep beside the machine's own: `IS~OFFICE`, `INet~Services`. */
export function isOrdinary(notes: Notes): boolean {
  const { scratch } = notes
  const from = netbios.at - IN_SCRATCH
  const first = scratch[from]!
  if (netbios.length === 0 || first <= SPACE) return false
  if (first === UNDERSCORE && scratch[from + 1] === UNDERSCORE) return false
  return !(first === 0x49 && (scratch[from + 2] === 0x7e || scratch[from + 4] === 0x7e))
}

function begin(notes: Notes): void {
  netbios.at = notes.here
  netbios.length = 0
}

function readByte(c: Cursor): number {
  const high = c.u8() - LETTER_A
  const low = c.u8() - LETTER_A
  if (((high | low) & ~15) !== 0) {
    c.fail('bad name')
    return 0
  }
  return (high << 4) | low
}

/** Spaces and zeros at the end only fill a name up. */
function put(notes: Notes, byte: number, length: number): void {
  if (notes.put(byte) && byte !== SPACE && byte !== 0) netbios.length = length
}

function sparse(list: readonly (readonly [number, string])[]): (string | undefined)[] {
  const table = new Array<string | undefined>(256).fill(undefined)
  list.forEach(([suffix, word]) => (table[suffix] = word))
  return table
}
