/**
 * Tuya's local protocol: thousands of brands' plugs, lamps and sensors announce themselves every
 * few seconds, in clear or under a key that is everybody's. Tuya's own; widely described.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import { IN_SCRATCH, IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { decipherBlocks, decipherStream } from './tuya-cipher.js'

const deviceId = fact('tuya.device_id', text)
const product = fact('tuya.product_key', text)
const version = fact('tuya.version', text)
/** A part behind a gateway, as the gateway's client calls it. */
const part = fact('tuya.part_id', text, 'set')
/** `app`: a telephone looks for devices. */
const client = fact('tuya.client', text, 'set')
/** The account a device belongs to. */
const account = secretFact('tuya.account', [])

const PREFIX = 0x55aa
const PREFIX_NEW = 0x6699
/** Behind the payload: a checksum and the ending; in the newer form a seal and the ending. */
const TAIL = 8
const SEAL = 16
const SEALED_END = 4
const NONCE = 12
const LENGTH_MAX = 4096
const COMMAND_MAX = 0xff
/** Who it is stands in the first blocks. */
const CLEAR_MAX = 320
const BRACE = 0x7b
const THREE = 0x33
const DOT = 0x2e
const VERSION = 3
const TCP_PORT = 6668
const ENCRYPTED_PORT = 6667

const members = membersOf([
  ['gwId', deviceId],
  ['devId', part],
  ['productKey', product],
  ['version', version],
  ['from', client],
  ['uid', account],
])

const plain = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 0) {
    const prefix = c.u32()
    if (prefix === PREFIX) readFrame(c, notes, talk)
    else if (prefix === PREFIX_NEW) readSealed(c, notes)
    else if (c.fault === '') return c.fail('bad prefix')
  }
}

function readFrame(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(4)
  const length = readHead(c, TAIL)
  // Who answers says first whether it went well.
  const status = c.left >= 4 && c.peek() === 0 ? 4 : 0
  const end = Math.min(c.end, c.at + length - TAIL)
  plain.over(c.bytes, Math.min(end, c.at + status), end)
  if (c.fault !== '') return
  if (plain.peek() === BRACE) {
    aboutDevice(notes, talk)
    readMembers(plain, notes, members)
  } else if (isVersion(plain)) {
    aboutDevice(notes, talk)
    notes.add(version, plain.take(VERSION), VERSION)
  } else if (talk.to === ENCRYPTED_PORT) {
    const from = notes.scratchUsed
    decipherBlocks(plain, notes, CLEAR_MAX)
    readPlain(notes, from, 0)
  }
  c.take(length)
}

/** The newer head has one field more, and a payload that is sealed. */
function readSealed(c: Cursor, notes: Notes): void {
  c.take(6)
  const length = readHead(c, NONCE + SEAL)
  plain.over(c.bytes, c.at, Math.min(c.end, c.at + length - SEAL))
  if (c.fault !== '') return
  // Those that were meant for all are under the common key; the others stay what they are.
  const from = notes.scratchUsed
  decipherStream(plain, notes, CLEAR_MAX)
  readPlain(notes, from, notes.scratch[from] === 0 ? 4 : 0)
  c.take(length + SEALED_END)
}

/** The command and the length, which is returned. */
function readHead(c: Cursor, least: number): number {
  const command = c.u32()
  const length = c.u32()
  const good = command >= 0 && command <= COMMAND_MAX && length >= least && length <= LENGTH_MAX
  if (!good && c.fault === '') c.fail('bad head')
  return length
}

/** What was deciphered, if the key was the common one. */
function readPlain(notes: Notes, from: number, status: number): void {
  plain.over(notes.scratch, Math.min(from + status, notes.scratchUsed), notes.scratchUsed)
  if (plain.peek() !== BRACE) return
  notes.about(SENDER)
  readMembers(plain, notes, members, IN_SCRATCH)
}

/** A device announces itself; but what a client says over TCP is about the device it asks. */
function aboutDevice(notes: Notes, talk: Talk): void {
  if (talk.to === TCP_PORT) notes.about(talk.network === 4 ? IP4 : IP6, talk.targetIp)
  else notes.about(SENDER)
}

/** `3.3` stands before what is enciphered. */
const isVersion = (c: Cursor): boolean => c.peek() === THREE && c.peek(1) === DOT

export const tuya: Protocol = {
  name: 'tuya',
  standard: "Tuya's local protocol",
  tells: 'serials, products and versions of smart plugs, lamps and sensors of many brands',
  heard: [
    ...['udp/6666-6667', 'udp/7000', 'tcp/6668'],
    ...['udp "\\x00\\x00\\x55\\xaa"', 'udp "\\x00\\x00\\x66\\x99"'],
    ...['tcp "\\x00\\x00\\x55\\xaa"', 'tcp "\\x00\\x00\\x66\\x99"'],
  ],
  messages: true,
  facts: [deviceId, product, version, part, client, account],
  parse,
}
