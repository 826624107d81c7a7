/** EIGRP (RFC 7868): routers of one autonomous system, and which IOS they run. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, number, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const system = fact('eigrp.as', number, 'set')
/** The operating system's release, such as `12.4`, and EIGRP's own. */
const ios = fact('eigrp.ios', text)
const version = fact('eigrp.version', text)
const hold = fact('eigrp.hold_s', number, 'set')
const authentication = fact('eigrp.authentication', text, 'set')
const stub = fact('eigrp.stub', text)

const VERSION = 2
const HELLO = 5
const OPCODES_MAX = 12

const PARAMETER = 1
const AUTHENTICATION = 2
const SOFTWARE = 4
const STUB = 6
const MD5 = 2
const SHA = 3
const HEAD = 4

function parse(c: Cursor, notes: Notes): void {
  if (c.u8() !== VERSION) return c.fail('unknown version')
  const opcode = c.u8()
  if (opcode === 0 || opcode > OPCODES_MAX) return c.fail('unknown opcode')
  c.take(16)
  const number = c.take(2)
  if (c.fault !== '') return
  notes.add(system, number, 2)
  let signed = false
  while (c.left > 0) {
    const kind = c.u16()
    const outer = c.narrow(c.u16() - HEAD)
    if (c.fault !== '') return
    if (kind === AUTHENTICATION) {
      signed = true
      authenticate(c, notes)
    } else if (opcode === HELLO) part(c, notes, kind, signed)
    c.widen(outer)
  }
}

function authenticate(c: Cursor, notes: Notes): void {
  const kind = c.u16()
  if (c.fault === '')
    notes.say(authentication, kind === MD5 ? 'md5' : kind === SHA ? 'sha' : 'text')
}

function part(c: Cursor, notes: Notes, kind: number, signed: boolean): void {
  if (kind === PARAMETER) {
    c.take(6)
    const at = c.take(2)
    if (at < 0) return
    notes.add(hold, at, 2)
    if (!signed) notes.say(authentication, 'none')
  } else if (kind === SOFTWARE) {
    noteRelease(c, notes, ios)
    noteRelease(c, notes, version)
  } else if (kind === STUB) notes.say(stub, 'yes')
}

function noteRelease(c: Cursor, notes: Notes, said: typeof ios): void {
  const major = c.u8()
  const minor = c.u8()
  if (c.fault !== '') return
  const at = notes.here
  notes.writeNumber(major)
  notes.put(0x2e)
  notes.writeNumber(minor)
  notes.add(said, at, notes.here - at)
}

export const eigrp: Protocol = {
  name: 'eigrp',
  standard: 'RFC 7868',
  tells: 'Cisco routers, their autonomous system and their IOS release',
  heard: ['ip/88'],
  facts: [system, ios, version, hold, authentication, stub],
  parse,
}
