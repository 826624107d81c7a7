/** VISCA over IP (Sony): cameras that turn, what they answer who they are, and who moves them. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** `camera` or `controller`. */
const role = fact('visca.role', text, 'set')
const vendor = fact('visca.vendor_id', hex)
const model = fact('visca.model_id', hex)
const version = fact('visca.version', hex)

const COMMAND = 0x0100
const INQUIRY = 0x0110
const REPLY = 0x0111
const SETTING = 0x0120
const CONTROL = 0x0200
const CONTROL_REPLY = 0x0201
const LENGTH_MAX = 16
const VERSION_ASKED = 1
const VERSION_REPLY = 10
const COMPLETED = 0x50

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const kind = c.u16()
  const length = c.u16()
  const sequence = c.u32()
  if (c.fault !== '') return
  const isAsking = kind === COMMAND || kind === INQUIRY || kind === SETTING || kind === CONTROL
  const isAnswer = kind === REPLY || kind === CONTROL_REPLY
  if ((!isAsking && !isAnswer) || length > LENGTH_MAX || length === 0) return c.fail('no visca')
  const first = c.peek()
  if (kind !== CONTROL && kind !== CONTROL_REPLY && first < 0x80) return c.fail('no visca')
  notes.say(role, isAsking ? 'controller' : 'camera')
  if (kind === INQUIRY && c.starts('\x81\x09\x00\x02'))
    talk.memory.remember(sequence, VERSION_ASKED)
  if (kind !== REPLY || length !== VERSION_REPLY || c.peek(1) !== COMPLETED) return
  if (talk.memory.recall(sequence) !== VERSION_ASKED) return
  c.take(2)
  notes.add(vendor, c.take(2), 2)
  notes.add(model, c.take(2), 2)
  notes.add(version, c.take(2), 2)
}

export const visca: Protocol = {
  name: 'visca',
  standard: 'Sony VISCA over IP',
  tells: 'cameras that turn: maker, model and version by number; who moves them',
  heard: ['udp/52381'],
  facts: [role, vendor, model, version],
  parse,
}
