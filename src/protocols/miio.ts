/**
 * miIO: how Xiaomi's devices are spoken to in the local network. Only the head is in clear, and in
 * it the device's number (Xiaomi's own; widely described).
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const deviceId = fact('miio.device_id', text)
/** `hello`: somebody looks for such devices; else one is commanded. */
const asks = fact('miio.asks', text, 'set')
/** `shown` if a device gives its key to whoever says hello. */
const keyShown = fact('miio.token_shown', text)
const token = secretFact('miio.token', [])

const MAGIC = 0x2131
const HEAD = 32
const LENGTH_MAX = 16_384
const PORT = 54321
const TOKEN = 16

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.u16() !== MAGIC) return c.fail('bad magic')
  const length = c.u16()
  if (length < HEAD || length > LENGTH_MAX) return c.fail('bad length')
  const lead = c.u32()
  const id = c.u32()
  c.take(4)
  const at = c.at
  const given = readToken(c)
  c.take(length - HEAD)
  if (c.fault !== '') return
  const hello = length === HEAD
  if (talk.to === PORT) notes.say(asks, hello ? 'hello' : 'command')
  if (talk.from !== PORT || id === -1) return
  if (id !== 0) notes.count32(deviceId, id)
  if (!hello || lead !== 0) return
  notes.say(keyShown, given ? 'shown' : 'hidden')
  if (given) notes.add(token, at, TOKEN)
}

/** Whether what stands in the checksum's place is a key: else it is all zeros or all ones. */
function readToken(c: Cursor): boolean {
  const first = c.u32()
  const second = c.u32()
  const third = c.u32()
  const fourth = c.u32()
  const same = first === second && first === third && first === fourth
  return !same || (first !== 0 && first !== -1)
}

export const miio: Protocol = {
  name: 'miio',
  standard: "Xiaomi's miIO protocol",
  tells: "the numbers of Xiaomi's devices, and whether they give their keys away",
  heard: ['udp/54321', 'udp "\\x21\\x31\\x00"'],
  facts: [deviceId, asks, keyShown, token],
  parse,
}
