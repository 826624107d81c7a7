/** XDMCP (X Display Manager Control Protocol): X terminals and the hosts that manage them. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, label, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const host = fact('xdmcp.host', text, 'set')
const status = fact('xdmcp.status', text, 'set')
/** What an X terminal tells of itself: its maker's number for it, and its class. */
const displayId = fact('xdmcp.display_id', label, 'set')
const displayClass = fact('xdmcp.display_class', text, 'set')
/** `terminal` or `manager`. */
const role = fact('xdmcp.role', text, 'set')

const VERSION = 1
const WILLING = 5
const UNWILLING = 6
const REQUEST = 7
const ACCEPT = 8
const MANAGE = 10
const LAST = 14

function parse(c: Cursor, notes: Notes): void {
  const version = c.u16()
  const kind = c.u16()
  const length = c.u16()
  if (c.fault !== '') return
  if (version !== VERSION || kind === 0 || kind > LAST) return c.fail('no xdmcp')
  const outer = c.narrow(length)
  if (c.fault !== '') return
  notes.say(
    role,
    kind === WILLING || kind === UNWILLING || kind === ACCEPT ? 'manager' : 'terminal',
  )
  if (kind === WILLING) pass(c)
  if (kind === WILLING || kind === UNWILLING) {
    addArray(c, notes, host)
    addArray(c, notes, status)
  } else if (kind === REQUEST) readRequest(c, notes)
  else if (kind === MANAGE) {
    c.take(6)
    addArray(c, notes, displayClass)
  }
  c.widen(outer)
}

/** Addresses and ways to prove oneself come before the display's name for itself. */
function readRequest(c: Cursor, notes: Notes): void {
  c.take(2)
  c.take(2 * c.u8())
  passAll(c)
  pass(c)
  pass(c)
  passAll(c)
  addArray(c, notes, displayId)
}

function passAll(c: Cursor): void {
  let count = c.u8()
  while (c.left > 0 && count-- > 0) pass(c)
}

const pass = (c: Cursor): void => void c.take(c.u16())

function addArray(c: Cursor, notes: Notes, said: Fact): void {
  const length = c.u16()
  notes.add(said, c.take(length), length)
}

export const xdmcp: Protocol = {
  name: 'xdmcp',
  standard: 'X Display Manager Control Protocol 1.1',
  tells: 'X terminals, and the names of the hosts that manage them',
  heard: ['udp/177'],
  facts: [host, status, displayId, displayClass, role],
  parse,
}
