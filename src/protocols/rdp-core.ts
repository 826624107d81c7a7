/** What both sides of RDP exchange as settings, in the open if nothing protects them (MS-RDPBCGR). */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'
import { addWide } from './wide-text.js'

const clientName = fact('rdp.client_name', text, 'set')
const clientBuild = fact('rdp.client_build', text, 'set')
/** The layout's number: `0407` is German. */
const keyboard = fact('rdp.keyboard', text, 'set')
const desktop = fact('rdp.desktop', text, 'set')
/** What an installation of Windows is called by its licence. */
const product = fact('rdp.client_product', text, 'set')
/** How the server encrypts without TLS: all of it can be broken by who stands between. */
const encryption = fact('rdp.encryption', text, 'set')

export const facts: readonly Fact[] = [
  clientName,
  clientBuild,
  keyboard,
  desktop,
  product,
  encryption,
]

/** Both sides' settings stand behind these keys of H.221. */
const CLIENT_KEY = 'Duca'
const SERVER_KEY = 'McDn'
const KEY_LENGTH = 4
const FIRST_LETTERS = [0x44, 0x4d]
const LONG = 0x80

const CLIENT_CORE = 0xc001
const SERVER_SECURITY = 0x0c02
const NAME_BYTES = 32
const PRODUCT_BYTES = 64

const METHODS: Readonly<Record<number, string>> = {
  0: 'none',
  1: '40 bit',
  2: '128 bit',
  8: '56 bit',
  16: 'fips',
}

/** Looks for settings in what a data unit carries; most carry something else. */
export function readCore(c: Cursor, notes: Notes): void {
  while (c.left > KEY_LENGTH && !c.starts(CLIENT_KEY) && !c.starts(SERVER_KEY)) {
    c.take(1)
    const near = Math.min(distance(c, FIRST_LETTERS[0]!), distance(c, FIRST_LETTERS[1]!))
    c.take(Math.min(near, c.left))
  }
  if (c.left <= KEY_LENGTH) return
  c.take(KEY_LENGTH)
  if ((c.u8() & LONG) !== 0) c.u8()
  while (c.left > 4) readBlock(c, notes)
}

function distance(c: Cursor, letter: number): number {
  const found = c.distance(letter)
  return found < 0 ? c.left : found
}

function readBlock(c: Cursor, notes: Notes): void {
  const kind = c.u16le()
  const length = c.u16le()
  const outer = c.narrow(Math.max(length - 4, 0))
  if (kind === CLIENT_CORE) readClient(c, notes)
  else if (kind === SERVER_SECURITY) {
    const method = METHODS[c.u32le()]
    if (method !== undefined && c.fault === '') notes.say(encryption, method)
  }
  c.widen(outer)
}

function readClient(c: Cursor, notes: Notes): void {
  c.take(4)
  const width = c.u16le()
  const height = c.u16le()
  c.take(4)
  const layout = c.u32le()
  const build = c.u32le()
  addDesktop(notes, width, height)
  addKeyboard(notes, layout)
  if (build > 0) notes.count32(clientBuild, build)
  addWide(c, notes, clientName, NAME_BYTES)
  c.take(76)
  // Everything from here on came with later versions.
  if (c.left < 14 + PRODUCT_BYTES) return
  c.take(14)
  addWide(c, notes, product, PRODUCT_BYTES)
}

function addDesktop(notes: Notes, width: number, height: number): void {
  if (width === 0 || height === 0) return
  const at = notes.here
  notes.writeNumber(width)
  notes.write('x')
  notes.writeNumber(height)
  notes.add(desktop, at, notes.here - at)
}

/** Four hexadecimal digits; what stands before them tells variants of one layout apart. */
function addKeyboard(notes: Notes, layout: number): void {
  if (layout === 0) return
  const at = notes.here
  let shift = 16
  while ((shift -= 4) >= 0) {
    const digit = (layout >> shift) & 15
    notes.put(digit < 10 ? 0x30 + digit : 0x57 + digit)
  }
  notes.add(keyboard, at, notes.here - at)
}
