/** TFTP (RFC 1350, 2347): which files devices fetch when they start; names often tell who they are. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const reads = fact('tftp.reads', text, 'set')
const writes = fact('tftp.writes', text, 'set')
const mode = fact('tftp.mode', text, 'set')
/** Options by name: which of them are asked for tells boot loaders apart. */
const option = fact('tftp.option', text, 'set')

const READ = 1
const WRITE = 2
const LAST = 6
const NAME_MAX = 255
const OPTIONS_MAX = 8
const LOWER = 0x20

function parse(c: Cursor, notes: Notes): void {
  const kind = c.u16()
  if (c.fault !== '') return
  if (kind === 0 || kind > LAST) return c.fail('unknown opcode')
  // Only requests come to the port; what follows goes between two others.
  if (kind !== READ && kind !== WRITE) return
  const length = c.distance(0)
  if (length === 0 || length > NAME_MAX) return c.fail('bad name')
  const name = c.until(0)
  if (!isMode(c)) return c.distance(0) >= 0 ? c.fail('unknown mode') : void c.take(c.left + 1)
  const way = c.distance(0)
  const wayAt = c.until(0)
  if (c.fault !== '') return
  notes.add(kind === READ ? reads : writes, name, length)
  notes.add(mode, wayAt, way)
  noteOptions(c, notes)
}

/** `octet`, `netascii` or `mail`, in whatever case. */
function isMode(c: Cursor): boolean {
  const first = c.peek() | LOWER
  const second = c.peek(1) | LOWER
  if (first === 0x6f) return second === 0x63 && c.distance(0) === 5
  if (first === 0x6e) return second === 0x65 && c.distance(0) === 8
  return first === 0x6d && second === 0x61 && c.distance(0) === 4
}

function noteOptions(c: Cursor, notes: Notes): void {
  let room = OPTIONS_MAX
  while (c.left > 0 && room-- > 0) {
    const length = c.distance(0)
    const at = c.until(0)
    c.until(0)
    if (c.fault === '') notes.add(option, at, length)
  }
}

export const tftp: Protocol = {
  name: 'tftp',
  standard: 'RFC 1350, 2347',
  tells: 'phones, switches and boot loaders by the files they ask for: `SEP001122334455.cnf.xml`',
  heard: ['udp/69'],
  facts: [reads, writes, mode, option],
  parse,
}
