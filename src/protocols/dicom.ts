/**
 * DICOM (PS3.8): who asks whom for an association, by which software, and for which services. Of
 * what is sent then nothing is read: it has patients in it.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { serviceWord } from './dicom-services.js'
import { aboutTarget } from './orders.js'
import { notePadded } from './padded-text.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** The name of an application, by which hospitals know their machines. */
const aeTitle = fact('dicom.ae_title', text, 'set')
const implementationUid = fact('dicom.implementation_uid', text, 'set')
const implementation = fact('dicom.implementation', text, 'set')
/** `ct storage`: what a machine wants to do with the other one. */
const service = fact('dicom.service', text, 'set')
/** `user` asks for services, `provider` grants them. */
const role = fact('dicom.role', text, 'set')
const authentication = fact('dicom.authentication', text, 'set')
const refusal = fact('dicom.refusal', text, 'set')

const REQUEST = 1
const ACCEPT = 2
const REJECT = 3
const LAST_KIND = 7
const FIXED = 68
const LENGTH_MAX = 1 << 20
const TITLE = 16
const CONTEXT = 0x20
const ABSTRACT_SYNTAX = 0x30
const USER = 0x50
const IMPLEMENTATION_UID = 0x52
const IMPLEMENTATION_VERSION = 0x55
const USER_IDENTITY = 0x58
const IDENTITIES: readonly string[] = ['', 'user name', 'password', 'kerberos', 'saml', 'jwt']
/** By source and reason: who did not know whom. */
const REASONS: Readonly<Record<number, string>> = {
  0x101: 'no reason',
  0x102: 'context unknown',
  0x103: 'calling title unknown',
  0x107: 'called title unknown',
  0x202: 'version unknown',
  0x301: 'congestion',
  0x302: 'limit exceeded',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const kind = c.u8()
  const reserved = c.u8()
  const length = c.u32()
  if (c.fault === '' && (kind < REQUEST || kind > LAST_KIND || reserved > 1 || isOdd(length))) {
    return c.fail('no dicom')
  }
  if (kind === REJECT) reject(c, notes)
  else if (kind === REQUEST || kind === ACCEPT) associate(c, notes, talk, { kind, length })
  else if (talk.side !== 'unknown') c.fail('no dicom')
}

/** No association is as short or as long. */
const isOdd = (length: number): boolean => length < 4 || length > LENGTH_MAX

function reject(c: Cursor, notes: Notes): void {
  c.take(2)
  const word = REASONS[(c.u8() << 8) | c.u8()]
  if (c.fault !== '') return
  notes.say(role, 'provider')
  if (word !== undefined) notes.say(refusal, word)
}

interface Unit {
  readonly kind: number
  readonly length: number
}

function associate(c: Cursor, notes: Notes, talk: Talk, { kind, length }: Unit): void {
  if (length < FIXED) return c.fail('no dicom')
  const version = c.u16()
  c.take(2)
  if (c.fault === '' && (version & 1) === 0) return c.fail('no dicom')
  const isRequest = kind === REQUEST
  notes.say(role, isRequest ? 'user' : 'provider')
  // What is asked for is at the other end; what accepts repeats both titles.
  if (isRequest) aboutTarget(notes, talk)
  notePadded(c, notes, aeTitle, TITLE)
  notes.about(SENDER)
  if (isRequest) notePadded(c, notes, aeTitle, TITLE)
  else c.take(TITLE)
  c.take(2 * TITLE)
  readItems(c, notes, isRequest, length - FIXED)
}

function readItems(c: Cursor, notes: Notes, isRequest: boolean, left: number): void {
  let rest = left
  while (rest > 3 && c.left > 0) {
    const type = c.u8()
    c.take(1)
    const length = c.u16()
    const outer = c.narrow(length)
    rest -= length + 4
    if (type === CONTEXT) readContext(c, notes)
    else if (type === USER) readUser(c, notes, isRequest)
    c.widen(outer)
  }
}

function readContext(c: Cursor, notes: Notes): void {
  c.take(4)
  while (c.left > 3) {
    const type = c.u8()
    c.take(1)
    const length = c.u16()
    if (type !== ABSTRACT_SYNTAX) c.take(length)
    else {
      const word = serviceWord(c, length)
      if (word !== '' && c.fault === '') notes.say(service, word)
    }
  }
}

function readUser(c: Cursor, notes: Notes, isRequest: boolean): void {
  let identity = 'none'
  while (c.left > 3) {
    const type = c.u8()
    c.take(1)
    const length = c.u16()
    if (type === IMPLEMENTATION_UID) notePadded(c, notes, implementationUid, length)
    else if (type === IMPLEMENTATION_VERSION) notePadded(c, notes, implementation, length)
    else {
      if (type === USER_IDENTITY) identity = IDENTITIES[c.peek()] || identity
      c.take(length)
    }
  }
  if (isRequest && c.fault === '') notes.say(authentication, identity)
}

export const dicom: Protocol = {
  name: 'dicom',
  standard: 'DICOM PS3.8',
  tells: 'scanners and archives: their titles, software, and what they do with each other',
  // Elsewhere it is known by the name of its application, behind both titles.
  heard: ['tcp/104', 'tcp/11112', 'tcp/4242', 'tcp @74 "\\x10\\x00\\x00\\x151.2.840.10008.3"'],
  facts: [...[aeTitle, implementationUid, implementation, service, role, authentication], refusal],
  parse,
}
