/**
 * Service location (SRVLOC, RFC 2165 and 2608): printers, storage, hypervisors and file servers
 * register what they offer; HP's devices tell names, addresses and models in their attributes.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text, type Fact } from '../model/fact.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'
import { noteTypedMac } from './typed-mac.js'

const service = fact('slp.service', text, 'set')
const type = fact('slp.type', text, 'set')
/** `hardwareUuid="4C4C4544-..."`. */
const attribute = fact('slp.attribute', text, 'set')
/** Three that HP's devices tell: identity (IEEE 1284), name, hardware address. */
const identity = fact('slp.identity', text, 'set')
const name = fact('slp.name', text)
const address = fact('slp.mac', mac)
const asks = fact('slp.asks', text, 'set')
const scope = fact('slp.scope', text, 'set')
const agent = fact('slp.agent', text, 'set')

const VERSION_1 = 1
const VERSION_2 = 2
const SERVICE_REQUEST = 1
const SERVICE_REPLY = 2
const REGISTRATION = 3
const ATTRIBUTE_REPLY = 7
const DIRECTORY_ADVERT = 8
const TYPE_REPLY = 10
const SERVICE_ADVERT = 11

const URLS_MAX = 32
const ATTRIBUTES_MAX = 40
/** Attributes that are facts of their own. */
const OWN: readonly (readonly [start: string, said: Fact])[] = [
  ['x-hp-p1=', identity],
  ['x-hp-hn=', name],
  ['x-hp-hostname=', name],
  ['x-hp-mac=', address],
]
const OPEN = 0x28
const CLOSE = 0x29
const COMMA = 0x2c
const SLASH = 0x2f

function parse(c: Cursor, notes: Notes): void {
  const version = c.u8()
  const kind = c.u8()
  if (c.fault !== '') return
  if (kind < SERVICE_REQUEST || kind > SERVICE_ADVERT) return c.fail('not slp')
  notes.about(SENDER)
  if (version === VERSION_2) version2(c, notes, kind)
  else if (version === VERSION_1 && kind < SERVICE_ADVERT) version1(c, notes, kind)
  else c.fail('bad version')
}

function version1(c: Cursor, notes: Notes, kind: number): void {
  const length = c.u16()
  if (length < 12) return c.fail('bad length')
  c.take(8)
  switch (kind) {
    case SERVICE_REQUEST:
      passString(c)
      return readPredicate(c, notes)
    case SERVICE_REPLY:
      if (c.u16() === 0) urls(c, notes, 2)
      return
    case REGISTRATION:
      c.take(2)
      string(c, notes, service)
      return attributes(c, notes)
    case ATTRIBUTE_REPLY:
      if (c.u16() === 0) attributes(c, notes)
      return
    case DIRECTORY_ADVERT:
      if (c.u16() !== 0) return
      notes.say(agent, 'directory')
      string(c, notes, service)
      return each(c, notes, scope)
    case TYPE_REPLY:
      if (c.u16() === 0) types(c, notes)
  }
}

/** In version 1, what is looked for stands before the predicate's first slash. */
function readPredicate(c: Cursor, notes: Notes): void {
  const outer = c.narrow(c.u16())
  let length = 0
  while (length < c.left && c.peek(length) !== SLASH) length++
  if (c.fault === '') notes.add(asks, c.at, length)
  c.widen(outer)
}

/** Several of a type, each behind its length. */
function types(c: Cursor, notes: Notes): void {
  let rest = c.u16()
  while (rest-- > 0 && c.left > 0) string(c, notes, type)
}

function version2(c: Cursor, notes: Notes, kind: number): void {
  const length = c.u24()
  if (length < 14) return c.fail('bad length')
  c.take(7)
  passString(c)
  switch (kind) {
    case SERVICE_REQUEST:
      passString(c)
      return string(c, notes, asks)
    case SERVICE_REPLY:
      if (c.u16() === 0) urls(c, notes, 3)
      return
    case REGISTRATION:
      url(c, notes, 3)
      string(c, notes, type)
      each(c, notes, scope)
      return attributes(c, notes)
    case ATTRIBUTE_REPLY:
      if (c.u16() === 0) attributes(c, notes)
      return
    case DIRECTORY_ADVERT:
      if (c.u16() !== 0) return
      c.take(4)
      return advertise(c, notes, 'directory')
    case SERVICE_ADVERT:
      return advertise(c, notes, 'service')
    case TYPE_REPLY:
      if (c.u16() === 0) each(c, notes, type)
  }
}

function advertise(c: Cursor, notes: Notes, word: string): void {
  if (c.fault !== '') return
  notes.say(agent, word)
  string(c, notes, service)
  each(c, notes, scope)
  attributes(c, notes)
}

function urls(c: Cursor, notes: Notes, before: number): void {
  let rest = Math.min(c.u16(), URLS_MAX)
  while (rest-- > 0 && c.left > 0) url(c, notes, before)
}

/** A URL behind its lifetime; in version 2 proofs of who wrote it follow. */
function url(c: Cursor, notes: Notes, before: number): void {
  c.take(before)
  string(c, notes, service)
  if (before === 3) passProofs(c)
}

function passProofs(c: Cursor): void {
  let rest = c.u8()
  while (rest-- > 0 && c.left > 0) {
    c.take(2)
    const length = c.u16()
    c.take(length < 4 ? c.left + 1 : length - 4)
  }
}

function passString(c: Cursor): void {
  c.take(c.u16())
}

function string(c: Cursor, notes: Notes, said: Fact): void {
  const length = c.u16()
  const at = c.take(length)
  notes.add(said, at, length)
}

/** Notes each of a list with commas between. */
function each(c: Cursor, notes: Notes, said: Fact): void {
  const outer = c.narrow(c.u16())
  let rest = URLS_MAX
  while (c.left > 0 && rest-- > 0) {
    const length = distanceTo(c, COMMA)
    notes.add(said, c.at, length)
    c.take(Math.min(c.left, length + 1))
  }
  c.widen(outer)
}

/** `(name=value)`, with or without commas between; names alone say little. */
function attributes(c: Cursor, notes: Notes): void {
  const outer = c.narrow(c.u16())
  let rest = ATTRIBUTES_MAX
  while (c.left > 0 && rest-- > 0) {
    c.take(distanceTo(c, OPEN))
    if (c.left === 0) break
    c.take(1)
    const length = distanceTo(c, CLOSE)
    if (length < c.left) tellAttribute(c, notes, length)
    c.take(length)
  }
  c.widen(outer)
}

function tellAttribute(c: Cursor, notes: Notes, length: number): void {
  let i = 0
  while (i < OWN.length) {
    const [start, said] = OWN[i++]!
    if (!c.starts(start)) continue
    const at = c.at + start.length
    if (said.form === mac) noteTypedMac(c, notes, said, at, length - start.length)
    else notes.add(said, at, length - start.length)
    return
  }
  notes.add(attribute, c.at, length)
}

function distanceTo(c: Cursor, byte: number): number {
  const { left } = c
  let length = 0
  while (length < left && c.peek(length) !== byte) length++
  return length
}

export const slp: Protocol = {
  name: 'slp',
  standard: 'RFC 2165, 2608',
  tells: 'services of printers, storage and hypervisors; model and address of HP printers',
  heard: ['udp/427', 'tcp/427'],
  facts: [service, type, attribute, identity, name, address, asks, scope, agent],
  parse,
}
