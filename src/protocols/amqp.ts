/** AMQP 0-9-1 and 1.0: message brokers, which say their product, version and platform to anybody. */

import { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const version = fact('amqp.version', text, 'set')
const product = fact('amqp.product', text, 'set')
const productVersion = fact('amqp.product_version', text, 'set')
const platform = fact('amqp.platform', text, 'set')
const cluster = fact('amqp.cluster', text)
const mechanisms = fact('amqp.mechanisms', text, 'set')
const client = fact('amqp.client', text, 'set')
const clientVersion = fact('amqp.client_version', text, 'set')
const clientPlatform = fact('amqp.client_platform', text, 'set')
const connection = fact('amqp.connection', text, 'set')
const mechanism = fact('amqp.mechanism', text, 'set')
const user = secretFact('amqp.user', ['guest', 'admin', 'rabbitmq', 'test', 'user'])
const password = secretFact('amqp.password', ['guest', 'admin', 'rabbitmq', 'test', 'password'])
const login = fact('amqp.login', text, 'set')

type Rows = readonly (readonly [key: string, said: Fact])[]
const SERVER: Rows = [
  ['product', product],
  ['version', productVersion],
  ['platform', platform],
  ['cluster_name', cluster],
]
const CLIENT: Rows = [
  ['product', client],
  ['version', clientVersion],
  ['platform', clientPlatform],
  ['connection_name', connection],
]

const METHOD = 1
const CONNECTION = 10
const START = 10
const START_OK = 11
const TUNE = 30
const CLOSE = 50
const REFUSED = 403
const FRAMES_MAX = 8
const LENGTH_MAX = 131_072
const FRAME_END = 0xce
const TABLE = 0x46
const STRING = 0x53
/** How many bytes a value of each other kind has. */
const SIZES: Readonly<Record<string, number>> = {
  ...{ t: 1, b: 1, B: 1, U: 2, s: 2, u: 2, I: 4, i: 4, f: 4, L: 8, l: 8, d: 8, T: 8, D: 5, V: 0 },
}

const frame = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.starts('AMQP')) {
    c.take(4)
    noteVersion(c, notes)
    if (c.left > 0 && talk.side === 'server') return void c.take(0)
  } else if (c.left < 4 && c.peek() === 0x41) return void c.take(4)
  let frames = 0
  while (c.left > 0 && frames++ < FRAMES_MAX) {
    // The newer version's frames are of another make: that it is spoken is enough.
    if (c.peek() !== METHOD)
      return frames === 1 && c.at === c.start ? c.fail('not amqp') : undefined
    c.take(3)
    const length = c.u32()
    if (length < 4 || length > LENGTH_MAX) return c.fail('bad length')
    frame.over(c.bytes, c.at, c.at + Math.min(length, c.left))
    if (c.fault === '') readMethod(notes)
    c.take(length)
    if (c.u8() !== FRAME_END && c.fault === '') return c.fail('no end')
  }
}

/** `AMQP`, a protocol, and three numbers: 0-9-1, or 1-0-0 in three protocols. */
function noteVersion(c: Cursor, notes: Notes): void {
  const protocol = c.u8()
  const major = c.u8()
  const minor = c.u8()
  const revision = c.u8()
  if (c.fault !== '') return
  if (protocol === 1 && major === 1) notes.say(version, '0-8')
  else if (major === 1) notes.say(version, '1-0')
  else if (minor === 9 && revision === 1) notes.say(version, '0-9-1')
  else notes.say(version, '0-9')
}

function readMethod(notes: Notes): void {
  const group = frame.u16()
  const method = frame.u16()
  if (group !== CONNECTION) return
  if (method === START) {
    frame.take(2)
    readTable(notes, SERVER)
    const length = frame.u32()
    notes.add(mechanisms, frame.take(length), length)
  } else if (method === START_OK) readLogin(notes)
  else if (method === TUNE) notes.say(login, 'accepted')
  else if (method === CLOSE && frame.u16() === REFUSED) notes.say(login, 'refused')
}

/** A table of short names and values; tables inside are passed. */
function readTable(notes: Notes, rows: Rows): void {
  const outer = frame.narrow(frame.u32())
  while (frame.left > 0) {
    const keyLength = frame.u8()
    const said = keyAt(rows, keyLength)
    frame.take(keyLength)
    const kind = frame.u8()
    const known = SIZES[String.fromCharCode(kind)]
    const length = known ?? frame.u32()
    const at = frame.take(length)
    if (said !== undefined && kind === STRING) notes.add(said, at, length)
    if (known === undefined && kind !== STRING && kind !== TABLE && kind < 0x41) return
  }
  frame.widen(outer)
}

function keyAt(rows: Rows, length: number): Fact | undefined {
  let i = 0
  while (i < rows.length) {
    const [key, said] = rows[i++]!
    if (key.length === length && frame.starts(key)) return said
  }
  return undefined
}

/** A client's properties, how it proves who it is, and, if that is in clear, as whom. */
function readLogin(notes: Notes): void {
  readTable(notes, CLIENT)
  const length = frame.u8()
  const isPlain = frame.starts('PLAIN')
  notes.add(mechanism, frame.take(length), length)
  const answerLength = frame.u32()
  if (!isPlain || answerLength > frame.left) return
  frame.end = frame.at + answerLength
  frame.take(1)
  const userLength = frame.distance(0)
  if (userLength < 0) return
  notes.add(user, frame.take(userLength), userLength)
  frame.take(1)
  notes.add(password, frame.at, frame.left)
}

export const amqp: Protocol = {
  name: 'amqp',
  standard: 'AMQP 0-9-1, ISO/IEC 19464',
  tells: 'products and versions of message brokers and clients, and passwords in clear',
  // In the middle of a connection messages are published and delivered.
  heard: [
    ...['tcp/5672', 'tcp "AMQP"', 'tcp @7 "\\x00\\x3c\\x00\\x28"'],
    'tcp @7 "\\x00\\x3c\\x00\\x3c"',
  ],
  facts: [
    ...[version, product, productVersion, platform, cluster, mechanisms, client, clientVersion],
    ...[clientPlatform, connection, mechanism, user, password, login],
  ],
  parse,
}
