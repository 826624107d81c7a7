/**
 * MQTT 3.1, 3.1.1 and 5 (OASIS): which clients speak to which broker, whether it lets anybody in,
 * and what devices call themselves in topics. No other topic and no content is ever noted.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, mac, secretFact, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import { namingLength } from './mqtt-topics.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const clientId = fact('mqtt.client_id', text, 'set')
const version = fact('mqtt.version', text, 'set')
const willTopic = fact('mqtt.will_topic', text, 'set')
/** How clients come: `anonymous`, `user`, or `password`, which then is in clear. */
const login = fact('mqtt.login', text, 'set')
const user = secretFact('mqtt.user', ['admin', 'mqtt', 'user', 'guest', 'test', 'root', 'iot'])
const password = secretFact('mqtt.password', [
  ...['admin', 'password', 'mqtt', 'guest', 'test', '1234', '12345678', 'public', 'secret'],
])
/** `accepted`, or why not. */
const answer = fact('mqtt.connack', text, 'set')
/** Of a broker: `none` if somebody came in without a name, `required` if not. */
const authentication = fact('mqtt.authentication', text)
const broker = fact('mqtt.broker', text)
const topic = fact('mqtt.topic', text, 'set')
/** What firmware announces of itself under topics that are known. */
const name = fact('mqtt.name', text)
const host = fact('mqtt.host', text)
const deviceId = fact('mqtt.device_id', text)
const model = fact('mqtt.model', text)
const firmware = fact('mqtt.firmware', text)
const address = fact('mqtt.mac', mac)

const announced = membersOf(
  [
    ['dn', name],
    ['hn', host],
    ['id', deviceId],
    ['md', model],
    ['model', model],
    ['sw', firmware],
    ['fw_ver', firmware],
    ['mac', address],
  ],
  1,
)

const CONNECT = 1
const CONNACK = 2
const PUBLISH = 3
const PUBREL = 6
const SUBSCRIBE = 8
const UNSUBSCRIBE = 10
const PING = 12
const PONG = 13
const AUTH = 15
const PORT = 1883
const BROKER_MAX = 64

const VERSIONS: readonly string[] = ['', '', '', '3.1', '3.1.1', '5']
const WILL = 0x04
const HAS_PASSWORD = 0x40
const HAS_USER = 0x80
/** Under this key the flags of a CONNECT wait for its answer. */
const FLAGS_KEY = 1

const REFUSALS: Readonly<Record<number, string>> = {
  0: 'accepted',
  1: 'bad version',
  2: 'bad client id',
  3: 'unavailable',
  4: 'bad user or password',
  5: 'not authorized',
  0x84: 'bad version',
  0x85: 'bad client id',
  0x86: 'bad user or password',
  0x87: 'not authorized',
  0x8a: 'banned',
}

/** Over one packet's content, as far as it was heard. */
const packet = new Cursor()
let isWhole = false

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 0) {
    const head = c.u8()
    const type = head >> 4
    const length = readNumber(c)
    if (!isPacket(type, head & 15, length)) return c.fail('not mqtt')
    packet.over(c.bytes, c.at, c.at + Math.min(length, c.left))
    isWhole = length <= c.left
    if (c.fault === '') readPacket(notes, talk, type, head)
    if (packet.fault !== '' && packet.fault !== 'short') return c.fail(packet.fault)
    c.take(length)
  }
}

/** Whether this may begin a packet: each kind has flags of its own. */
function isPacket(type: number, flags: number, length: number): boolean {
  if (type === PUBLISH) return (flags & 6) !== 6 && length > 2
  if (type === PUBREL || type === SUBSCRIBE || type === UNSUBSCRIBE) {
    return (flags & 2) === 2 && (flags & 5) === 0 && length > 1
  }
  if (type === 0 || (flags !== 0 && type !== CONNECT)) return false
  if (type === PING || type === PONG) return length === 0
  if (type === CONNECT) return length > 11
  return type === AUTH || type > PONG || length > 1
}

/** A length in seven bits a byte, the lowest first. */
function readNumber(c: Cursor): number {
  let value = 0
  let shift = 0
  let byte = 0x80
  while (byte > 0x7f && shift < 28) {
    byte = c.u8()
    value |= (byte & 0x7f) << shift
    shift += 7
  }
  return byte > 0x7f ? -1 : value
}

function readPacket(notes: Notes, talk: Talk, type: number, head: number): void {
  if (type === CONNECT) readConnect(notes, talk)
  else if (type === CONNACK) readAnswer(notes, talk)
  else if (type === PUBLISH) readPublish(notes, talk, (head & 6) !== 0)
  else if (type === SUBSCRIBE) readSubscribe(notes)
}

