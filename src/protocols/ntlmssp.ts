/**
 * NTLM (MS-NLMP): the three messages by which Windows and Samba prove who they are. They travel in
 * SMB, LDAP, RPC, TDS and HTTP; servers name themselves and their domain before anybody is known.
 */

import { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import * as say from './ntlmssp-words.js'
import { IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { addWide, isAddress } from './wide-text.js'

const DOLLAR = 0x24
const SLASH = 0x2f
const BYTES_MAX = 0xffff
const OFFSET_MAX = 0x7fffffff
/** The signature and the kind, behind which the cursor stands. */
const FIXED = 12

const whole = new Cursor()
/** What stands behind the last offset that was followed. */
const part = new Cursor()
/** What stands behind the slash of a service's name. */
const after = new Cursor()
/** Whether the message at hand writes UTF-16, or else the machine's own code page. */
const letters = { areWide: false }

/** Reads a token within another protocol's message; that it is bad is no fault of the message. */
export function readNtlm(c: Cursor, notes: Notes, talk: Talk): void {
  readMessage(whole.over(c.bytes, c.at, c.end), notes, talk)
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  readMessage(c, notes, talk)
}

function readMessage(c: Cursor, notes: Notes, talk: Talk): void {
  if (!c.starts(say.SIGNATURE)) return c.fail('no ntlmssp')
  notes.about(SENDER)
  c.take(say.SIGNATURE.length)
  const kind = c.u32le()
  if (kind === say.NEGOTIATE) negotiate(c, notes)
  else if (kind === say.CHALLENGE) challenge(c, notes, talk)
  else if (kind === say.AUTHENTICATE) authenticate(c, notes, talk)
  else c.fail('bad kind')
  if (c.fault === '') c.at = c.end
}

/** What stands so far from the message's start, without moving. */
const word = (c: Cursor, offset: number): number =>
  c.peek(offset - FIXED) |
  (c.peek(offset - FIXED + 1) << 8) |
  (c.peek(offset - FIXED + 2) << 16) |
  (c.peek(offset - FIXED + 3) << 24)

/** The length of the part whose head stands at `offset`; `part` is then over it, or empty. */
function follow(c: Cursor, offset: number): number {
  const length = word(c, offset) & BYTES_MAX
  const from = word(c, offset + 4)
  const room = c.end - c.start
  const isThere = from >= 0 && from <= room && length <= room - from
  part.over(c.bytes, c.start + from, isThere ? c.start + from + length : c.start + from)
  if (!isThere) {
    c.take(c.left + 1)
    return 0
  }
  return length
}

function negotiate(c: Cursor, notes: Notes): void {
  const at = say.NEGOTIATE_AT
  const flags = word(c, at.flags)
  const parts = Math.min(partAt(c, at.domain), partAt(c, at.workstation))
  if (parts >= at.end) addVersion(c, notes, flags, at.version)
  // These two are always in the machine's own code page; lengths of 0 are the rule.
  const length = c.left < at.version - FIXED ? 0 : follow(c, at.workstation)
  if (length > 0) notes.add(say.workstation, part.at, length)
}

function challenge(c: Cursor, notes: Notes, talk: Talk): void {
  const at = say.CHALLENGE_AT
  const flags = word(c, at.flags)
  if (c.left < at.details - FIXED) return void c.take(c.left + 1)
  addVersion(c, notes, flags, at.version)
  letters.areWide = (flags & say.UNICODE) !== 0
  add(c, notes, say.target, at.target)
  if ((flags & say.TARGET_IS_DOMAIN) !== 0) notes.say(say.targetType, 'domain')
  else if ((flags & say.TARGET_IS_SERVER) !== 0) notes.say(say.targetType, 'server')
  // Very old servers tell no more than the target.
  if (c.left < at.version - FIXED) return
  if (follow(c, at.details) > 0) readAttributes(notes, talk)
}

function authenticate(c: Cursor, notes: Notes, talk: Talk): void {
  const at = say.AUTHENTICATE_AT
  if (c.left < at.workstation + 8 - FIXED) return void c.take(c.left + 1)
  const lm = follow(c, at.lm)
  const nt = follow(c, at.nt)
  const isFirst = firstPart(c) >= at.flags + 4
  const flags = isFirst ? word(c, at.flags) : say.UNICODE
  if (c.fault !== '') return
  notes.say(say.response, responseWord(lm, nt, flags))
  if (firstPart(c) >= at.end) addVersion(c, notes, flags, at.version)
  letters.areWide = (flags & say.UNICODE) !== 0
  add(c, notes, say.workstation, at.workstation)
  add(c, notes, say.userDomain, at.domain)
  addUser(c, notes)
  if (nt > say.V2_ATTRIBUTES && follow(c, at.nt) > 0) {
    part.take(say.V2_ATTRIBUTES)
    readAttributes(notes, talk)
  }
}

/** Where the first part lies: what is before it is the head, which grew over the years. */
function firstPart(c: Cursor): number {
  const at = say.AUTHENTICATE_AT
  const names = Math.min(partAt(c, at.domain), partAt(c, at.user), partAt(c, at.workstation))
  return Math.min(names, partAt(c, at.nt), partAt(c, at.lm))
}

/** Where a part lies, or as far as can be if there is nothing of it. */
const partAt = (c: Cursor, offset: number): number =>
  (word(c, offset) & BYTES_MAX) === 0 ? OFFSET_MAX : word(c, offset + 4)

function responseWord(lm: number, nt: number, flags: number): string {
  if (nt > say.V1_LENGTH) return 'ntlmv2'
  if (nt === 0) return lm === say.V1_LENGTH ? 'lm' : 'anonymous'
  return (flags & say.EXTENDED_SECURITY) !== 0 ? 'ntlmv1-ess' : 'ntlmv1'
}

function addVersion(c: Cursor, notes: Notes, flags: number, offset: number): void {
  if ((flags & say.HAS_VERSION) === 0 || c.left < offset + 8 - FIXED) return
  const major = word(c, offset)
  // Some fill these bytes with zeros all the same.
  if ((major & 0xff) === 0) return
  const at = notes.here
  notes.writeNumber(major & 0xff)
  notes.write('.')
  notes.writeNumber((major >> 8) & 0xff)
  notes.write('.')
  notes.writeNumber(major >>> 16)
  notes.add(say.osBuild, at, notes.here - at)
}

function add(c: Cursor, notes: Notes, said: Fact, offset: number): void {
  const length = follow(c, offset)
  if (letters.areWide) addWide(part, notes, said, length)
  else notes.add(said, part.at, length)
}

/** Users are people, unless they are machines. */
function addUser(c: Cursor, notes: Notes): void {
  const length = follow(c, say.AUTHENTICATE_AT.user)
  const isMachine = part.peek(length - (letters.areWide ? 2 : 1)) === DOLLAR
  add(c, notes, isMachine ? say.machine : say.user, say.AUTHENTICATE_AT.user)
}

/** Attributes in `part`: numbers, lengths, values, and a zero at the end, which some forget. */
function readAttributes(notes: Notes, talk: Talk): void {
  while (part.left > 3) {
    const number = part.u16le()
    const length = part.u16le()
    const said = say.ATTRIBUTE_FACTS[number]
    if (number === 0) return
    // In a client's answer these are what the server said, given back.
    if (said !== undefined && talk.side !== 'client') addWide(part, notes, said, length)
    else if (number === say.TARGET_NAME) addService(notes, talk, length)
    else if (number === say.SINGLE_HOST && talk.side !== 'server') addMachineId(notes, length)
    else part.take(length)
  }
}

function addService(notes: Notes, talk: Talk, length: number): void {
  if (talk.targetIp < 0) return void part.take(length)
  const end = part.at + length
  const host = slashOffset(length)
  // `cifs/10.0.0.5` says no more than the address does.
  const isNamed =
    host > 0 && !isAddress(after.over(part.bytes, part.at + host, end), length - host, 2)
  notes.about(talk.network === 4 ? IP4 : IP6, talk.targetIp)
  if (isNamed) addWide(part, notes, say.service, length)
  else part.take(length)
  notes.about(SENDER)
}

/** How many bytes stand before what follows the slash; 0 if there is none, as in a user's name. */
function slashOffset(length: number): number {
  let at = 0
  while (at < length && part.peek(at) !== SLASH) at += 2
  return at < length ? at + 2 : 0
}

function addMachineId(notes: Notes, length: number): void {
  const at = part.take(length)
  if (at < 0 || length < say.MACHINE_ID_AT + say.MACHINE_ID_LENGTH) return
  notes.add(say.machineId, at + say.MACHINE_ID_AT, say.MACHINE_ID_LENGTH)
}

export const ntlmssp: Protocol = {
  name: 'ntlmssp',
  standard: 'MS-NLMP',
  tells: 'builds of Windows, names of computers and domains, and weak answers to challenges',
  // Others carry it.
  heard: [],
  facts: [
    say.osBuild,
    say.target,
    say.targetType,
    say.netbiosComputer,
    say.netbiosDomain,
    say.dnsComputer,
    say.dnsDomain,
    say.dnsTree,
    say.workstation,
    say.userDomain,
    say.user,
    say.machine,
    say.response,
    say.machineId,
    say.service,
  ],
  parse,
}
