/**
 * PJL (by HP): what printers answer about themselves on their own port, in whose language they are
 * spoken to. Of what is printed, and for whom, nothing is read.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { line, passBlanks, readLine, wordLength } from './text-lines.js'

const model = fact('pjl.model', text, 'set')
const serial = fact('pjl.serial', text, 'set')
const firmware = fact('pjl.firmware', text, 'set')
const status = fact('pjl.status', text, 'set')
/** Told of the printer that is spoken to: `PCL`, `POSTSCRIPT`, `PDF`, ... */
const language = fact('pjl.language', text, 'set')

const EXIT = '\x1b%-12345X'
const START = '@PJL'
const KEYS: readonly (readonly [key: string, said: Fact])[] = [
  ['productname', model],
  ['productserialnumber', serial],
  ['serialnumber', serial],
  ['firmwaredatecode', firmware],
  ['firmwareversion', firmware],
  ['code', status],
]
const LINES_MAX = 120
const QUOTE = 0x22
const EQUALS = 0x3d
const FORM_FEED = 0x0c

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 0 && c.starts(EXIT)) c.take(EXIT.length)
  const begun = c.at > c.start
  while (c.peek() === FORM_FEED || c.peek() === 0x0d || c.peek() === 0x0a) c.take(1)
  if (c.left > 0 && c.left < START.length) return void c.take(START.length)
  if (c.left > 0 && !startsFolded(c, '@pjl')) return begun ? undefined : c.fail('no pjl')
  // What the other side asks for has the same words.
  const isPrinter = talk.side === 'server'
  let isId = false
  let lines = 0
  while (c.left > 0 && lines++ < LINES_MAX) {
    if (!readLine(c)) return
    while (line.left > 0 && line.starts(EXIT)) line.take(EXIT.length)
    if (line.peek() === FORM_FEED) line.take(1)
    if (startsFolded(line, '@pjl')) {
      line.take(4)
      passBlanks(line)
      isId = isPrinter && startsFolded(line, 'info id')
      if (!isPrinter && startsFolded(line, 'enter ')) return enter(notes, talk)
    } else if (isId && line.left > 1) {
      addQuoted(notes, model)
      isId = false
    } else if (isPrinter) readKey(notes)
  }
}

/** `"HP LaserJet 4250"`, with or without the quotes. */
function addQuoted(notes: Notes, said: Fact): void {
  const isQuoted = line.peek() === QUOTE
  if (isQuoted) line.take(1)
  const end = line.distance(QUOTE)
  notes.add(said, line.at, end < 0 ? line.left : end)
}

/** `ProductSerialNumber = "CNBXC12345"` */
function readKey(notes: Notes): void {
  let i = 0
  while (i < KEYS.length) {
    const [key, said] = KEYS[i++]!
    if (!startsFolded(line, key)) continue
    const behind = line.peek(key.length)
    if (behind !== EQUALS && behind !== 0x20) continue
    line.take(line.distance(EQUALS) + 1)
    passBlanks(line)
    return addQuoted(notes, said)
  }
}

/** `ENTER LANGUAGE = PCL`: behind it comes what is printed. */
function enter(notes: Notes, talk: Talk): void {
  line.take(line.distance(EQUALS) + 1)
  passBlanks(line)
  notes.about(talk.network === 6 ? IP6 : IP4, talk.targetIp)
  notes.add(language, line.at, wordLength(line))
  notes.about(SENDER)
}

export const pjl: Protocol = {
  name: 'pjl',
  standard: 'HP Printer Job Language',
  tells: 'model, firmware and serial number of printers',
  heard: ['tcp/9100-9103', `tcp "${EXIT}"`, 'tcp "@PJL "'],
  facts: [model, serial, firmware, status, language],
  parse,
}