function readConnect(notes: Notes, talk: Talk): void {
  const isOld = packet.starts('\x00\x06MQIsdp')
  if (!isOld && !packet.starts('\x00\x04MQTT')) return packet.fail('no mqtt')
  packet.take(isOld ? 8 : 6)
  // A bridge between brokers marks itself by the highest bit.
  const level = packet.u8() & 0x7f
  const flags = packet.u8()
  packet.take(2)
  if (level === 5) packet.take(readNumber(packet))
  const known = VERSIONS[level] ?? ''
  if (packet.fault === '' && known !== '') notes.say(version, known)
  noteText(notes, clientId)
  if ((flags & WILL) !== 0) {
    if (level === 5) packet.take(readNumber(packet))
    noteText(notes, willTopic)
    packet.take(packet.u16())
  }
  if (packet.fault !== '') return
  notes.say(login, flags & HAS_PASSWORD ? 'password' : flags & HAS_USER ? 'user' : 'anonymous')
  talk.memory.remember(FLAGS_KEY, flags)
  if ((flags & HAS_USER) !== 0) noteText(notes, user)
  if ((flags & HAS_PASSWORD) !== 0) noteText(notes, password)
}

function noteText(notes: Notes, said: typeof clientId): void {
  const length = packet.u16()
  notes.add(said, packet.take(length), length)
}

function readAnswer(notes: Notes, talk: Talk): void {
  packet.take(1)
  const code = packet.u8()
  if (packet.fault !== '') return
  notes.say(answer, REFUSALS[code] ?? 'refused')
  const flags = talk.memory.recall(FLAGS_KEY)
  const isRefused = code === 4 || code === 5 || code === 0x86 || code === 0x87
  if (isRefused) notes.say(authentication, 'required')
  else if (code === 0 && flags >= 0 && (flags & HAS_USER) === 0) notes.say(authentication, 'none')
}

/** Clients name themselves by topics; of a broker's own, only its version is of interest. */
function readPublish(notes: Notes, talk: Talk, isNumbered: boolean): void {
  const length = packet.u16()
  if (length > packet.left || !isText(length)) return packet.fail('bad topic')
  const at = packet.at
  const fromClient = talk.side === 'client' || (talk.side === 'unknown' && talk.to === PORT)
  const isBroker = !fromClient && packet.starts('$SYS/broker/version')
  const announces = fromClient && isAnnouncement()
  if (fromClient) notes.add(topic, at, namingLength(packet, length))
  packet.take(length + (isNumbered ? 2 : 0))
  if (!isBroker && !announces) return
  // Version 5 has properties here, mostly none.
  if (packet.peek() === 0) packet.take(1)
  if (announces) readMembers(packet, notes, announced)
  else if (isWhole && packet.left < BROKER_MAX) notes.add(broker, packet.at, packet.left)
  if (packet.fault !== 'short') packet.fault = ''
}

const isAnnouncement = (): boolean =>
  packet.starts('tasmota/discovery/') || packet.starts('shellies/announce')

/** Whether so many bytes at the cursor can be a topic. */
function isText(length: number): boolean {
  let i = 0
  while (i < length && packet.peek(i) >= 0x20 && packet.peek(i) !== 0x7f) i++
  return i === length
}

function readSubscribe(notes: Notes): void {
  packet.take(2)
  while (packet.left > 0) {
    // Nobody asks for nothing: this is the empty list of properties of version 5.
    if (packet.peek() === 0 && packet.peek(1) === 0) packet.take(1)
    const length = packet.u16()
    if (length > packet.left) return void packet.take(length)
    notes.add(topic, packet.at, namingLength(packet, length))
    packet.take(length + 1)
  }
}

export const mqtt: Protocol = {
  name: 'mqtt',
  standard: 'OASIS MQTT 3.1.1, 5.0',
  tells:
    'names of clients, brokers that let anybody in, and what devices call themselves in topics',
  heard: [
    'tcp/1883',
    ...['tcp @2 "\\x00\\x04MQTT"', 'tcp @3 "\\x00\\x04MQTT"'],
    ...['tcp @2 "\\x00\\x06MQIsdp"', 'tcp @3 "\\x00\\x06MQIsdp"'],
    // What devices publish while they stay connected for weeks.
    ...[
      'tele/',
      'stat/',
      'zigbee2mqtt/',
      'homeassistant/',
      'shellies/',
      '$SYS/',
      'spBv1.0/',
    ].flatMap(beginning => [`tcp @4 "${beginning}"`, `tcp @5 "${beginning}"`]),
  ],
  messages: true,
  facts: [
    ...[clientId, version, willTopic, login, user, password, answer, authentication, broker],
    ...[topic, name, host, deviceId, model, firmware, address],
  ],
  parse,
}
