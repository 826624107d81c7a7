/**
 * Multicast DNS (RFC 6762) and service discovery (RFC 6763): what machines announce of themselves.
 *
 * Sleep proxies and reflectors speak for others. So what is said of a service is about the address
 * of the host that offers it, and about the sender only if that is the sender's own address or if
 * nobody else's address is in the message.
 */

import type { Cursor } from '../bytes/cursor.js'
import { readName, skipName } from '../bytes/names.js'
import { A, HINFO, PTR, SRV, TXT, readRecord, record } from '../bytes/records.js'
import { endsWith } from '../bytes/reverse.js'
import { fact, ip, text } from '../model/fact.js'
import {
  IN_SCRATCH,
  IP4,
  IP6,
  NAME,
  SENDER,
  type Notes,
  type Protocol,
  type Talk,
} from './protocol.js'
import { knownKey } from './mdns-properties.js'
import { Announcement, NO_HOST, SELF, SEVERAL, UNKNOWN } from './mdns-records.js'

const service = fact('mdns.service', text, 'set')
/** `Office._ipp._tcp`: the name people gave it, and the service. */
const instance = fact('mdns.instance', text, 'set')
const host = fact('mdns.host', text, 'set')
const address = fact('mdns.address', ip, 'set')
const model = fact('mdns.model', text)
const property = fact('mdns.txt', text, 'set')
const cpu = fact('mdns.cpu', text)
const os = fact('mdns.os', text)
const asks = fact('mdns.asks', text, 'set')
/** About the sender: an address that is another's, for whom it speaks. */
const speaksFor = fact('mdns.speaks_for', ip, 'set')

const PORT = 5353
const RESPONSE = 0x8000
const OPCODE = 0x7800
const LOCAL = '.local'
const DEVICE = '_device-info._tcp'
/** The length of `model`, which no other key of the list has together with its first letter. */
const MODEL_KEY = 5
const DOT = 0x2e
const BACKSLASH = 0x5c
const UNDERSCORE = 0x5f

const heard = new Announcement()
const { names, owner, type, at, size, target, hostOf, stands, told } = heard

/** What of a name has been told: its service and instance, or its host. */
const TOLD = 1
const TOLD_DEVICE = 2

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(2)
  const flags = c.u16()
  const questions = c.u16()
  const answers = c.u16()
  const authorities = c.u16()
  const additional = c.u16()
  if ((flags & OPCODE) !== 0) return c.fail('bad opcode')
  heard.clear()
  if ((flags & RESPONSE) === 0) {
    ask(c, notes, questions)
    // What stands in the authority section of a probe is what the sender is about to claim.
    if (authorities === 0 || talk.from !== PORT) return
    skipRecords(c, answers)
    heard.collect(c, authorities)
  } else {
    // RFC 6762, 6: a response from any other port is none.
    if (talk.from !== PORT) return
    skipQuestions(c, questions)
    heard.collect(c, answers + authorities + additional)
  }
  // Whom a record is about stands at the end: half a message says nothing.
  if (c.fault === '') tell(c, notes, talk)
}

function skipQuestions(c: Cursor, questions: number): void {
  let rest = questions
  while (rest-- > 0 && c.left > 0) skipQuestion(c)
}

function skipQuestion(c: Cursor): void {
  skipName(c)
  c.take(4)
}

/** The services that somebody looks for; any other name in a question is somebody else's. */
function ask(c: Cursor, notes: Notes, questions: number): void {
  notes.about(SENDER)
  let rest = questions
  while (rest-- > 0 && c.left > 0) {
    if (c.peek(1) !== UNDERSCORE) {
      skipQuestion(c)
      continue
    }
    const wanted = notes.here
    const length = localLength(notes, wanted, readName(c, notes))
    const wantedType = c.u16()
    c.take(2)
    if (wantedType === PTR && c.fault === '') notes.add(asks, wanted, length)
  }
}

function skipRecords(c: Cursor, records: number): void {
  let rest = records
  while (rest-- > 0 && c.left > 0) {
    skipName(c)
    if (readRecord(c)) c.take(record.length)
  }
}

function tell(c: Cursor, notes: Notes, talk: Talk): void {
  heard.match(c, talk)
  let i = -1
  while (++i < heard.count) {
    switch (type[i]) {
      case PTR:
        tellInstance(c, notes, target[i]!)
        break
      case SRV:
        tellInstance(c, notes, owner[i]!)
        break
      case TXT:
        tellProperties(c, notes, i)
        break
      case HINFO:
        aboutHost(c, notes, owner[i]!)
        tellMachine(c, notes, i)
        break
      default:
        tellAddress(c, notes, talk, i)
    }
  }
}

