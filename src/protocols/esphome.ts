/**
 * ESPHome's native API: what small controllers tell Home Assistant of themselves, in protocol
 * buffers, in clear or behind a handshake of Noise that still names the device (ESPHome's own).
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, mac, secretFact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { noteTypedMac } from './typed-mac.js'

const name = fact('esphome.name', text)
const friendlyName = fact('esphome.friendly_name', text)
const address = fact('esphome.mac', mac)
const model = fact('esphome.model', text)
const manufacturer = fact('esphome.manufacturer', text)
const version = fact('esphome.version', text)
/** Server and version in one: `plug (esphome v2023.12.9)`. */
const server = fact('esphome.server', text)
const compiled = fact('esphome.compiled', text)
const project = fact('esphome.project', text)
const projectVersion = fact('esphome.project_version', text)
const area = fact('esphome.area', text)
/** `none` or `noise`. */
const encryption = fact('esphome.encryption', text)
/** `none` if whoever comes may command it, `password` or `key`. */
const authentication = fact('esphome.authentication', text)
const client = fact('esphome.client', text, 'set')
const password = secretFact('esphome.password', ['password', 'esphome', 'admin', '12345678'])

const PLAIN = 0
const NOISE = 1
const CHOSEN = 1
const MESSAGES_MAX = 32
const LENGTH_MAX = 4096
const TYPE_MAX = 200

const HELLO_REQUEST = 1
const HELLO_RESPONSE = 2
const DEVICE_RESPONSE = 10

/** What the fields of a message say, by number. */
type Fields = readonly (Fact | undefined)[]
const byNumber = (rows: readonly (readonly [number, Fact])[]): Fields => {
  const fields: (Fact | undefined)[] = []
  rows.forEach(([number, said]) => (fields[number] = said))
  return fields
}
const FIELDS: readonly (Fields | undefined)[] = [
  undefined,
  byNumber([[1, client]]),
  byNumber([
    [3, server],
    [4, name],
  ]),
  byNumber([[1, password]]),
  ...[undefined, undefined, undefined, undefined, undefined, undefined],
  byNumber([
    [2, name],
    [3, address],
    [4, version],
    [5, compiled],
    [6, model],
    [8, project],
    [9, projectVersion],
    [12, manufacturer],
    [13, friendlyName],
    [16, area],
  ]),
]

const BYTES = 2
const message = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const lead = c.u8()
  if (lead === NOISE) return readNoise(c, notes, talk)
  if (lead !== PLAIN) return c.fail('bad lead')
  c.at--
  let messages = 0
  while (c.left > 0 && messages < MESSAGES_MAX) {
    if (c.u8() !== PLAIN) return c.fail('bad lead')
    const length = readNumber(c)
    const type = readNumber(c)
    if (c.fault !== '') return
    if (length < 0 || length > LENGTH_MAX || type < 1 || type > TYPE_MAX) return c.fail('bad head')
    if (messages === 0 && !opens(type, talk)) return c.fail('no hello')
    const at = c.take(length)
    if (at < 0) return
    message.over(c.bytes, at, at + length)
    if (messages++ === 0 && talk.side === 'server') notes.say(encryption, 'none')
    readMessage(notes, type)
  }
}

const opens = (type: number, talk: Talk): boolean =>
  type === (talk.side === 'server' ? HELLO_RESPONSE : HELLO_REQUEST)

/** The device says who it is before the first key is agreed on: text ended by zeros. */
function readNoise(c: Cursor, notes: Notes, talk: Talk): void {
  const length = c.u16()
  if (length > LENGTH_MAX) return c.fail('bad length')
  const first = c.peek()
  const at = c.take(length)
  if (at < 0 || talk.side !== 'server') return
  if (first !== CHOSEN) return c.fail('no choice')
  message.over(c.bytes, at + 1, at + length)
  notes.say(encryption, 'noise')
  notes.say(authentication, 'key')
  const nameAt = message.at
  const nameLength = message.distance(0)
  if (nameLength < 0) return
  notes.add(name, nameAt, nameLength)
  message.take(nameLength + 1)
  noteTypedMac(message, notes, address, message.at, message.distance(0))
}

function readMessage(notes: Notes, type: number): void {
  const fields = FIELDS[type]
  if (fields === undefined) return
  let secret = false
  while (message.left > 0) {
    const tag = readNumber(message)
    const number = tag >> 3
    if ((tag & 7) === BYTES) {
      const size = readNumber(message)
      const at = message.take(size)
      const said = fields[number]
      if (at < 0 || said === undefined) continue
      if (said === address) noteTypedMac(message, notes, said, at, size)
      else notes.add(said, at, size)
    } else if ((tag & 7) === 0) {
      secret = (readNumber(message) !== 0 && number === 1) || secret
    } else message.take((tag & 7) === 5 ? 4 : 8)
  }
  if (type === DEVICE_RESPONSE) notes.say(authentication, secret ? 'password' : 'none')
}

/** A number of seven bits a byte, the lowest first; no more than 28 bits are kept. */
function readNumber(c: Cursor): number {
  let value = 0
  let shift = 0
  let byte = 0x80
  while (byte > 0x7f && c.left > 0) {
    byte = c.u8()
    if (shift < 28) value |= (byte & 0x7f) << shift
    shift += 7
  }
  if (byte > 0x7f) c.take(1)
  return value
}

export const esphome: Protocol = {
  name: 'esphome',
  standard: "ESPHome's native API",
  tells: 'names, models, versions and areas of small controllers, and whether a key is asked for',
  heard: ['tcp/6053'],
  facts: [
    ...[name, friendlyName, address, model, manufacturer, version, server, compiled, project],
    ...[projectVersion, area, encryption, authentication, client, password],
  ],
  parse,
}
