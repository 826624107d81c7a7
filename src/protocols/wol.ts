/** Wake on LAN (AMD's Magic Packet): who wakes whom. */

import { sameBytes } from '../bytes/compare.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { MAC, type Notes, type Protocol, type Talk } from './protocol.js'

const wakes = fact('wol.wakes', mac, 'set')
/** About who is woken: it can be. */
const woken = fact('wol.woken', text, 'set')
/** A password came along, which anybody could read. */
const password = fact('wol.password', text, 'set')

const TIMES = 16
const PASSWORD = 6
const SHORT_PASSWORD = 4

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.u32() !== -1 || c.u16() !== 0xffff) return c.fail('no magic')
  const { at } = c
  let times = 1
  c.take(6)
  while (times < TIMES && c.left > 0) {
    const next = c.take(6)
    if (next >= 0 && !sameBytes(c.bytes, at, next, 6)) return c.fail('no magic')
    times++
  }
  if (times < TIMES) c.take(6)
  if (c.fault !== '') return
  const { left } = c
  notes.add(wakes, at, 6)
  // Four bytes behind an Ethernet frame may be its checksum.
  if (left === PASSWORD || (left === SHORT_PASSWORD && talk.network !== 0)) {
    notes.say(password, 'seen')
  }
  notes.about(MAC, at)
  notes.say(woken, 'asked')
}

export const wol: Protocol = {
  name: 'wol',
  standard: 'AMD Magic Packet',
  tells: 'who wakes machines, and which ones can be woken',
  heard: ['ether/0842', 'udp "\\xff\\xff\\xff\\xff\\xff\\xff"'],
  facts: [wakes, woken, password],
  parse,
}
