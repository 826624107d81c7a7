/** NUT's network protocol (RFC 9271): a UPS, as the machine it is attached to tells about it. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const ups = fact('nut.ups', text, 'set')
const description = fact('nut.description', text, 'set')
const maker = fact('nut.manufacturer', text, 'set')
const model = fact('nut.model', text, 'set')
const serial = fact('nut.serial', text, 'set')
const firmware = fact('nut.firmware', text, 'set')
const version = fact('nut.version', text)
/** What a client asks: its first word, such as `LIST` or `LOGIN`. */
const asks = fact('nut.asks', text, 'set')

const NEWLINE = 0x0a
const SPACE = 0x20
const QUOTE = 0x22
const LINE_MAX = 512
const QUESTIONS = [
  ...['LIST', 'GET', 'VER', 'NETVER', 'USERNAME', 'LOGIN', 'STARTTLS', 'HELP', 'LOGOUT', 'SET'],
  ...['INSTCMD', 'PASSWORD', 'PRIMARY', 'MASTER'],
] as const
const ANSWERS = [
  ...['BEGIN ', 'UPS ', 'VAR ', 'OK', 'ERR ', 'Network UPS Tools', 'END ', 'Commands:', 'TYPE '],
  ...['DESC ', 'NUMLOGINS ', '1.', 'UPSDESC ', 'CMD ', 'RW '],
] as const
const VARIABLES: readonly (readonly [string, Fact])[] = [
  ['ups.mfr ', maker],
  ['device.mfr ', maker],
  ['ups.model ', model],
  ['device.model ', model],
  ['ups.serial ', serial],
  ['device.serial ', serial],
  ['ups.firmware ', firmware],
]

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const isServer = talk.side === 'server'
  let first = true
  while (c.left > 0) {
    const length = c.distance(NEWLINE)
    if (length > LINE_MAX || (length < 0 && c.left > LINE_MAX)) return c.fail('long line')
    if (length < 0) return void c.take(c.left + 1)
    if (first && indexOf(c, isServer ? ANSWERS : QUESTIONS) < 0) return c.fail('not nut')
    first = false
    const outer = c.narrow(length)
    if (isServer) answer(c, notes)
    else question(c, notes)
    c.widen(outer)
    c.take(1)
  }
  if (!talk.ended) c.take(1)
}

function indexOf(c: Cursor, words: readonly string[]): number {
  let i = 0
  while (i < words.length) {
    if (c.starts(words[i]!)) return i
    i++
  }
  return -1
}

/** Names and passwords follow some of the words: only the word itself is told. */
function question(c: Cursor, notes: Notes): void {
  const i = indexOf(c, QUESTIONS)
  if (i >= 0) notes.say(asks, QUESTIONS[i]!)
}

function answer(c: Cursor, notes: Notes): void {
  if (c.starts('Network UPS Tools')) {
    const start = c.distance(0x2d)
    notes.add(version, c.at, start > 0 ? start - 1 : c.left)
  } else if (c.starts('UPS ')) {
    c.take(4)
    noteName(c, notes)
    noteQuoted(c, notes, description)
  } else if (c.starts('VAR ')) {
    c.take(4)
    noteName(c, notes)
    variable(c, notes)
  }
}

function noteName(c: Cursor, notes: Notes): void {
  const length = c.distance(SPACE)
  if (length > 0) notes.add(ups, c.until(SPACE), length)
}

function variable(c: Cursor, notes: Notes): void {
  let i = 0
  while (i < VARIABLES.length) {
    const [name, said] = VARIABLES[i++]!
    if (!c.starts(name)) continue
    c.take(name.length)
    return noteQuoted(c, notes, said)
  }
}

function noteQuoted(c: Cursor, notes: Notes, said: Fact): void {
  if (c.peek() !== QUOTE) return
  c.take(1)
  const length = c.distance(QUOTE)
  if (length > 0) notes.add(said, c.at, length)
}

export const nut: Protocol = {
  name: 'nut',
  standard: 'RFC 9271',
  tells: 'make, model, serial number and firmware of a UPS behind another machine',
  heard: ['tcp/3493'],
  facts: [ups, description, maker, model, serial, firmware, version, asks],
  parse,
}
