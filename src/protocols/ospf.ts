/** OSPF, versions 2 and 3 (RFC 2328, RFC 5340): who routes, in which area, and who its neighbours are. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, number, secretFact, text } from '../model/fact.js'
import { noteFixedText, noteUnlessZero } from './fixed-text.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('ospf.version', number, 'set')
const routerId = fact('ospf.router_id', ip)
const area = fact('ospf.area', ip, 'set')
const priority = fact('ospf.priority', number, 'set')
const options = fact('ospf.options', hex, 'set')
const mask = fact('ospf.mask', ip, 'set')
/** Seconds between hellos, and after which a neighbour is dead: the same on all of a network. */
const hello = fact('ospf.hello_s', number, 'set')
const dead = fact('ospf.dead_s', number, 'set')
const designated = fact('ospf.designated', ip, 'set')
const backup = fact('ospf.backup', ip, 'set')
const neighbor = fact('ospf.neighbor', ip, 'set')
const authentication = fact('ospf.authentication', text, 'set')
const password = secretFact('ospf.password', ['cisco', 'ospf', 'password', 'admin', '1234'])

const HELLO = 1
const LAST_TYPE = 5
const HEAD_2 = 24
const HEAD_3 = 16
const SIMPLE = 1
const PASSWORD_BYTES = 8
const KINDS = ['none', 'simple', 'cryptographic'] as const
const NEIGHBORS_MAX = 32

function parse(c: Cursor, notes: Notes): void {
  const spoken = c.peek()
  const at = c.take(1)
  const type = c.u8()
  const length = c.u16()
  const head = spoken === 2 ? HEAD_2 : HEAD_3
  if (c.fault !== '') return
  if (spoken !== 2 && spoken !== 3) return c.fail('unknown version')
  if (type === 0 || type > LAST_TYPE || length < head) return c.fail('bad header')
  const id = c.take(4)
  const zone = c.take(4)
  c.take(2)
  if (c.fault !== '') return
  notes.add(version, at, 1)
  notes.add(routerId, id, 4)
  notes.add(area, zone, 4)
  if (spoken === 2) authenticate(c, notes)
  else c.take(2)
  if (type !== HELLO) return
  // A digest lies behind the packet's own end.
  const outer = c.narrow(length - head)
  if (spoken === 2) hello2(c, notes)
  else hello3(c, notes)
  c.widen(outer)
}

function authenticate(c: Cursor, notes: Notes): void {
  const kind = c.u16()
  if (c.left < PASSWORD_BYTES) c.take(PASSWORD_BYTES)
  if (c.fault !== '') return
  if (kind < KINDS.length) notes.say(authentication, KINDS[kind]!)
  if (kind === SIMPLE) noteFixedText(c, notes, password, PASSWORD_BYTES)
  else c.take(PASSWORD_BYTES)
}

function hello2(c: Cursor, notes: Notes): void {
  noteUnlessZero(c, notes, mask, 4)
  notes.add(hello, c.take(2), 2)
  notes.add(options, c.take(1), 1)
  notes.add(priority, c.take(1), 1)
  notes.add(dead, c.take(4), 4)
  neighbors(c, notes)
}

function hello3(c: Cursor, notes: Notes): void {
  c.take(4)
  notes.add(priority, c.take(1), 1)
  notes.add(options, c.take(3), 3)
  notes.add(hello, c.take(2), 2)
  notes.add(dead, c.take(2), 2)
  neighbors(c, notes)
}

function neighbors(c: Cursor, notes: Notes): void {
  noteUnlessZero(c, notes, designated, 4)
  noteUnlessZero(c, notes, backup, 4)
  let room = NEIGHBORS_MAX
  while (c.left > 0 && room-- > 0) notes.add(neighbor, c.take(4), 4)
}

export const ospf: Protocol = {
  name: 'ospf',
  standard: 'RFC 2328, 5340',
  tells:
    'routers, the id of each, its area and neighbours, and whether routes are accepted unsigned',
  heard: ['ip/89'],
  facts: [
    ...[version, routerId, area, priority, options, mask, hello, dead],
    ...[designated, backup, neighbor, authentication, password],
  ],
  parse,
}
