/** The configuration test protocol (Ethernet 2.0, 8), by which Cisco's ports listen for themselves. */

import { sameBytes } from '../bytes/compare.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** `keepalive` of a port to itself, `forward` or `reply` between two. */
const message = fact('loop.message', text, 'set')

const REPLY = 1
const FORWARD = 2
const FORWARD_BYTES = 8

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const passed = c.u16le()
  c.take(passed)
  const written = c.u16le()
  // Some write the function the wrong way round.
  const what = written > 0xff ? written >> 8 : written
  if (c.fault !== '') return
  if (passed % FORWARD_BYTES !== 0) return c.fail('bad count')
  if (what !== REPLY && what !== FORWARD) return c.fail('bad function')
  const { sourceMac, targetMac } = talk
  const self = sourceMac >= 0 && sameBytes(c.bytes, sourceMac, targetMac, 6)
  notes.say(message, self ? 'keepalive' : what === REPLY ? 'reply' : 'forward')
}

export const loop: Protocol = {
  name: 'loop',
  standard: 'Ethernet 2.0, 8',
  tells: 'ports of Cisco switches and routers, by their keepalives',
  heard: ['ether/9000'],
  facts: [message],
  parse,
}
