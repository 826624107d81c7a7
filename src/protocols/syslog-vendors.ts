/**
 * Forms of syslog by which makers' devices name themselves: Fortinet, SonicWall, Sophos, WatchGuard
 * (`key=value`), Palo Alto (commas), Ubiquiti (`model,mac,version`), CEF and LEEF.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

const maker = fact('syslog.vendor', text, 'set')
const product = fact('syslog.product', text, 'set')
const version = fact('syslog.version', text, 'set')
const serial = fact('syslog.serial', text, 'set')
const device = fact('syslog.device', text, 'set')

export const syslogVendorFacts: readonly Fact[] = [maker, product, version, serial, device]

const QUOTE = 0x22
const PIPE = 0x7c
const COMMA = 0x2c
const SPACE = 0x20
const EQUALS = 0x3d
const OPEN = 0x28
const KEYS_MAX = 24
const HEAD_MAX = 160
const SERIAL_MIN = 12
const SERIAL_MAX = 15
const MAC_DIGITS = 12

/** How a form begins, whose it is, and the keys by which its device names itself. */
interface Form {
  readonly start: string
  readonly maker: string
  readonly keys: readonly (readonly [string, Fact])[]
}

const FORTINET: Form = {
  start: 'date=',
  maker: '',
  keys: [
    ['devname', device],
    ['devid', serial],
    ['device_name', device],
    ['device_id', serial],
    ['device_model', product],
    ['device_serial_id', serial],
  ],
}
const FORMS: readonly Form[] = [
  FORTINET,
  { ...FORTINET, start: 'device=' },
  { ...FORTINET, start: 'logver=' },
  { ...FORTINET, start: 'device_name=' },
  { start: 'id=firewall ', maker: 'SonicWall', keys: [['sn', serial]] },
]

/** True if the message was in one of these forms, and is read. */
export function noteVendor(c: Cursor, notes: Notes): boolean {
  const form = formOf(c)
  if (form !== undefined) {
    notePairs(c, notes, form)
    return true
  }
  if (noteUbiquiti(c, notes)) return true
  const cef = within(c, 'CEF:')
  const leef = cef < 0 ? within(c, 'LEEF:') : -1
  if (cef >= 0 || leef >= 0) noteEvent(c, notes, cef >= 0 ? cef : leef)
  else notePaloAlto(c, notes)
  return false
}

function formOf(c: Cursor): Form | undefined {
  let i = 0
  while (i < FORMS.length) {
    const form = FORMS[i++]!
    if (c.starts(form.start)) return form
  }
  return undefined
}

function notePairs(c: Cursor, notes: Notes, form: Form): void {
  let room = KEYS_MAX
  while (c.left > 0 && room-- > 0) {
    const length = c.distance(EQUALS)
    if (length < 0) return
    const said = meant(c, form, length)
    c.until(EQUALS)
    const ends = c.peek() === QUOTE ? QUOTE : SPACE
    if (ends === QUOTE) c.take(1)
    const size = c.distance(ends)
    if (size < 0) return void c.take(c.left + 1)
    const at = c.take(size)
    if (said !== undefined && at >= 0) {
      if (form.maker !== '') notes.say(maker, form.maker)
      notes.add(said, at, size)
    }
    while (c.peek() === ends || c.peek() === SPACE) c.take(1)
  }
}

function meant(c: Cursor, form: Form, length: number): Fact | undefined {
  let i = 0
  while (i < form.keys.length) {
    const [key, said] = form.keys[i++]!
    if (key.length === length && c.starts(key)) return said
  }
  return undefined
}

/** `("U7PG2,f09fc2aabbcc,v4.3.20.11298")` or without the decoration. */
export function noteUbiquiti(c: Cursor, notes: Notes): boolean {
  const from = c.at
  if (c.peek() === OPEN) c.take(2)
  const name = c.distance(COMMA)
  const at = c.at
  const found = name > 1 && name < 16 && isHardware(c, name + 1)
  if (found) {
    const length = versionLength(c, name + MAC_DIGITS + 2)
    if (length > 0) {
      notes.say(maker, 'Ubiquiti')
      notes.add(product, at, name)
      notes.add(serial, at + name + 1, MAC_DIGITS)
      notes.add(version, at + name + MAC_DIGITS + 2, length)
    }
  }
  if (!found) c.at = from
  return found
}

function isHardware(c: Cursor, from: number): boolean {
  let i = 0
  while (i < MAC_DIGITS) {
    const byte = c.peek(from + i++)
    const letter = byte | 0x20
    if (!((byte >= 0x30 && byte <= 0x39) || (letter >= 0x61 && letter <= 0x66))) return false
  }
  return c.peek(from + MAC_DIGITS) === COMMA
}

/** A version ends at a quote, a colon or a space; -1 where its end is missing. */
function versionLength(c: Cursor, from: number): number {
  let length = 0
  while (length < 40) {
    const byte = c.peek(from + length)
    if (byte === 0) return -1
    if (byte === QUOTE || byte === 0x3a || byte === SPACE) return length
    length++
  }
  return -1
}

/** How far into the message's head this word stands, or -1. */
function within(c: Cursor, word: string): number {
  const from = c.at
  const first = word.charCodeAt(0)
  let found = -1
  while (c.left > 0 && c.at - from < HEAD_MAX) {
    const step = c.distance(first)
    if (step < 0) break
    c.take(step)
    if (c.starts(word)) {
      found = c.at - from
      break
    }
    c.take(1)
  }
  c.at = from
  return found
}

/** `CEF:0|Vendor|Product|Version|` and `LEEF:1.0|Vendor|Product|Version|`. */
function noteEvent(c: Cursor, notes: Notes, ahead: number): void {
  const from = c.at
  c.take(ahead)
  if (c.distance(PIPE) > 0) c.until(PIPE)
  noteField(c, notes, maker)
  noteField(c, notes, product)
  noteField(c, notes, version)
  if (c.fault === '') c.at = from
}

function noteField(c: Cursor, notes: Notes, said: Fact): void {
  const length = c.distance(PIPE)
  if (length < 0) return
  notes.add(said, c.until(PIPE), length)
}

/** `... 1,2016/10/13 20:56:03,001901000999,TRAFFIC,`: behind the time stands the serial number. */
function notePaloAlto(c: Cursor, notes: Notes): void {
  const from = c.at
  const ahead = within(c, ' 1,20')
  if (ahead < 0) return
  c.take(ahead + 3)
  if (c.peek(4) === 0x2f && c.peek(7) === 0x2f && c.peek(19) === COMMA) {
    c.take(20)
    const length = c.distance(COMMA)
    if (length >= SERIAL_MIN && length <= SERIAL_MAX) {
      notes.say(maker, 'Palo Alto Networks')
      notes.add(serial, c.at, length)
    }
  }
  c.at = from
}
