/** ICMP (RFC 792, 950, 1256): only the kinds that tell who routes and who answers too much. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** `yes` once it said that it could not pass a packet on: only routers do. */
const forwards = fact('icmp.forwards', text)
/** Addresses that a router advertises, and those that it sends others to. */
const router = fact('icmp.router', ip, 'set')
const redirectsTo = fact('icmp.redirects_to', ip, 'set')
const mask = fact('icmp.mask', ip, 'set')
/** Old questions that it still answers: `timestamp`, `mask`. */
const answers = fact('icmp.answers', text, 'set')

const UNREACHABLE = 3
const REDIRECT = 5
const ADVERTISEMENT = 9
const EXCEEDED = 11
const TIMESTAMP_REPLY = 14
const MASK_REPLY = 18
/** Of the reasons why something can't be reached: its network or machine, or a filter. */
const FROM_ROUTERS = 0b11100011100011

function parse(c: Cursor, notes: Notes): void {
  const type = c.u8()
  const code = c.u8()
  c.take(2)
  if (c.fault !== '') return
  if (type === UNREACHABLE || type === EXCEEDED) return undelivered(c, notes, type, code)
  if (type === REDIRECT) notes.add(redirectsTo, c.take(4), 4)
  else if (type === ADVERTISEMENT) advertisement(c, notes)
  else if (type === TIMESTAMP_REPLY) {
    if (c.take(16) >= 0) notes.say(answers, 'timestamp')
  } else if (type === MASK_REPLY) {
    c.take(4)
    notes.add(mask, c.take(4), 4)
    if (c.fault === '') notes.say(answers, 'mask')
  }
}

function undelivered(c: Cursor, notes: Notes, type: number, code: number): void {
  if (c.take(4) < 0) return
  const isRouter = type === EXCEEDED ? code === 0 : ((FROM_ROUTERS >> code) & 1) === 1
  if (isRouter) notes.say(forwards, 'yes')
}

function advertisement(c: Cursor, notes: Notes): void {
  let count = c.u8()
  const size = c.u8() * 4
  c.take(2)
  if (size < 4) return c.fail('entry size')
  while (count-- > 0 && c.left > 0) {
    notes.add(router, c.take(4), 4)
    c.take(size - 4)
  }
}

export const icmp: Protocol = {
  name: 'icmp',
  standard: 'RFC 792, 950, 1256',
  tells: 'who routes, to whom routers send others, and who answers old questions',
  heard: ['ip/1'],
  facts: [forwards, router, redirectsTo, mask, answers],
  parse,
}
