/** HomePlug AV (IEEE 1901) and Green PHY: power-line adapters, their chips, and cars that charge. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, mac, number, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import { isGiven, sayWord } from './link-words.js'
import { MAC, SENDER, type Notes, type Protocol } from './protocol.js'

/** The numbers of its messages. */
const message = fact('homeplug.message', text, 'set')
/** `INT6400-MAC-4-4-4405-00-4497-20101201-FINAL-B`. */
const firmware = fact('homeplug.firmware', text, 'set')
/** The chip, by its maker's number. */
const chip = fact('homeplug.chip', number, 'set')
/** The logical network, and the adapter that coordinates it. */
const networkId = fact('homeplug.network_id', hex, 'set')
const coordinator = fact('homeplug.coordinator', mac, 'set')
/** `station`, `coordinator`; `vehicle` or `charger` where a car charges. */
const role = fact('homeplug.role', text, 'set')
/** Another adapter on the same wires. */
const station = fact('homeplug.station', mac, 'set')
/** A machine behind an adapter. */
const bridged = fact('homeplug.bridged', mac, 'set')

const VERSION_MAX = 2
/** From here on a message is a vendor's, who is named first. */
const VENDOR_MIN = 0xa000
const VENDOR_MAX = 0xbfff
const ATHEROS = 0x00b052

const STATIONS_CONFIRM = 0x0015
const SLAC_REQUEST = 0x6064
const SLAC_CONFIRM = 0x6065
const VERSION_CONFIRM = 0xa001
const NETWORK_CONFIRM = 0xa039

const ROLES: readonly (string | undefined)[] = ['station', 'proxy coordinator', 'coordinator']
const STATION_REST = 6
const STATIONS_MAX = 16

function parse(c: Cursor, notes: Notes): void {
  const spoken = c.u8()
  if (spoken > VERSION_MAX) return c.fail('bad version')
  const what = c.u16le()
  if (c.fault !== '') return
  notes.count32(message, what)
  if (what >= VENDOR_MIN && what <= VENDOR_MAX) {
    // Newer versions number the parts of a message first.
    if (spoken > 0 && c.peek() === 0 && c.peek(1) === 0 && c.peek(2) === 0) c.take(2)
    if (c.u24() === ATHEROS) readAtheros(c, notes, what)
    return
  }
  if (spoken > 0) c.take(2)
  if (what === STATIONS_CONFIRM) readStations(c, notes)
  else if (what === SLAC_REQUEST) notes.say(role, 'vehicle')
  else if (what === SLAC_CONFIRM) notes.say(role, 'charger')
}

function readAtheros(c: Cursor, notes: Notes, what: number): void {
  if (what === VERSION_CONFIRM) readVersion(c, notes)
  else if (what === NETWORK_CONFIRM) readNetwork(c, notes)
}

function readVersion(c: Cursor, notes: Notes): void {
  const status = c.u8()
  const chipAt = c.take(1)
  const length = c.u8()
  if (c.fault !== '' || status !== 0) return
  notes.add(chip, chipAt, 1)
  noteFixedText(c, notes, firmware, length)
}

/** The network it is in, and the stations it hears there. */
function readNetwork(c: Cursor, notes: Notes): void {
  if (c.u8() !== 1) return
  const idAt = c.take(7)
  c.take(2)
  const rank = c.u8()
  const at = c.take(6)
  c.u8()
  let count = Math.min(c.u8(), STATIONS_MAX)
  if (c.fault !== '') return
  notes.add(networkId, idAt, 7)
  sayWord(notes, role, rank, ROLES)
  notes.add(coordinator, at, 6)
  while (count > 0 && c.left > 0) {
    count--
    const stationAt = c.take(6)
    c.u8()
    const behind = isGiven(c, 6) && c.peek() !== 0xff
    const bridgedAt = c.take(6)
    c.take(2)
    if (c.fault !== '') return
    notes.add(station, stationAt, 6)
    if (!behind) continue
    notes.about(MAC, stationAt)
    notes.add(bridged, bridgedAt, 6)
    notes.about(SENDER)
  }
}

function readStations(c: Cursor, notes: Notes): void {
  let count = Math.min(c.u8(), STATIONS_MAX)
  while (count > 0 && c.left > 0) {
    count--
    const at = c.take(6)
    c.take(STATION_REST)
    if (c.fault === '') notes.add(station, at, 6)
  }
}

export const homeplug: Protocol = {
  name: 'homeplug',
  standard: 'IEEE 1901, HomePlug AV',
  tells: 'power-line adapters, their chip and firmware, their network, and charging cars',
  heard: ['ether/88e1'],
  facts: [message, firmware, chip, networkId, coordinator, role, station, bridged],
  parse,
}
