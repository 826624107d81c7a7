/**
 * Link-local multicast name resolution (RFC 4795): what machines call themselves, and who asks for
 * names by which it may be led astray.
 *
 * Windows asks for any record of its own name when it joins, to learn whether somebody else has it.
 */

import { sameBytes } from '../bytes/compare.js'
import type { Cursor } from '../bytes/cursor.js'
import { readFoldedName, sameName, skipName } from '../bytes/names.js'
import { A, AAAA, IN, PTR, isAddress, readRecord, record } from '../bytes/records.js'
import { endsWith, readReverse } from '../bytes/reverse.js'
import { fact, ip, text } from '../model/fact.js'
import { IN_SCRATCH, IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const host = fact('llmnr.host', text, 'set')
const address = fact('llmnr.address', ip, 'set')
/** Only names that make whoever asks for them weak: anybody may answer. */
const asks = fact('llmnr.asks', text, 'set')

const PORT = 5355
const RESPONSE = 0x8000
const OPCODE = 0x7800
const ERROR = 0x000f
const ANY = 255
const LURES: readonly string[] = ['wpad', 'isatap', 'wpad.local', 'isatap.local']

/** The question: where its name begins, and where it was written down. */
const asked = { at: -1, textAt: 0, length: 0, type: 0 }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.turnCount === 0) return message(c, notes, talk)
  // On TCP each message has its length before it.
  const start = c.start
  while (c.left > 0) {
    const outer = c.narrow(c.u16())
    if (c.fault === '') {
      c.start = c.at
      message(c, notes, talk)
    }
    c.widen(outer)
  }
  c.start = start
}

function message(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(2)
  const flags = c.u16()
  const questions = c.u16()
  const answers = c.u16()
  c.take(4)
  if (c.fault !== '') return
  if ((flags & OPCODE) !== 0 || questions !== 1) return c.fail('not llmnr')
  question(c, notes)
  if (c.fault !== '') return
  notes.about(SENDER)
  if ((flags & RESPONSE) === 0) {
    if (asked.type === ANY) notes.add(host, asked.textAt, asked.length)
    else if (isLure(notes)) notes.add(asks, asked.textAt, asked.length)
  } else if (talk.from === PORT && (flags & ERROR) === 0) respond(c, notes, talk, answers)
}

function question(c: Cursor, notes: Notes): void {
  asked.at = c.at
  asked.textAt = notes.here
  asked.length = readFoldedName(c, notes)
  asked.type = c.u16()
  c.take(2)
}

function isLure(notes: Notes): boolean {
  let i = 0
  while (i < LURES.length) {
    const lure = LURES[i++]!
    if (lure.length !== asked.length) continue
    if (endsWith(notes.scratch, asked.textAt - IN_SCRATCH, asked.length, lure)) return true
  }
  return false
}

function respond(c: Cursor, notes: Notes, talk: Talk, answers: number): void {
  let rest = answers
  let told = false
  while (rest-- > 0 && c.left > 0) {
    const owner = c.at
    skipName(c)
    if (!readRecord(c)) return
    const mine = record.class === IN && sameName(c, owner, asked.at)
    if (mine && record.type === PTR) pointer(c, notes)
    else {
      if (mine && isAddress(c)) {
        if (!told) notes.add(host, asked.textAt, asked.length)
        told = true
        tellAddress(c, notes, talk)
      }
      c.take(record.length)
    }
  }
}

/** The sender's own address says nothing new. */
function tellAddress(c: Cursor, notes: Notes, talk: Talk): void {
  const same = talk.network === (record.type === A ? 4 : 6)
  if (same && sameBytes(c.bytes, record.at, talk.sourceIp, record.length)) return
  if (record.type === A || record.type === AAAA) notes.add(address, record.at, record.length)
}

/** A name for the address that the question's name stands for. */
function pointer(c: Cursor, notes: Notes): void {
  const end = record.at + record.length
  const about = notes.here
  const length = readReverse(notes.scratch, asked.textAt - IN_SCRATCH, asked.length, notes)
  const name = notes.here
  const nameLength = readFoldedName(c, notes)
  if (c.at !== end) c.fail('bad rdata')
  if (c.fault !== '' || length === 0) return
  notes.about(length === 4 ? IP4 : IP6, about)
  notes.add(host, name, nameLength)
  notes.about(SENDER)
}

export const llmnr: Protocol = {
  name: 'llmnr',
  standard: 'RFC 4795',
  tells: 'names of Windows machines; who asks for a proxy or a tunnel that anybody may offer',
  heard: ['udp/5355', 'tcp/5355'],
  facts: [host, address, asks],
  parse,
}
