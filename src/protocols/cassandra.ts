/** Cassandra (CQL binary protocol 3 to 5): drivers of clients, and whether nodes ask who they are. */

import { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const version = fact('cassandra.cql', text, 'set')
const driver = fact('cassandra.driver', text, 'set')
const driverVersion = fact('cassandra.driver_version', text, 'set')
const application = fact('cassandra.application', text, 'set')
/** The class by which a node asks: `…PasswordAuthenticator`. */
const authenticator = fact('cassandra.authenticator', text, 'set')
/** `none` when a greeting was enough, else `required`. */
const authentication = fact('cassandra.authentication', text, 'set')
/** `client` or `server`. */
const role = fact('cassandra.role', text, 'set')

const ANSWER = 0x80
const VERSION_FIRST = 3
const VERSION_LAST = 5
const READY = 2
const AUTHENTICATE = 3
const STARTUP = 1
const KINDS_MAX = 0x10
const LENGTH_MAX = 0x1000000
const FRAMES_MAX = 6
const COMPRESSED = 1

const OPTIONS: readonly (readonly [key: string, said: Fact])[] = [
  ['CQL_VERSION', version],
  ['DRIVER_NAME', driver],
  ['DRIVER_VERSION', driverVersion],
  ['APPLICATION_NAME', application],
]
const part = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  let frames = 0
  while (c.left > 0 && frames++ < FRAMES_MAX) {
    const lead = c.u8()
    const flags = c.u8()
    c.take(2)
    const kind = c.u8()
    const length = c.u32()
    if (c.fault !== '') return
    if (!isVersion(lead & 0x7f) || kind > KINDS_MAX || length < 0 || length > LENGTH_MAX) {
      return frames === 1 ? c.fail('no cassandra') : undefined
    }
    const isAnswer = (lead & ANSWER) !== 0
    notes.say(role, isAnswer ? 'server' : 'client')
    const outer = c.narrow(length)
    if (c.fault !== '') return
    if ((flags & COMPRESSED) === 0) readBody(c, notes, talk, isAnswer ? kind : -kind)
    if (c.fault !== '') return
    c.widen(outer)
  }
}

const isVersion = (number: number): boolean => number >= VERSION_FIRST && number <= VERSION_LAST

function readBody(c: Cursor, notes: Notes, talk: Talk, kind: number): void {
  if (kind === -STARTUP) readOptions(c, notes)
  else if (kind === READY) {
    if (talk.other.left > 4 && talk.other.peek(4) === STARTUP) notes.say(authentication, 'none')
  } else if (kind === AUTHENTICATE) {
    const length = c.u16()
    notes.add(authenticator, c.take(length), length)
    notes.say(authentication, 'required')
  }
}

function readOptions(c: Cursor, notes: Notes): void {
  let count = c.u16()
  while (c.left > 0 && count-- > 0) {
    const keyLength = c.u16()
    const key = c.take(keyLength)
    const length = c.u16()
    const at = c.take(length)
    if (c.fault !== '') return
    part.over(c.bytes, key, key + keyLength)
    let i = 0
    while (i < OPTIONS.length) {
      const [name, said] = OPTIONS[i++]!
      if (part.left === name.length && part.starts(name)) notes.add(said, at, length)
    }
  }
}

export const cassandra: Protocol = {
  name: 'cassandra',
  standard: 'CQL binary protocol 3 to 5',
  tells: 'Cassandra nodes without locks, and the drivers of their clients',
  heard: ['tcp/9042'],
  facts: [version, driver, driverVersion, application, authenticator, authentication, role],
  parse,
}
