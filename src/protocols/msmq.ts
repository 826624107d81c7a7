/** Microsoft Message Queuing (MS-MQQB, MS-MQMQ): queue managers, known to each other by numbers. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text } from '../model/fact.js'
import { IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** A queue manager's own number, drawn when it was installed. */
const guid = fact('msmq.guid', hex, 'set')
/** Whether it runs on a `server` or a `workstation`. */
const system = fact('msmq.system', text, 'set')

const VERSION = 0x10
const SIGNATURE = 'LIOR'
const HEAD = 16
const INTERNAL = 0x04
const KIND = 0x0f
const ESTABLISH = 2
const SERVER_SYSTEM = 0x02
const GUID_LENGTH = 16

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  const from = c.at
  const version = c.u8()
  c.take(1)
  const flags = c.u16le()
  if (c.fault === '' && version !== VERSION) return c.fail('bad version')
  if (c.left >= SIGNATURE.length && !c.starts(SIGNATURE)) return c.fail('no signature')
  c.take(from + HEAD - c.at)
  if ((flags & INTERNAL) === 0) return
  c.take(2)
  const kind = c.u16le() & KIND
  if (c.fault === '' && kind === ESTABLISH) readEstablish(c, notes, talk)
}

/** Both sides' numbers stand in request and answer; that of the other may not be known yet. */
function readEstablish(c: Cursor, notes: Notes, talk: Talk): void {
  const client = c.take(GUID_LENGTH)
  const any = c.peek() | c.peek(1) | c.peek(2) | c.peek(3)
  const server = c.take(GUID_LENGTH)
  c.take(5)
  const bits = c.u8()
  if (c.fault !== '' || talk.side === 'unknown') return
  const isClient = talk.side === 'client'
  notes.add(guid, isClient ? client : server, GUID_LENGTH)
  notes.say(system, (bits & SERVER_SYSTEM) !== 0 ? 'server' : 'workstation')
  if (!isClient || any === 0 || talk.targetIp < 0) return
  notes.about(talk.network === 4 ? IP4 : IP6, talk.targetIp)
  notes.add(guid, server, GUID_LENGTH)
}

export const msmq: Protocol = {
  name: 'msmq',
  standard: 'MS-MQQB, MS-MQMQ',
  tells: 'queue managers of Windows, by numbers that stay',
  heard: ['tcp/1801', 'tcp @4 "LIOR"'],
  facts: [guid, system],
  parse,
}
