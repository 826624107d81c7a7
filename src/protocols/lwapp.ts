/** LWAPP (RFC 5412): Cisco's access points and controllers before CAPWAP. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, number, text } from '../model/fact.js'
import { isStation } from './configuring.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** `data` or `control`. */
const channel = fact('lwapp.channel', text, 'set')
const message = fact('lwapp.message', number, 'set')
/** Over IP the receiver's hardware address stands first. */
const target = fact('lwapp.target_mac', mac, 'set')

const CONTROL = 0x04
const CONTROL_PORT = 12223
const HEAD = 6

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const first = c.at
  const isAddressed = talk.to === CONTROL_PORT || talk.from === CONTROL_PORT
  if (isAddressed) c.take(6)
  const flags = c.u8()
  c.take(1)
  const length = c.u16()
  c.take(HEAD - 4)
  if (c.fault !== '') return
  if (flags >> 6 !== 0 || length === 0) return c.fail('bad header')
  const isControl = (flags & CONTROL) !== 0
  notes.say(channel, isControl ? 'control' : 'data')
  if (isAddressed && isStation(c.bytes, first)) notes.add(target, first, 6)
  if (isControl) notes.add(message, c.take(1), 1)
}

export const lwapp: Protocol = {
  name: 'lwapp',
  standard: 'RFC 5412',
  tells: "Cisco's older access points and their controllers",
  heard: ['udp/12222-12223'],
  facts: [channel, message, target],
  parse,
}
