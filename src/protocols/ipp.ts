/**
 * The Internet Printing Protocol (RFC 8010, 8011; PWG 5100), which HTTP carries: what a printer is,
 * what it is called, where it stands, and whom it lets print.
 *
 * A print server answers for printers behind it: what it says of a queue is told as that. Names of
 * documents and of their owners are never looked at.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { find, found } from './text-search.js'

const version = fact('ipp.version', text, 'set')
/** About a client: what it wants of a printer. */
const operation = fact('ipp.operation', text, 'set')
const name = fact('ipp.name', text)
const makeAndModel = fact('ipp.make_and_model', text)
const info = fact('ipp.info', text)
const location = fact('ipp.location', text)
const organization = fact('ipp.organization', text)
/** What printers say over IEEE 1284: `MFG:HP;MDL:LaserJet M605;SN:…`. */
const deviceId = fact('ipp.device_id', text)
const serial = fact('ipp.serial', text)
const uuid = fact('ipp.uuid', text)
const firmware = fact('ipp.firmware', text, 'set')
const serviceName = fact('ipp.dns_sd_name', text)
const hostName = fact('ipp.host_name', text)
const geography = fact('ipp.geo_location', text)
const cups = fact('ipp.cups', text)
/** How it learns who prints: `none`, `requesting-user-name`, `basic`, `certificate`. */
const authentication = fact('ipp.authentication', text, 'set')
const security = fact('ipp.security', text, 'set')
/** About a print server: its queues, and the printers behind them. */
const queue = fact('ipp.queue', text, 'set')
const queueModel = fact('ipp.queue_model', text, 'set')

/** Who answers, as the request's path tells: the column of ATTRIBUTES that counts. */
const PRINTER_ITSELF = 1
const SERVER = 2
const UNKNOWN = 3
type Speaker = typeof PRINTER_ITSELF | typeof SERVER | typeof UNKNOWN

type Row = readonly [attribute: string, own?: Fact, ofQueue?: Fact, unknown?: undefined]

const ATTRIBUTES: readonly Row[] = [
  ['printer-make-and-model', makeAndModel, queueModel],
  ['printer-name', name, queue],
  ['printer-info', info],
  ['printer-location', location],
  ['printer-organization', organization, organization],
  ['printer-device-id', deviceId],
  ['printer-uuid', uuid],
  ['printer-serial-number', serial],
  ['printer-firmware-string-version', firmware],
  ['printer-dns-sd-name', serviceName],
  ['printer-hostname', hostName, hostName],
  ['printer-geo-location', geography, geography],
  ['cups-version', cups, cups],
  ['uri-authentication-supported', authentication, authentication],
  ['uri-security-supported', security, security],
]
const lengths: readonly (readonly Row[])[] = Array.from({ length: 64 }, (_, length) =>
  ATTRIBUTES.filter(([attribute]) => attribute.length === length),
)

const OPERATIONS: Readonly<Partial<Record<number, string>>> = {
  0x02: 'print-job',
  0x04: 'validate-job',
  0x05: 'create-job',
  0x06: 'send-document',
  0x08: 'cancel-job',
  0x09: 'get-job-attributes',
  0x0a: 'get-jobs',
  0x0b: 'get-printer-attributes',
  0x10: 'pause-printer',
  0x11: 'resume-printer',
  0x12: 'purge-jobs',
  0x13: 'set-printer-attributes',
  0x16: 'create-printer-subscriptions',
  0x3c: 'identify-printer',
  0x4001: 'cups-get-default',
  0x4002: 'cups-get-printers',
  0x4003: 'cups-add-modify-printer',
}

const VERSION_MAX = 2
const SUCCESSFUL_MAX = 0xff
const STATUS_MAX = 0x0600
const END = 3
const PRINTER = 4
const DELIMITER_MAX = 0x0f
const TEXT_WITH_LANGUAGE = 0x35
const NAME_WITH_LANGUAGE = 0x36
const TEXTS_FROM = 0x40
const PORT = 631
/** `urn:uuid:` */
const URN = 'urn:uuid:'
const SERIAL_KEYS: readonly string[] = [';sn:', ';ser:', ';sern:', ';serialnumber:', ';serial:']
const LF = 0x0a
const SEMICOLON = 0x3b
const NO_ROW: Row = ['']

