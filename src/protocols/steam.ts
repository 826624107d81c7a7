/**
 * Steam's search for machines to play on (In-Home Streaming): a computer's or console's name, system
 * and hardware addresses. Who plays there and which games is not told.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, mac, text } from '../model/fact.js'
import { field, readField, writeNumber64 } from './protobuf.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'
import { noteTypedMac } from './typed-mac.js'

const clientId = fact('steam.client_id', hex)
const host = fact('steam.host', text)
const os = fact('steam.os', text)
const address = fact('steam.mac', mac, 'set')

const MAGIC = '\xff\xff\xff\xff\x21\x4c\x5f\xa0'
const STATUS = 1
/** In the head. */
const CLIENT_ID = 1
const KIND = 2
/** In the body. */
const HOST = 4
const OS = 7
const ADDRESS = 15

/** The least number of each family of systems, the highest first. */
const SYSTEMS: readonly (readonly [least: number, word: string])[] = [
  [20, 'windows 11'],
  [16, 'windows 10'],
  [0, 'windows'],
  [-102, 'macos'],
  [-203, 'linux'],
  [-400, 'console'],
  [-500, 'android'],
  [-600, 'ios'],
]

function parse(c: Cursor, notes: Notes): void {
  if (!c.starts(MAGIC)) return c.fail('not steam')
  c.take(MAGIC.length)
  notes.about(SENDER)
  let kind = 0
  const outer = c.narrow(c.u32le())
  while (c.left > 0) {
    if (!readField(c)) break
    if (field.number === KIND) kind = field.low
    else if (field.number === CLIENT_ID) notes.add(clientId, writeNumber64(notes), 8)
  }
  c.widen(outer)
  if (kind === STATUS && c.fault === '') readStatus(c, notes)
}

function readStatus(c: Cursor, notes: Notes): void {
  const outer = c.narrow(c.u32le())
  while (c.left > 0) {
    if (!readField(c)) break
    if (field.number === HOST) notes.add(host, field.at, field.length)
    else if (field.number === OS) tellSystem(notes, field.low)
    else if (field.number === ADDRESS) noteTypedMac(c, notes, address, field.at, field.length)
  }
  c.widen(outer)
}

function tellSystem(notes: Notes, value: number): void {
  let i = 0
  while (i < SYSTEMS.length) {
    const [least, word] = SYSTEMS[i++]!
    if (value >= least) return notes.say(os, word)
  }
}

export const steam: Protocol = {
  name: 'steam',
  standard: 'Valve',
  tells: 'name, system and hardware addresses of machines that play games',
  heard: ['udp/27036', 'udp "\\xff\\xff\\xff\\xff\\x21\\x4c\\x5f\\xa0"'],
  facts: [clientId, host, os, address],
  parse,
}
