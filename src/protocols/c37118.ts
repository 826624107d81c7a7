/**
 * Synchrophasors (IEEE C37.118.2): measuring units of power grids, by the names and numbers that
 * their configuration gives to them, and who collects from them.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { notePadded } from './padded-text.js'
import type { Notes, Protocol } from './protocol.js'

const station = fact('c37118.station', text, 'set')
/** By which streams, and the stations in them, are told apart. */
const stream = fact('c37118.stream', text, 'set')
const stationId = fact('c37118.station_id', text, 'set')
/** Frames a second; for slow ones, `1/10`: one in ten seconds. */
const rate = fact('c37118.rate', text, 'set')
const frequency = fact('c37118.nominal_frequency', text, 'set')
const role = fact('c37118.role', text, 'set')
const asks = fact('c37118.asks', text, 'set')
const header = fact('c37118.header', text, 'set')

const SYNC = 0xaa
const HEAD = 14
const LEAST = 16
const VERSIONS = 3
const DATA = 0
const HEADER = 1
const CONFIGURATION_1 = 2
const CONFIGURATION_2 = 3
const COMMAND = 4
const CONFIGURATION_3 = 5
const NAME = 16
const CHECK = 2
const COMMANDS: Readonly<Record<number, string>> = {
  1: 'stop',
  2: 'start',
  3: 'header',
  4: 'configuration 1',
  5: 'configuration 2',
  6: 'configuration 3',
  8: 'extended',
}
const HEADER_MAX = 200
const FRAMES_MAX = 64

function parse(c: Cursor, notes: Notes): void {
  let frames = 0
  let isTold = false
  // Once a stream has told its configuration, more of it says nothing new.
  while (c.left > 0 && !isTold && frames++ < FRAMES_MAX) {
    const sync = c.u8()
    const kind = c.u8()
    const size = c.u16()
    if (c.fault === '' && (sync !== SYNC || isStrange(kind, size))) return c.fail('no c37118')
    const outer = c.narrow(size - 4)
    // Data after data says the same again.
    const isNew = frames === 1 || kind >> 4 !== DATA
    if (isNew && c.fault === '') isTold = readFrame(c, notes, kind >> 4, size)
    c.widen(outer)
  }
}

const isStrange = (kind: number, size: number): boolean =>
  size < LEAST || kind >> 4 > CONFIGURATION_3 || (kind & 15) === 0 || (kind & 15) > VERSIONS

/** Whether that was a configuration. */
function readFrame(c: Cursor, notes: Notes, type: number, size: number): boolean {
  const id = c.u16()
  c.take(HEAD - 6)
  const isCommand = type === COMMAND
  notes.say(role, isCommand ? 'collector' : 'measuring unit')
  if (isCommand) {
    const word = COMMANDS[c.u16()]
    if (word !== undefined && c.fault === '') notes.say(asks, word)
    return false
  }
  notes.count32(stream, id)
  if (type === HEADER) {
    const length = Math.min(size - HEAD - CHECK, HEADER_MAX)
    notes.add(header, c.take(length), length)
  } else if (type === CONFIGURATION_1 || type === CONFIGURATION_2) readStations(c, notes)
  return type > HEADER && type <= CONFIGURATION_2
}

function readStations(c: Cursor, notes: Notes): void {
  c.take(4)
  let stations = c.u16()
  while (stations-- > 0 && c.left > 0) {
    notePadded(c, notes, station, NAME)
    const id = c.u16()
    if (c.fault === '') notes.count32(stationId, id)
    c.take(2)
    const phasors = c.u16()
    const analogs = c.u16()
    const digitals = c.u16()
    c.take((NAME + 4) * (phasors + analogs) + (16 * NAME + 4) * digitals)
    const nominal = c.u16()
    c.take(2)
    if (c.fault === '') notes.say(frequency, (nominal & 1) === 1 ? '50' : '60')
  }
  noteRate(c, notes)
}

function noteRate(c: Cursor, notes: Notes): void {
  const frames = (c.u16() << 16) >> 16
  if (c.fault !== '') return
  const at = notes.here
  if (frames < 0) notes.write('1/')
  notes.writeNumber(Math.abs(frames))
  notes.add(rate, at, notes.here - at)
}

export const c37118: Protocol = {
  name: 'c37118',
  standard: 'IEEE C37.118.2',
  tells: 'measuring units of power grids: station names, numbers and rates, and who collects',
  heard: [
    ...['tcp/4712-4713', 'udp/4712-4713', 'tcp "\\xaa\\x41\\x00\\x12"'],
    ...['tcp "\\xaa\\x42\\x00\\x12"', 'udp "\\xaa\\x41\\x00\\x12"', 'udp "\\xaa\\x42\\x00\\x12"'],
  ],
  facts: [station, stream, stationId, rate, frequency, role, asks, header],
  parse,
}