const inner = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const major = c.u8()
  const minor = c.u8()
  const code = c.u16()
  c.take(4)
  if (c.fault === '' && (major === 0 || major > VERSION_MAX || minor > 2)) c.fail('bad version')
  const answer = talk.side === 'unknown' ? talk.from === PORT : talk.side === 'server'
  if (c.fault === '' && answer && code >= STATUS_MAX) c.fail('bad status')
  if (c.left > 0 && c.peek() > DELIMITER_MAX) c.fail('no group')
  if (c.fault !== '') return
  const from = notes.here
  notes.writeNumber(major)
  notes.write('.')
  notes.writeNumber(minor)
  notes.add(version, from, notes.here - from)
  if (answer && code <= SUCCESSFUL_MAX) readGroups(c, notes, speakerOf(talk))
  else {
    if (!answer) notes.say(operation, OPERATIONS[code] ?? 'other')
    // What was asked for, and whose it is, is nobody's business.
    c.take(c.left)
  }
}

/** CUPS serves queues below these paths; printers have paths of their own. */
function speakerOf({ other }: Talk): Speaker {
  if (other.distance(LF) < 0) return UNKNOWN
  const isServer =
    other.starts('POST /printers/') || other.starts('POST /classes/') || other.starts('POST / ')
  return isServer ? SERVER : PRINTER_ITSELF
}

function readGroups(c: Cursor, notes: Notes, speaker: Speaker): void {
  let group = 0
  let row = NO_ROW
  while (c.left > 0) {
    const tag = c.u8()
    if (tag === END) return
    if (tag <= DELIMITER_MAX) {
      group = tag
      row = NO_ROW
      continue
    }
    const length = c.u16()
    // A value without a name is one more of the attribute before.
    if (length > 0) row = rowOf(c, length)
    c.take(length)
    const size = c.u16()
    const said = row[speaker]
    if (group === PRINTER && said !== undefined) noteValue(c, notes, said, tag, size)
    else c.take(size)
  }
  // An end is promised.
  c.take(1)
}

function rowOf(c: Cursor, length: number): Row {
  const candidates = length < lengths.length ? lengths[length]! : []
  let i = 0
  while (i < candidates.length) {
    const row = candidates[i++]!
    if (c.starts(row[0])) return row
  }
  return NO_ROW
}

function noteValue(c: Cursor, notes: Notes, said: Fact, tag: number, size: number): void {
  const at = c.take(size)
  if (at < 0 || (tag < TEXTS_FROM && tag !== TEXT_WITH_LANGUAGE && tag !== NAME_WITH_LANGUAGE)) {
    return
  }
  inner.over(c.bytes, at, at + size)
  if (tag < TEXTS_FROM) {
    inner.take(inner.u16())
    inner.take(2)
  }
  if (said === uuid && inner.starts(URN)) inner.take(URN.length)
  notes.add(said, inner.at, inner.left)
  if (said === deviceId) noteSerial(notes)
}

/** `MFG:HP;MDL:LaserJet M605;SN:PHBLL12345;` */
function noteSerial(notes: Notes): void {
  let i = 0
  while (i < SERIAL_KEYS.length) {
    const key = SERIAL_KEYS[i++]!
    if (!find(inner, inner.at, inner.left, key)) continue
    const length = found.distance(SEMICOLON)
    notes.add(serial, found.at, length < 0 ? found.left : length)
    return
  }
}

export const ipp: Protocol = {
  name: 'ipp',
  standard: 'RFC 8010, 8011; PWG 5100.12, 5100.13',
  tells:
    'make, model, serial number, firmware, name and place of printers; queues of print servers',
  heard: [],
  facts: [
    ...[version, operation, name, makeAndModel, info, location, organization, deviceId, serial],
    ...[uuid, firmware, serviceName, hostName, geography, cups, authentication, security],
    ...[queue, queueModel],
  ],
  parse,
}
