/**
 * What no other protocol knew: whether a service on some port speaks text, a binary protocol, or
 * something that looks like chance because it is encrypted (or compressed); and how it always begins.
 *
 * Of the bytes themselves nothing is told but a hash of the first four, and that only once another
 * connection to the same port has begun alike, so that it is the protocol's and not a message's.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** `4444 encrypted`, `4444 text` or `4444 binary`: the port, and what it sounds like. */
const tcp = fact('unknown.tcp', text, 'set')
const udp = fact('unknown.udp', text, 'set')
/** `tcp 4444 5f3a9c01`: the port, and a hash of the four bytes the server begins with. */
const beginning = fact('unknown.beginning', text, 'set')

const TCP = 6
const LOOK_BYTES = 256
/** Fewer bytes look like chance by chance. */
const CHANCE_BYTES = 64
const TEXT_BYTES = 8
const START_BYTES = 4
const PRIME = 0x01000193

const seen = new Uint16Array(256)

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const port = talk.from
  if (talk.side !== 'server' || port === 0) return
  noteStart(c, notes, talk, port)
  const sound = soundOf(c)
  if (sound === '') return
  const at = notes.here
  if (notes.writeNumber(port) && notes.write(sound))
    notes.add(talk.transport === TCP ? tcp : udp, at, notes.here - at)
}

function noteStart(c: Cursor, notes: Notes, talk: Talk, port: number): void {
  if (c.left < START_BYTES) return
  const hash = Math.imul(c.u32() ^ PRIME, 0x9e3779b1)
  const mixed = hash ^ (hash >>> 15)
  c.at -= START_BYTES
  const key = (talk.transport === TCP ? 1 : 0) | (port << 1)
  const isUsual = talk.memory.recall(key) === (mixed | 0)
  talk.memory.remember(key, mixed)
  if (!isUsual) return
  const at = notes.here
  if (
    notes.write(talk.transport === TCP ? 'tcp ' : 'udp ') &&
    notes.writeNumber(port) &&
    notes.write(' ') &&
    writeHex(notes, mixed)
  )
    notes.add(beginning, at, notes.here - at)
}

function writeHex(notes: Notes, word: number): boolean {
  let shift = 32
  while (shift > 0) {
    shift -= 4
    const digit = (word >>> shift) & 0xf
    if (!notes.put(digit < 10 ? 0x30 + digit : 0x57 + digit)) return false
  }
  return true
}

/** What bytes sound like, or nothing if there are too few to tell. */
function soundOf(c: Cursor): '' | ' text' | ' binary' | ' encrypted' {
  seen.fill(0)
  let count = 0
  let printed = 0
  let pairs = 0
  while (c.left > 0 && count < LOOK_BYTES) {
    const byte = c.u8()
    pairs += seen[byte]!
    seen[byte]!++
    if ((byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13)) printed++
    count++
  }
  if (count >= TEXT_BYTES && printed >= count * 0.9) return ' text'
  if (count < CHANCE_BYTES) return ''
  // Of bytes that are chance, so many pairs are alike; a protocol's fields are so far more often.
  const expected = (count * (count - 1)) / 512
  return pairs <= expected + 4 * Math.sqrt(expected) ? ' encrypted' : ' binary'
}

export const unknown: Protocol = {
  name: 'unknown',
  standard: 'none',
  tells: 'services that speak what is not understood here, in the clear or not',
  heard: ['unheard'],
  facts: [tcp, udp, beginning],
  parse,
}
