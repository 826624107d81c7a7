/** IAX2 (RFC 5456): Asterisk's own protocol between exchanges and telephones. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, secretFact, text, words } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

/** What is said: `new`, `regreq`, `poke` and their like; media and mini frames are not counted. */
const message = fact('iax2.message', text, 'set')
const user = secretFact('iax2.user', ['guest', 'iax', 'iaxtel', 'demo'])
/** How a name is proved: `plain`, `md5` or `rsa`; `plain` is read by whoever listens. */
const auth = fact('iax2.auth', text, 'set')
const deviceType = fact('iax2.device_type', text, 'set')
/** The hardware address of an adapter, as it gives it to its provider. */
const service = fact('iax2.service', hex, 'set')
const firmware = fact('iax2.firmware', words, 'set')
const version = fact('iax2.version', words, 'set')

const FULL = 0x80
const KIND_IAX = 6
const KINDS_MAX = 12
const HEAD = 12

const MESSAGES: readonly string[] = [
  ...['', 'new', 'ping', 'pong', 'ack', 'hangup', 'reject', 'accept', 'authreq', 'authrep'],
  ...['inval', 'lagrq', 'lagrp', 'regreq', 'regauth', 'regack', 'regrej', 'regrel', 'vnak'],
  ...['dpreq', 'dprep', 'dial', 'txreq', 'txcnt', 'txacc', 'txready', 'txrel', 'txrej', 'quelch'],
  ...['unquelch', 'poke', '', 'mwi', 'unsupport', 'transfer', 'provision', 'fwdownl', 'fwdata'],
]
const USER = 6
const VERSION = 11
const AUTH_METHODS = 14
const DEVICE_TYPE = 32
const SERVICE = 33
const FIRMWARE = 34

function parse(c: Cursor, notes: Notes): void {
  // Short frames carry media; they have no shape to be known by.
  if ((c.peek() & FULL) === 0) {
    if (c.left < 4) c.fail('no iax2')
    return
  }
  if (c.left < HEAD) return c.fail('no iax2')
  c.take(10)
  const kind = c.u8()
  const subclass = c.u8()
  if (kind === 0 || kind > KINDS_MAX) return c.fail('no iax2')
  if (kind !== KIND_IAX) return
  const word = subclass < MESSAGES.length ? MESSAGES[subclass]! : ''
  if (word === '') return c.fail('unknown message')
  notes.say(message, word)
  while (c.left > 1) element(c, notes)
}

function element(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  const length = c.u8()
  const last = c.peek(length - 1)
  const at = c.take(length)
  if (kind === USER) notes.add(user, at, length)
  else if (kind === VERSION) notes.add(version, at, length)
  else if (kind === DEVICE_TYPE) notes.add(deviceType, at, length)
  else if (kind === SERVICE) notes.add(service, at, length)
  else if (kind === FIRMWARE) notes.add(firmware, at, length)
  else if (kind === AUTH_METHODS && at >= 0 && length === 2) addMethods(notes, last)
}

function addMethods(notes: Notes, methods: number): void {
  if ((methods & 1) !== 0) notes.say(auth, 'plain')
  if ((methods & 2) !== 0) notes.say(auth, 'md5')
  if ((methods & 4) !== 0) notes.say(auth, 'rsa')
}

export const iax2: Protocol = {
  name: 'iax2',
  standard: 'RFC 5456',
  tells: 'Asterisk exchanges and adapters, and passwords that cross the wire as they are',
  heard: ['udp/4569'],
  facts: [message, user, auth, deviceType, service, firmware, version],
  parse,
}
