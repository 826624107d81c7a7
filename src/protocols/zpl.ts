/** ZPL (Zebra): label printers tell model and firmware to who asks them. Labels are not read. */

import { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { aboutTarget } from './orders.js'
import { contains } from './text-contains.js'

const model = fact('zpl.model', text, 'set')
const firmware = fact('zpl.firmware', text, 'set')
/** What is answered to `getvar "device.unique_id"`. */
const serial = fact('zpl.serial', text, 'set')
const role = fact('zpl.role', text, 'set')

const STX = 0x02
const ETX = 0x03
const COMMA = 0x2c
const QUOTE = 0x22
const ASKED_MAX = 512
const VALUE_MAX = 64
const STARTS: readonly string[] = [
  '^XA',
  '~HI',
  '~HS',
  '~HD',
  '~JR',
  '~SD',
  '~DG',
  '! U1',
  'CT~~CD',
]

const asked = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.side === 'server') return readAnswer(c, notes, talk)
  while (c.left > 0 && (c.peek() <= 0x20 || c.peek() >= 0x80)) c.take(1)
  if (c.left === 0) return
  let i = 0
  while (i < STARTS.length) {
    if (!c.starts(STARTS[i++]!)) continue
    notes.say(role, 'client')
    aboutTarget(notes, talk)
    return notes.say(role, 'printer')
  }
  // Less than a word may become one.
  if (c.left < STARTS[3]!.length) c.take(c.left + 1)
  else c.fail('no zpl')
}

function readAnswer(c: Cursor, notes: Notes, talk: Talk): void {
  asked.over(talk.other.bytes, talk.other.at, talk.other.end)
  if (c.peek() === STX && contains(asked, '~HI', ASKED_MAX)) return readHost(c, notes)
  if (c.peek() === QUOTE && contains(asked, 'device.unique_id', ASKED_MAX)) {
    c.take(1)
    const length = c.distance(QUOTE)
    if (length < 0) return void c.take(c.left + 1)
    if (length <= VALUE_MAX) notes.add(serial, c.at, length)
    return
  }
  if (c.peek() !== STX && c.peek() !== QUOTE) c.fail('no zpl')
}

/** `ZT410-200dpi,V75.20.15Z,8,4096KB` */
function readHost(c: Cursor, notes: Notes): void {
  const end = c.distance(ETX)
  if (end < 0) return void c.take(c.left + 1)
  c.take(1)
  const first = c.distance(COMMA)
  if (first < 0 || first > VALUE_MAX) return c.fail('no zpl')
  notes.add(model, c.take(first), first)
  c.take(1)
  const second = c.distance(COMMA)
  if (second > 0 && second < VALUE_MAX) notes.add(firmware, c.take(second), second)
}

export const zpl: Protocol = {
  name: 'zpl',
  standard: 'Zebra Programming Language II',
  tells: 'label printers: model, firmware and serial number',
  heard: ['tcp/9100-9103', 'tcp/6101', 'tcp "^XA"', 'tcp "~HI"', 'tcp "~HS"', 'tcp "! U1 "'],
  facts: [model, firmware, serial, role],
  parse,
}
