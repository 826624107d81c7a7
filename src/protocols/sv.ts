/** Sampled values (IEC 61850-9-2): which merging units publish measurements, and how they are timed. */

import { enter, leave, readLength } from '../bytes/ber.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text } from '../model/fact.js'
import { sayWord } from './link-words.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'

const id = fact('sv.id', text, 'set')
const dataset = fact('sv.dataset', text, 'set')
const appId = fact('sv.app_id', hex, 'set')
const flag = fact('sv.flag', text, 'set')
/** Whose clock samples are taken by: `none`, `local` or `global`. */
const clock = fact('sv.clock', text, 'set')

const MESSAGE = 0x60
const UNITS = 0xa2
const UNIT = 0x30
const ID = 0x80
const DATASET = 0x81
const CLOCK = 0x85
const SAMPLES = 0x87
const SIMULATED = 0x80
const CLOCKS: readonly string[] = ['none', 'local', 'global']

function parse(c: Cursor, notes: Notes): void {
  notes.about(SENDER)
  const application = c.take(2)
  c.take(2)
  const flags = c.u8()
  c.take(3)
  if (c.fault !== '') return
  if (c.peek() !== MESSAGE) return c.fail('no sv')
  notes.add(appId, application, 2)
  if ((flags & SIMULATED) !== 0) notes.say(flag, 'simulated')
  const outer = enter(c, MESSAGE)
  while (c.left > 0) {
    const tag = c.u8()
    const length = readLength(c)
    if (tag !== UNITS) c.take(length)
    else readUnits(c, notes, length)
  }
  leave(c, outer)
}

function readUnits(c: Cursor, notes: Notes, length: number): void {
  const outer = c.narrow(length)
  while (c.left > 0) {
    const inner = enter(c, UNIT)
    readUnit(c, notes)
    leave(c, inner)
  }
  c.widen(outer)
}

function readUnit(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const tag = c.u8()
    if (tag === SAMPLES) return
    const length = readLength(c)
    const lead = c.peek()
    const at = c.take(length)
    if (tag === ID) notes.add(id, at, length)
    else if (tag === DATASET) notes.add(dataset, at, length)
    else if (tag === CLOCK && at >= 0) sayWord(notes, clock, lead, CLOCKS)
  }
}

export const sv: Protocol = {
  name: 'sv',
  standard: 'IEC 61850-9-2',
  tells: 'names of merging units and of what they measure, and whether their clocks agree',
  heard: ['ether/88ba'],
  facts: [id, dataset, appId, flag, clock],
  parse,
}
