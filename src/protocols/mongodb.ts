/**
 * MongoDB (wire protocol, BSON): what clients say of their drivers and systems when they greet, and
 * servers of themselves.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { APPLICATION, CLIENT, DRIVER, NOWHERE, OS, element, nextElement } from './mongodb-bson.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { find } from './text-search.js'

const driver = fact('mongodb.driver', text, 'set')
const driverVersion = fact('mongodb.driver_version', text, 'set')
const os = fact('mongodb.os', text, 'set')
const osVersion = fact('mongodb.os_version', text, 'set')
const platform = fact('mongodb.platform', text, 'set')
const application = fact('mongodb.application', text, 'set')
const version = fact('mongodb.version', text, 'set')
/** Grows with the server's version: 21 is 7.0. */
const wireVersion = fact('mongodb.wire_version', text, 'set')
const setName = fact('mongodb.set', text, 'set')
const mechanism = fact('mongodb.auth', text, 'set')
/** `none` when databases were listed to somebody unknown, `required` when that was refused. */
const authentication = fact('mongodb.authentication', text, 'set')
/** `client` or `server`. */
const role = fact('mongodb.role', text, 'set')

const REPLY = 1
const QUERY = 2004
const COMPRESSED = 2012
const MESSAGE = 2013
const HEAD = 16
const LENGTH_MAX = 48_000_000
const MESSAGES_MAX = 8
const ELEMENTS_MAX = 200
const DEPTH_MAX = 3

interface Said {
  readonly within: number
  readonly name: string
  readonly fact: Fact
}
const SAID: readonly Said[] = [
  { within: DRIVER, name: 'name', fact: driver },
  { within: DRIVER, name: 'version', fact: driverVersion },
  { within: OS, name: 'name', fact: os },
  { within: OS, name: 'version', fact: osVersion },
  { within: CLIENT, name: 'platform', fact: platform },
  { within: APPLICATION, name: 'name', fact: application },
  { within: NOWHERE, name: 'version', fact: version },
  { within: NOWHERE, name: 'setName', fact: setName },
  { within: NOWHERE, name: 'mechanism', fact: mechanism },
]

const sign = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  let messages = 0
  while (c.left > 0 && messages++ < MESSAGES_MAX) {
    const length = c.u32le()
    c.take(4)
    const isAnswer = c.u32le() !== 0
    const kind = c.u32le()
    if (c.fault !== '') return
    if (length < HEAD || length > LENGTH_MAX || !isKind(kind)) return c.fail('no mongodb')
    notes.say(role, isAnswer ? 'server' : 'client')
    const outer = c.narrow(length - HEAD)
    if (c.fault !== '') return
    if (kind !== COMPRESSED && passHead(c, kind)) readDocument(c, notes, talk, isAnswer)
    if (c.fault !== '') return
    c.widen(outer)
  }
}

const isKind = (kind: number): boolean =>
  kind === REPLY || kind === COMPRESSED || kind === MESSAGE || (kind >= 2001 && kind <= 2011)

/** Steps to the first document; false if none is meant to be read. */
function passHead(c: Cursor, kind: number): boolean {
  c.take(4)
  if (kind === MESSAGE) return c.u8() === 0
  if (kind === REPLY) return c.take(16) >= 0 && c.left > 0
  if (kind !== QUERY) return false
  c.until(0)
  return c.take(8) >= 0
}

function readDocument(c: Cursor, notes: Notes, talk: Talk, isAnswer: boolean): void {
  const size = c.u32le()
  const outer = c.narrow(size - 4)
  read(c, notes, NOWHERE, DEPTH_MAX)
  if (c.fault === '' && isAnswer) judge(notes, talk)
  c.widen(outer)
  seen.databases = seen.refused = false
}

/** What the answer that is read showed. */
const seen = { databases: false, refused: false }

function judge(notes: Notes, talk: Talk): void {
  if (seen.refused) return notes.say(authentication, 'required')
  if (!seen.databases) return
  const { bytes, start, end } = talk.other
  sign.over(bytes, start, end)
  const isSigned = find(sign, start, end - start, 'saslstart')
  if (!isSigned && end > start) notes.say(authentication, 'none')
}

/** Reads a document's elements, and those of the documents in it that tell of the client. */
function read(c: Cursor, notes: Notes, within: number, depth: number): void {
  let count = 0
  while (c.left > 1 && count++ < ELEMENTS_MAX) {
    if (!nextElement(c, within)) return
    if (element.inner > 0 && depth > 0) {
      const at = c.at
      const end = c.end
      c.at = element.at
      c.end = element.at + element.length
      read(c, notes, element.inner, depth - 1)
      c.end = end
      if (c.fault !== '') return
      c.at = at
    } else note(c, notes, within)
  }
}

function note(c: Cursor, notes: Notes, within: number): void {
  sign.over(c.bytes, element.nameAt, element.nameAt + element.nameLength)
  if (within === NOWHERE) {
    if (isNamed('databases')) seen.databases = true
    if (isNamed('maxWireVersion') && element.number >= 0) notes.count32(wireVersion, element.number)
    if (isNamed('codeName')) seen.refused = isValue(c, 'Unauthorized')
    sign.over(c.bytes, element.nameAt, element.nameAt + element.nameLength)
  }
  if (!element.isText) return
  let i = 0
  while (i < SAID.length) {
    const said = SAID[i++]!
    if (said.within === within && isNamed(said.name)) {
      notes.add(said.fact, element.at, element.length)
    }
  }
}

const isNamed = (name: string): boolean => sign.left === name.length && sign.starts(name)

const isValue = (c: Cursor, word: string): boolean =>
  sign.over(c.bytes, element.at, element.at + element.length).starts(word)

export const mongodb: Protocol = {
  name: 'mongodb',
  standard: 'MongoDB wire protocol, BSON',
  tells: 'document databases without locks; systems, drivers and programs of their clients',
  heard: ['tcp/27017-27019', 'tcp @12 "\\xd4\\x07\\x00\\x00"', 'tcp @12 "\\xdd\\x07\\x00\\x00"'],
  facts: [
    ...[driver, driverVersion, os, osVersion, platform, application, version, wireVersion],
    ...[setName, mechanism, authentication, role],
  ],
  parse,
}
