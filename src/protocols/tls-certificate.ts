/** Certificates (X.509, RFC 5280): who somebody says to be, who vouches for that, and how well. */

import { createHash } from 'node:crypto'
import { enter, expect, INTEGER, leave, OCTETS, readLength, SEQUENCE } from '../bytes/ber.js'
import { sameBytes } from '../bytes/compare.js'
import { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, secretFact, text, type Fact } from '../model/fact.js'
import { Digests } from './digests.js'
import { SENDER, type Notes } from './protocol.js'
import { readTime } from './tls-time.js'
import { CURVES, EC, KEYS, readWord, RSA, SIGNATURES, written } from './tls-objects.js'
import { placed } from './tls-words.js'

const subject = fact('tls.subject', text, 'set')
const subjectOrganisation = fact('tls.subject_organisation', text, 'set')
const subjectUnit = fact('tls.subject_unit', text, 'set')
/** A device's own number, as makers write it into what they sign (IEEE 802.1AR). */
const subjectSerial = fact('tls.subject_serial', text, 'set')
const issuer = fact('tls.issuer', text, 'set')
const issuerOrganisation = fact('tls.issuer_organisation', text, 'set')
const selfSigned = fact('tls.self_signed', text, 'set')
const alternative = fact('tls.san', text, 'set')
const alternativeAddress = fact('tls.san_address', ip, 'set')
const serial = fact('tls.serial', hex, 'set')
const notBefore = fact('tls.not_before', text, 'set')
const notAfter = fact('tls.not_after', text, 'set')
const key = fact('tls.key', text, 'set')
const signature = fact('tls.signature', text, 'set')
const fingerprint = fact('tls.fingerprint', text, 'set')
const sha1 = fact('tls.sha1', text, 'set')

const clientSubject = fact('tls.client_subject', text, 'set')
const clientOrganisation = fact('tls.client_organisation', text, 'set')
const clientIssuer = fact('tls.client_issuer', text, 'set')
const clientFingerprint = fact('tls.client_fingerprint', text, 'set')
/** A person rather than a machine. */
const clientUser = secretFact('tls.client_user', [])

export const certificateFacts: readonly Fact[] = [
  ...[subject, subjectOrganisation, subjectUnit, subjectSerial, issuer, issuerOrganisation],
  ...[selfSigned, alternative, alternativeAddress, serial, notBefore, notAfter, key, signature],
  ...[fingerprint, sha1],
  ...[clientSubject, clientOrganisation, clientIssuer, clientFingerprint, clientUser],
]

const SHA256_DIGITS = 64
const SHA1_DIGITS = 40
const digests = new Digests(
  bytes =>
    createHash('sha256').update(bytes).digest('hex') +
    createHash('sha1').update(bytes).digest('hex'),
)

const SET = 0x31
const BITS = 0x03
const VERSION = 0xa0
const EXTENSIONS = 0xa3
const BOOLEAN = 0x01
const WIDE_TEXT = 0x1e
// What stands behind `2.5.4.` in names, on the wire, and behind `2.5.29.` in extensions.
const ATTRIBUTE = '\x55\x04'
const COMMON_NAME = 3
const SERIAL_NUMBER = 5
const ORGANISATION = 10
const UNIT = 11
const ALTERNATIVE_NAME = '\x55\x1d\x11'
const DNS_NAME = 0x82
const URI = 0x86
const ADDRESS = 0x87
const ALTERNATIVES_MAX = 24

const AT_SIGN = 0x40
const SPACE = 0x20

/** The parts of a name that tell, and where the whole name stands. */
class Name {
  at = -1
  length = 0
  common = -1
  commonLength = 0
  /** Its common name has several words or an @: people have such names, machines seldom. */
  isPerson = false
  serial = -1
  serialLength = 0
  organisation = -1
  organisationLength = 0
  unit = -1
  unitLength = 0
}

const x = new Cursor()
const from = new Name()
const of = new Name()

/** Reads the certificate that is the next `length` bytes, of a server or of a client. */
export function readCertificate(c: Cursor, length: number, notes: Notes, isServer: boolean): void {
  const at = c.take(length)
  if (at < 0) return
  x.over(c.bytes, at, at + length)
  notes.about(SENDER)
  const before = notes.count
  enter(x, SEQUENCE)
  const whole = enter(x, SEQUENCE)
  if (isServer) readServer(notes)
  else readClient(notes)
  leave(x, whole)
  if (x.fault !== '') {
    // A certificate nobody can read says nothing; the hello before it does.
    notes.count = before
    return
  }
  const digest = digests.of(c.bytes, at, length)
  const here = notes.here
  if (!notes.write(digest)) return
  notes.add(isServer ? fingerprint : clientFingerprint, here, SHA256_DIGITS)
  if (isServer) notes.add(sha1, here + SHA256_DIGITS, SHA1_DIGITS)
}

function readServer(notes: Notes): void {
  readSerial(notes)
  readSignature(notes)
  readName(from, notes)
  const validity = enter(x, SEQUENCE)
  readTime(x, notes, notBefore)
  readTime(x, notes, notAfter)
  leave(x, validity)
  readName(of, notes)
  notes.add(subject, of.common, of.commonLength)
  notes.add(subjectOrganisation, of.organisation, of.organisationLength)
  notes.add(subjectUnit, of.unit, of.unitLength)
  notes.add(subjectSerial, of.serial, of.serialLength)
  notes.add(issuer, from.common, from.commonLength)
  notes.add(issuerOrganisation, from.organisation, from.organisationLength)
  const isSelfSigned = of.length === from.length && sameBytes(x.bytes, of.at, from.at, of.length)
  if (isSelfSigned) notes.say(selfSigned, 'yes')
  readKey(notes)
  while (x.left > 0 && x.peek() !== EXTENSIONS) pass()
  if (x.left > 0) readExtensions(notes)
}

