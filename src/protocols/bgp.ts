/**
 * BGP (RFC 4271, 5492, 6793, 9072, and the hostname and software version capabilities): border
 * routers, their autonomous systems, and what they run.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, number, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('bgp.version', number)
const system = fact('bgp.as', number, 'set')
const routerId = fact('bgp.router_id', ip, 'set')
const hold = fact('bgp.hold_s', number, 'set')
const capability = fact('bgp.capability', number, 'set')
const host = fact('bgp.host', text, 'set')
const domain = fact('bgp.domain', text, 'set')
const software = fact('bgp.software', text, 'set')
/** Why a session was refused or ended: the error's two numbers, `6.2`. */
const notification = fact('bgp.notification', text, 'set')

const MARKER_BYTES = 16
const HEAD = 19
const OPEN = 1
const NOTIFICATION = 3
const LAST_TYPE = 5
const CAPABILITIES = 2
const EXTENDED = 255
const WIDE_AS = 65
const HOST = 73
const SOFTWARE = 75
/** Stands for any number that two bytes can't hold. */
const AS_TRANS = 23456

function parse(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    let ones = MARKER_BYTES
    while (ones > 0 && c.left > 0) {
      if (c.u8() !== 0xff) return c.fail('no marker')
      ones--
    }
    const length = c.u16()
    const type = c.u8()
    if (ones > 0 || c.fault !== '') return void c.take(ones)
    if (length < HEAD || type === 0 || type > LAST_TYPE) return c.fail('bad header')
    // Once they exchange routes, nothing more is said of the routers themselves.
    if (type !== OPEN && type !== NOTIFICATION && length > HEAD) return
    const outer = c.narrow(length - HEAD)
    if (type === OPEN) open(c, notes)
    else if (type === NOTIFICATION) refuse(c, notes)
    c.widen(outer)
  }
}

function open(c: Cursor, notes: Notes): void {
  const spoken = c.take(1)
  const at = c.at
  const narrow = c.u16()
  const seconds = c.take(2)
  const id = c.take(4)
  const short = c.u8()
  if (c.fault !== '') return
  notes.add(version, spoken, 1)
  if (narrow !== AS_TRANS) notes.add(system, at, 2)
  notes.add(hold, seconds, 2)
  notes.add(routerId, id, 4)
  const wide = short === EXTENDED && c.peek() === EXTENDED
  if (wide) {
    c.take(1)
    c.take(2)
  }
  while (c.left > 0) {
    const kind = c.u8()
    const outer = c.narrow(wide ? c.u16() : c.u8())
    if (c.fault !== '') return
    while (kind === CAPABILITIES && c.left > 0) one(c, notes)
    c.widen(outer)
  }
}

function one(c: Cursor, notes: Notes): void {
  const code = c.peek()
  const at = c.take(1)
  const outer = c.narrow(c.u8())
  if (c.fault !== '') return
  notes.add(capability, at, 1)
  if (code === WIDE_AS) notes.add(system, c.take(4), 4)
  else if (code === HOST) {
    noteCounted(c, notes, host)
    noteCounted(c, notes, domain)
  } else if (code === SOFTWARE) noteCounted(c, notes, software)
  c.widen(outer)
}

/** Draft implementations leave the software's length out, or the domain. */
function noteCounted(c: Cursor, notes: Notes, said: typeof host): void {
  if (c.left === 0) return
  const length = c.peek() >= c.left ? c.left : c.u8()
  notes.add(said, c.take(length), length)
}

function refuse(c: Cursor, notes: Notes): void {
  const code = c.u8()
  const detail = c.u8()
  if (c.fault !== '') return
  const at = notes.here
  notes.writeNumber(code)
  notes.put(0x2e)
  notes.writeNumber(detail)
  notes.add(notification, at, notes.here - at)
}

export const bgp: Protocol = {
  name: 'bgp',
  standard: 'RFC 4271, 5492',
  tells: 'border routers: their autonomous systems, ids, names and software',
  heard: [
    'tcp/179',
    String.raw`tcp "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"`,
  ],
  facts: [version, system, routerId, hold, capability, host, domain, software, notification],
  parse,
}