/** Makes a host the subject: its address, the sender if that is its own, or else its name. */
function aboutHost(c: Cursor, notes: Notes, name: number): void {
  const stood = heard.loneHost === NO_HOST ? SELF : stands[name]!
  if (stood === SELF) notes.about(SENDER)
  else if (stood === UNKNOWN) aboutName(c, notes, name)
  else notes.about(type[stood] === A ? IP4 : IP6, at[stood])
}

function aboutName(c: Cursor, notes: Notes, name: number): void {
  const written = notes.here
  const length = names.write(c, name, notes)
  if (length > 0) notes.about(NAME, written, length)
  else c.fail('no name')
}

/** Makes the host of a service's instance the subject. */
function aboutInstance(c: Cursor, notes: Notes, name: number): void {
  const on = hostOf[name]!
  if (on >= 0) aboutHost(c, notes, on)
  else if (heard.loneHost === NO_HOST) notes.about(SENDER)
  else if (heard.loneHost !== SEVERAL) aboutHost(c, notes, heard.loneHost)
  else aboutName(c, notes, name)
}

function tellAddress(c: Cursor, notes: Notes, talk: Talk, i: number): void {
  const name = owner[i]!
  // Over the other protocol it may well be the sender's own.
  if (stands[name] === i && talk.network === (type[i] === A ? 4 : 6)) {
    notes.about(SENDER)
    notes.add(speaksFor, at[i]!, size[i]!)
  }
  aboutHost(c, notes, name)
  if (told[name] === 0) {
    told[name] = TOLD
    const written = notes.here
    notes.add(host, written, names.write(c, name, notes))
  }
  if (stands[name] !== i) notes.add(address, at[i]!, size[i]!)
}

function tellInstance(c: Cursor, notes: Notes, name: number): void {
  if (told[name] !== 0) return
  told[name] = TOLD
  aboutInstance(c, notes, name)
  const written = notes.here
  const length = localLength(notes, written, names.write(c, name, notes))
  const kind = serviceAt(notes, written, length)
  if (kind === written) notes.add(service, written, length)
  else if (kind > 0) {
    notes.add(service, kind, length - (kind - written))
    notes.add(instance, written, length)
    if (endsWith(notes.scratch, written - IN_SCRATCH, length, DEVICE)) told[name] = TOLD_DEVICE
  }
}

/** How much of a name stands before `.local`. */
function localLength(notes: Notes, written: number, length: number): number {
  if (!endsWith(notes.scratch, written - IN_SCRATCH, length, LOCAL)) return length
  return length - LOCAL.length
}

/** Where the service begins in `Office._ipp._tcp` or `_ipp._tcp`; 0 if there is none. */
function serviceAt(notes: Notes, written: number, length: number): number {
  const { scratch } = notes
  const from = written - IN_SCRATCH
  const transport =
    endsWith(scratch, from, length, '._tcp') || endsWith(scratch, from, length, '._udp')
  if (!transport) return 0
  let dot = from
  while (scratch[dot] !== DOT) dot += scratch[dot] === BACKSLASH ? 2 : 1
  if (scratch[from] === UNDERSCORE && dot - from === length - 5) return written
  return scratch[dot + 1] === UNDERSCORE && dot - from < length - 5 ? dot + 1 + IN_SCRATCH : 0
}

function tellProperties(c: Cursor, notes: Notes, i: number): void {
  const name = owner[i]!
  tellInstance(c, notes, name)
  aboutInstance(c, notes, name)
  const outer = c.end
  c.at = at[i]!
  c.end = c.at + size[i]!
  while (c.left > 0) {
    const length = c.u8()
    const key = knownKey(c, length)
    const place = c.take(length)
    if (key === 0 || length === key + 1 || place < 0) continue
    notes.add(property, place, length)
    if (told[name] === TOLD_DEVICE && key === MODEL_KEY)
      notes.add(model, place + key + 1, length - key - 1)
  }
  c.end = outer
  if (c.fault === 'short') c.fault = 'bad rdata'
}

function tellMachine(c: Cursor, notes: Notes, i: number): void {
  const outer = c.end
  c.at = at[i]!
  c.end = c.at + size[i]!
  const cpuLength = c.u8()
  const cpuAt = c.take(cpuLength)
  const osLength = c.u8()
  const osAt = c.take(osLength)
  c.end = outer
  if (c.fault === 'short') c.fault = 'bad rdata'
  if (c.fault !== '') return
  notes.add(cpu, cpuAt, cpuLength)
  notes.add(os, osAt, osLength)
}

export const mdns: Protocol = {
  name: 'mdns',
  standard: 'RFC 6762, 6763',
  tells: 'names, services, models and identities that devices announce',
  heard: ['udp/5353'],
  facts: [service, instance, host, address, model, property, cpu, os, asks, speaksFor],
  parse,
}