function readClient(notes: Notes): void {
  if (x.peek() === VERSION) pass()
  pass()
  pass()
  readName(from, notes)
  pass()
  readName(of, notes)
  notes.add(of.isPerson ? clientUser : clientSubject, of.common, of.commonLength)
  notes.add(clientOrganisation, of.organisation, of.organisationLength)
  notes.add(clientIssuer, from.common, from.commonLength)
}

/** Steps over a value, whatever it is. */
function pass(): void {
  x.u8()
  x.take(readLength(x))
}

function readSerial(notes: Notes): void {
  if (x.peek() === VERSION) pass()
  const length = expect(x, INTEGER)
  const sign = length > 1 && x.peek() === 0 ? 1 : 0
  const at = x.take(length)
  if (at >= 0) notes.add(serial, placed(x, notes, at + sign), length - sign)
}

function readSignature(notes: Notes): void {
  const outer = enter(x, SEQUENCE)
  sayWord(notes, signature, readWord(x, SIGNATURES, notes))
  leave(x, outer)
}

function sayWord(notes: Notes, said: Fact, word: string): void {
  if (word !== '') notes.say(said, word)
  else notes.add(said, written.at, written.length)
}

function readName(name: Name, notes: Notes): void {
  name.common = name.organisation = name.unit = name.serial = -1
  name.isPerson = false
  const outer = enter(x, SEQUENCE)
  name.at = x.at
  while (x.left > 0) {
    const set = enter(x, SET)
    while (x.left > 0) readPart(name, notes)
    leave(x, set)
  }
  name.length = x.at - name.at
  leave(x, outer)
}

function readPart(name: Name, notes: Notes): void {
  const part = enter(x, SEQUENCE)
  x.u8()
  const length = readLength(x)
  const kind = length === 3 && x.starts(ATTRIBUTE) ? x.peek(2) : 0
  x.take(length)
  const tag = x.u8()
  const size = readLength(x)
  const wide = tag === WIDE_TEXT && kind !== 0
  if (kind === COMMON_NAME) name.isPerson = has(size, AT_SIGN) || has(size, SPACE)
  const at = wide ? narrowed(size, notes) : x.take(size)
  leave(x, part)
  if (at < 0) return
  const place = wide ? at : placed(x, notes, at)
  keepPart(name, kind, place, wide ? size >> 1 : size)
}

function has(size: number, letter: number): boolean {
  const distance = x.distance(letter)
  return distance >= 0 && distance < size
}

/** Of text in two bytes a letter, the lower ones: where they are written. */
function narrowed(size: number, notes: Notes): number {
  const here = notes.here
  const outer = x.narrow(size)
  while (x.left > 0) {
    x.u8()
    notes.put(x.u8())
  }
  x.widen(outer)
  return here
}

function keepPart(name: Name, kind: number, at: number, length: number): void {
  if (kind === COMMON_NAME) {
    name.common = at
    name.commonLength = length
  } else if (kind === ORGANISATION) {
    name.organisation = at
    name.organisationLength = length
  } else if (kind === UNIT) {
    name.unit = at
    name.unitLength = length
  } else if (kind === SERIAL_NUMBER) {
    name.serial = at
    name.serialLength = length
  }
}

function readKey(notes: Notes): void {
  const outer = enter(x, SEQUENCE)
  const algorithm = enter(x, SEQUENCE)
  const word = readWord(x, KEYS, notes)
  if (word === EC) sayWord(notes, key, readWord(x, CURVES, notes))
  else if (word !== RSA) sayWord(notes, key, word)
  leave(x, algorithm)
  if (word === RSA) {
    enter(x, BITS)
    x.u8()
    enter(x, SEQUENCE)
    const length = expect(x, INTEGER)
    const bits = (length - (x.peek() === 0 ? 1 : 0)) * 8
    const here = notes.here
    if (notes.write('RSA ') && notes.writeNumber(bits)) notes.add(key, here, notes.here - here)
  }
  leave(x, outer)
}

function readExtensions(notes: Notes): void {
  enter(x, EXTENSIONS)
  enter(x, SEQUENCE)
  while (x.left > 0) {
    const outer = enter(x, SEQUENCE)
    x.u8()
    const length = readLength(x)
    const isAlternative = x.starts(ALTERNATIVE_NAME)
    x.take(length)
    if (isAlternative) readAlternatives(notes)
    leave(x, outer)
  }
}

function readAlternatives(notes: Notes): void {
  if (x.peek() === BOOLEAN) pass()
  enter(x, OCTETS)
  enter(x, SEQUENCE)
  let count = 0
  while (x.left > 0 && count++ < ALTERNATIVES_MAX) {
    const tag = x.u8()
    const length = readLength(x)
    const at = x.take(length)
    if (at < 0) return
    const place = placed(x, notes, at)
    if (tag === DNS_NAME || tag === URI) notes.add(alternative, place, length)
    else if (tag === ADDRESS && (length === 4 || length === 16)) {
      notes.add(alternativeAddress, place, length)
    }
  }
}
