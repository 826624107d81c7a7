/** BroadLink's remotes, plugs and sensors: discovery, and the heads of commands (its own; described). */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const address = fact('broadlink.mac', mac)
/** The product's number, in hexadecimal as everybody writes it: `0x2737`. */
const type = fact('broadlink.type', text)
const model = fact('broadlink.model', text)
const name = fact('broadlink.name', text, 'set')
/** `yes` if only its cloud may command it. */
const locked = fact('broadlink.locked', text)
const asks = fact('broadlink.asks', text, 'set')

const PORT = 80
const MAGIC = 0x5aa5aa55
const TYPE_AT = 0x24
const DISCOVERY = 0x30
const ANSWER_TYPE_AT = 0x34
const NAME = 63
const ASK = 6
const ANSWERED = 7
const ANSWERS = 0x300
const DIGITS = '0123456789abcdef'

const MODELS: Readonly<Record<number, string>> = {
  0x2711: 'SP2',
  0x2717: 'SP2',
  0x2719: 'SP2',
  0x271a: 'SP2',
  0x2720: 'SP mini',
  0x2728: 'SP2',
  0x2733: 'SP3',
  0x273e: 'SP mini',
  0x7530: 'SP2',
  0x753e: 'SP mini 3',
  0x7d00: 'SP3',
  0x947a: 'SP3S',
  0x9479: 'SP3S',
  0x2712: 'RM2 pro',
  0x272a: 'RM pro',
  0x2737: 'RM mini 3',
  0x273d: 'RM pro',
  0x277c: 'RM2 home plus',
  0x2783: 'RM2 home plus',
  0x2787: 'RM2 pro plus',
  0x278b: 'RM2 pro plus BL',
  0x278f: 'RM mini',
  0x279d: 'RM pro+',
  0x27a9: 'RM pro+',
  0x27c2: 'RM mini 3',
  0x27c3: 'RM pro plus 2',
  0x27c7: 'RM mini 3',
  0x27cc: 'RM mini 3',
  0x27d1: 'RM mini 3',
  0x27de: 'RM mini 3',
  0x5f36: 'RM mini 3',
  0x51da: 'RM4 mini',
  0x610e: 'RM4 mini',
  0x62bc: 'RM4 mini',
  0x648d: 'RM4 mini',
  0x6026: 'RM4 pro',
  0x61a2: 'RM4 pro',
  0x649b: 'RM4 pro',
  0x653a: 'RM4 mini',
  0x6539: 'RM4C mini',
  0x2714: 'A1',
  0x4eb5: 'MP1',
  0x4ef7: 'MP1',
  0x4f1b: 'MP1',
  0x4ead: 'Hysen thermostat',
  0x2722: 'S1C',
  0x60c7: 'LB1',
  0x60c8: 'LB1',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const lead = c.u32()
  const isMarked = lead === MAGIC
  if ((!isMarked && lead !== 0) || c.u32() !== lead) return c.fail('not broadlink')
  c.take(TYPE_AT - 8)
  const number = c.u16le()
  const command = c.u16le()
  if (command === ANSWERED) readAnswer(c, notes, talk)
  else if (command === ASK) ask(c, notes, talk)
  else if (isMarked) readCommand(c, notes, talk, number, command)
  else c.fail('not broadlink')
}

/** Somebody looks for devices; some add a question of their own. */
function ask(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(DISCOVERY - c.at + c.start)
  if (talk.to !== PORT) c.fail('not broadlink')
  else if (c.fault === '') notes.say(asks, 'discovery')
}

/** A command names its target; the answer, whose command has a bit more, names its sender. */
function readCommand(c: Cursor, notes: Notes, talk: Talk, number: number, command: number): void {
  c.take(2)
  const at = c.take(6)
  if (c.fault !== '') return
  if (talk.to === PORT) return notes.say(asks, 'command')
  if (command < ANSWERS) return
  noteType(notes, number)
  noteTurned(c, notes, at)
}

/** A device answers: what it is, its address, its name, and whether it is locked. */
function readAnswer(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.from !== PORT) return c.fail('not broadlink')
  c.take(ANSWER_TYPE_AT - c.at + c.start)
  const number = c.u16le()
  c.take(4)
  const at = c.take(6)
  if (c.fault !== '') return
  noteType(notes, number)
  noteTurned(c, notes, at)
  noteFixedText(c, notes, name, NAME)
  const lock = c.u8()
  if (c.fault === '') notes.say(locked, lock === 0 ? 'no' : 'yes')
}

function noteType(notes: Notes, number: number): void {
  const to = notes.here
  notes.write('0x')
  let shift = 12
  while (shift >= 0) {
    notes.put(DIGITS.charCodeAt((number >> shift) & 15))
    shift -= 4
  }
  notes.add(type, to, notes.here - to)
  const known = MODELS[number]
  if (known !== undefined) notes.say(model, known)
}

/** The address stands there with its last byte first. */
function noteTurned(c: Cursor, notes: Notes, at: number): void {
  const to = notes.here
  const back = c.at
  let i = 6
  let any = 0
  while (i > 0) {
    c.at = at + --i
    const byte = c.u8()
    any |= byte
    notes.put(byte)
  }
  c.at = back
  if (any !== 0) notes.add(address, to, 6)
}

export const broadlink: Protocol = {
  name: 'broadlink',
  standard: "BroadLink's local protocol",
  tells: 'models, names and hardware addresses of remotes and plugs, and whether they are locked',
  heard: ['udp/80', 'udp "\\x5a\\xa5\\xaa\\x55\\x5a\\xa5\\xaa\\x55"'],
  facts: [address, type, model, name, locked, asks],
  parse,
}
