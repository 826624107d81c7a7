/** ESC/POS (Epson): receipt printers tell maker, model, firmware and number. Receipts are not read. */

import { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { aboutTarget } from './orders.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const vendor = fact('escpos.vendor', text, 'set')
const model = fact('escpos.model', text, 'set')
const firmware = fact('escpos.firmware', text, 'set')
const serial = fact('escpos.serial', text, 'set')
const role = fact('escpos.role', text, 'set')

const ESCAPE = 0x1b
const GROUP = 0x1d
const STATUS = 0x10
const BLOCK = 0x5f
const INITIALISE = 0x40
const ASK = 0x49
/** What is asked for by the letter behind. */
const ANSWERS: Readonly<Record<number, Fact>> = {
  0x41: firmware,
  0x42: vendor,
  0x43: model,
  0x44: serial,
}
const SCAN_MAX = 512
const VALUE_MAX = 80

const asked = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.side === 'server') return readAnswers(c, notes, talk)
  const first = c.u8()
  const second = c.u8()
  if (c.fault !== '') return
  const isStart = first === ESCAPE && second === INITIALISE
  const isQuestion = first === GROUP && second === ASK
  const isStatus = first === STATUS && second === 4
  if (!isStart && !isQuestion && !isStatus) return c.fail('no escpos')
  notes.say(role, 'client')
  aboutTarget(notes, talk)
  notes.say(role, 'printer')
  notes.about(SENDER)
}

/** Answers come in the order of the questions, each between `_` and a zero. */
function readAnswers(c: Cursor, notes: Notes, talk: Talk): void {
  const { other } = talk
  asked.over(other.bytes, other.at, Math.min(other.end, other.at + SCAN_MAX))
  while (c.left > 0) {
    if (c.u8() !== BLOCK) continue
    const length = c.distance(0)
    if (length < 0) return void c.take(c.left + 1)
    const said = nextAsked()
    if (said !== undefined && length <= VALUE_MAX) notes.add(said, c.at, length)
    c.take(length + 1)
  }
}

/** What the next question that is answered in words asks for. */
function nextAsked(): Fact | undefined {
  while (asked.left > 2) {
    const isQuestion = asked.peek() === GROUP && asked.peek(1) === ASK
    const said = isQuestion ? ANSWERS[asked.peek(2)] : undefined
    asked.take(isQuestion ? 3 : 1)
    if (said !== undefined) return said
  }
  return undefined
}

export const escpos: Protocol = {
  name: 'escpos',
  standard: 'Epson ESC/POS',
  tells: 'receipt printers: maker, model, firmware and serial number',
  heard: ['tcp/9100', 'tcp "\\x1b@\\x1b"', 'tcp "\\x1b@\\x1d"', 'tcp "\\x1dIB"', 'tcp "\\x1dIC"'],
  facts: [vendor, model, firmware, serial, role],
  parse,
}
