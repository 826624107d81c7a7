/**
 * SNMP v1, v2c and v3 (RFC 1157, 3416, 3412, 3414): who manages whom, with which password, and
 * what agents answer about the machine they run on.
 */

import {
  OBJECT,
  OCTETS,
  SEQUENCE,
  enter,
  expect,
  leave,
  readInteger,
  readLength,
  readObject,
} from '../bytes/ber.js'
import { sameBytes } from '../bytes/compare.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, mac, secretFact, text, type Fact } from '../model/fact.js'
import { IP4, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const version = fact('snmp.version', text, 'set')
const manager = fact('snmp.manager', text, 'set')
const pdu = fact('snmp.pdu', text, 'set')
const KNOWN_COMMUNITIES: readonly string[] = [
  ...['public', 'private', 'admin', 'manager', 'monitor', 'read', 'write', 'rw', 'ro', 'secret'],
  ...[
    'snmp',
    'snmpd',
    'security',
    'system',
    'default',
    'internal',
    'community',
    'password',
    'test',
  ],
  ...['guest', 'all', 'root', 'cisco', 'CISCO', 'ILMI', 'cable-docsis', 'rmon', 'rmon_admin'],
  ...['hp_admin', 'canon_admin', 'OrigEquipMfr', 'Secret C0de', 'ANYCOM', 'SNMP_trap', 'snmptrap'],
  ...[
    'xerox',
    'tivoli',
    'openview',
    'netman',
    'apc',
    'c',
    '0',
    '1234',
    '12345',
    'TENmanUFactOryPOWER',
  ],
]
const community = secretFact('snmp.community', KNOWN_COMMUNITIES)
/** The versions in which an agent answered what it was asked, and the communities it took. */
const answers = fact('snmp.answers', text, 'set')
const accepts = secretFact('snmp.accepts', KNOWN_COMMUNITIES)
const user = secretFact('snmp.user', [
  'initial',
  'admin',
  'public',
  'private',
  'snmp',
  'snmpuser',
  'user',
])
const security = fact('snmp.security', text, 'set')
const engineId = fact('snmp.engine_id', hex)
const engineEnterprise = fact('snmp.engine_enterprise', text)
const engineMac = fact('snmp.engine_mac', mac)

const sysDescr = fact('snmp.sys_descr', text)
const sysObjectId = fact('snmp.sys_object_id', text)
const sysContact = fact('snmp.sys_contact', text)
const sysName = fact('snmp.sys_name', text)
const sysLocation = fact('snmp.sys_location', text)
const manufacturer = fact('snmp.manufacturer', text, 'set')
const model = fact('snmp.model', text, 'set')
const serial = fact('snmp.serial', text, 'set')
const hardware = fact('snmp.hardware', text, 'set')
const firmware = fact('snmp.firmware', text, 'set')
const software = fact('snmp.software', text, 'set')
const device = fact('snmp.device', text, 'set')
const deviceId = fact('snmp.device_id', text, 'set')
const address = fact('snmp.mac', mac, 'set')
const trap = fact('snmp.trap', text, 'set')
const enterprise = fact('snmp.enterprise', text, 'set')
/** Whom a trap that was passed on is about, as the one who passed it on says. */
const speaksFor = fact('snmp.speaks_for', ip, 'set')

/** The objects whose values say what a machine is; `*` stands for any index. */
const OBJECTS: readonly (readonly [object: string, said: Fact])[] = [
  ['1.3.6.1.2.1.1.1.0', sysDescr],
  ['1.3.6.1.2.1.1.2.0', sysObjectId],
  ['1.3.6.1.2.1.1.4.0', sysContact],
  ['1.3.6.1.2.1.1.5.0', sysName],
  ['1.3.6.1.2.1.1.6.0', sysLocation],
  ['1.3.6.1.2.1.2.2.1.6.*', address], // ifPhysAddress
  ['1.3.6.1.2.1.17.1.1.0', address], // dot1dBaseBridgeAddress
  ['1.3.6.1.2.1.25.3.2.1.3.*', device], // hrDeviceDescr
  ['1.3.6.1.2.1.33.1.1.1.0', manufacturer], // upsIdentManufacturer, and its model and software
  ['1.3.6.1.2.1.33.1.1.2.0', model],
  ['1.3.6.1.2.1.33.1.1.3.0', firmware],
  ['1.3.6.1.2.1.33.1.1.4.0', software],
  ['1.3.6.1.2.1.43.5.1.1.16.*', device], // prtGeneralPrinterName
  ['1.3.6.1.2.1.43.5.1.1.17.*', serial], // prtGeneralSerialNumber
  ['1.3.6.1.2.1.47.1.1.1.1.8.*', hardware], // entPhysicalHardwareRev and its neighbours
  ['1.3.6.1.2.1.47.1.1.1.1.9.*', firmware],
  ['1.3.6.1.2.1.47.1.1.1.1.10.*', software],
  ['1.3.6.1.2.1.47.1.1.1.1.11.*', serial],
  ['1.3.6.1.2.1.47.1.1.1.1.12.*', manufacturer],
  ['1.3.6.1.2.1.47.1.1.1.1.13.*', model],
  ['1.3.6.1.4.1.11.2.3.9.1.1.7.0', deviceId], // What printers say over IEEE 1284: MFG:HP;MDL:...
  ['1.3.6.1.4.1.318.1.1.1.1.2.3.0', serial], // APC
  ['1.3.6.1.6.3.1.1.4.1.0', trap], // snmpTrapOID
  ['1.3.6.1.6.3.1.1.4.3.0', enterprise], // snmpTrapEnterprise
]

interface Known {
  readonly said: Fact
  /** The object as it is on the wire, each byte a character. */
  readonly wire: string
  readonly any: boolean
}

const known: readonly Known[] = OBJECTS.map(([object, said]) => ({
  said,
  wire: wireObject(
    object
      .split('.')
      .filter(arc => arc !== '*')
      .map(Number),
  ),
  any: object.endsWith('*'),
}))
/** By two of their bytes, the first that tell most objects apart. */
const places: readonly Known[][] = Array.from({ length: 1024 }, () => [])
const place = (branch: number, group: number): number => ((branch & 7) << 7) | (group & 0x7f)
for (const object of known) {
  places[place(object.wire.charCodeAt(3), object.wire.charCodeAt(5))]!.push(object)
}

const VERSIONS: readonly string[] = ['v1', 'v2c', '', 'v3']
const V3 = 3
/** PDUs by tag. */
const PDUS: readonly string[] = [
  'get',
  'getnext',
  'response',
  'set',
  'trap',
  'getbulk',
  'inform',
  'trap',
  'report',
]
const PDU = 0xa0
const RESPONSE = 2
const TRAP_V1 = 4
const INFORM = 6
const TRAP_V2 = 7
const REPORT = 8
const IP_ADDRESS = 0x40

const TRAP_PORT = 162
const REPORTABLE = 0x04
const LEVELS: readonly string[] = ['noAuthNoPriv', 'authNoPriv', '', 'authPriv']
const ENGINE_MIN = 5
const ENGINE_MAX = 32
/** RFC 3411, 5: the fifth byte says what follows, if the first bit of all is set. */
const ENGINE_MAC = 3
const ENGINE_MAC_LENGTH = 11

/** What the head of a v3 message said. */
const head = { flags: 0, user: -1, userLength: 0, engine: -1, engineLength: 0 }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const length = expect(c, SEQUENCE)
  const missing = length - c.left
  if (missing < 0) c.end = c.at + length
  const spoken = readInteger(c)
  if (c.fault !== '') return
  notes.about(SENDER)
  if (spoken === V3) version3(c, notes, talk)
  else if (spoken === 0 || spoken === 1) version1(c, notes, talk, spoken)
  else c.fail('bad version')
  if (missing > 0) c.take(c.left + missing)
}

/** Versions 1 and 2c differ in their PDUs only. */
function version1(c: Cursor, notes: Notes, talk: Talk, spoken: number): void {
  const length = expect(c, OCTETS)
  const at = c.take(length)
  const kind = pduKind(c)
  if (c.fault !== '') return
  const agent = isAgent(kind, talk)
  role(notes, agent, spoken)
  notes.add(community, at, length)
  if (agent && kind === RESPONSE) {
    notes.say(answers, VERSIONS[spoken]!)
    notes.add(accepts, at, length)
  }
  readPdu(c, notes, talk, kind)
}

function version3(c: Cursor, notes: Notes, talk: Talk): void {
  const outer = enter(c, SEQUENCE)
  readInteger(c)
  readInteger(c)
  head.flags = expect(c, OCTETS) === 1 ? c.u8() : 0
  const userBased = readInteger(c) === V3
  leave(c, outer)
  if (!userBased) return c.fail('bad security model')
  readUser(c)
  const open = c.peek() === SEQUENCE
  if (open) enterScope(c)
  const kind = open ? pduKind(c) : -1
  if (c.fault !== '') return
  const reportable = (head.flags & REPORTABLE) !== 0
  const agent =
    kind >= 0
      ? isAgent(kind, talk)
      : !reportable && (talk.from !== TRAP_PORT || talk.to === TRAP_PORT)
  role(notes, agent, V3)
  if (agent && (kind === RESPONSE || kind === REPORT)) notes.say(answers, VERSIONS[V3]!)
  // Discovery and reports are open whatever level is agreed on.
  if (head.userLength > 0 && kind !== REPORT) notes.say(security, LEVELS[head.flags & 3]!)
  notes.add(user, head.user, head.userLength)
  // Who is not asked for a report is the authority, and the engine is its own.
  if (!reportable) readEngine(c, notes)
  if (open) readPdu(c, notes, talk, kind)
}

function enterScope(c: Cursor): void {
  enter(c, SEQUENCE)
  c.take(expect(c, OCTETS))
  c.take(expect(c, OCTETS))
}

/** The user-based security parameters. */
function readUser(c: Cursor): void {
  const outer = enter(c, OCTETS)
  const inner = enter(c, SEQUENCE)
  head.engineLength = expect(c, OCTETS)
  head.engine = c.take(head.engineLength)
  readInteger(c)
  readInteger(c)
  head.userLength = expect(c, OCTETS)
  head.user = c.take(head.userLength)
  leave(c, inner)
  leave(c, outer)
  if (c.fault === '' && c.left === 0) c.take(1)
}

/** RFC 3411, 5: an enterprise's number, and often a hardware address. */
function readEngine(c: Cursor, notes: Notes): void {
  if (head.engineLength < ENGINE_MIN || head.engineLength > ENGINE_MAX) return
  notes.add(engineId, head.engine, head.engineLength)
  const at = c.at
  c.at = head.engine
  const number = c.u32()
  const format = c.u8()
  notes.count32(engineEnterprise, number & 0x7fffffff)
  if (number < 0 && format === ENGINE_MAC && head.engineLength === ENGINE_MAC_LENGTH) {
    notes.add(engineMac, c.at, 6)
  }
  c.at = at
}

/** Which PDU begins at the cursor. */
function pduKind(c: Cursor): number {
  if (c.left === 0) c.take(1)
  const kind = c.peek() - PDU
  if (kind >= 0 && kind < PDUS.length) return kind
  c.fail('bad pdu')
  return 0
}

/** Agents answer and report; only the answer to an inform is a manager's. */
function isAgent(kind: number, talk: Talk): boolean {
  if (kind === RESPONSE || kind === REPORT) return talk.from !== TRAP_PORT
  return kind === TRAP_V1 || kind === TRAP_V2 || kind === INFORM
}

function role(notes: Notes, agent: boolean, spoken: number): void {
  notes.say(agent ? version : manager, VERSIONS[spoken]!)
}

function readPdu(c: Cursor, notes: Notes, talk: Talk, kind: number): void {
  notes.say(pdu, PDUS[kind]!)
  // What is asked, set or echoed is not the speaker's own.
  if (kind === REPORT || !isAgent(kind, talk)) return
  enter(c, PDU | kind)
  if (kind === TRAP_V1) trapHead(c, notes, talk)
  else {
    readInteger(c)
    const error = readInteger(c)
    readInteger(c)
    if (error !== 0) return
  }
  enter(c, SEQUENCE)
  while (c.left > 0) binding(c, notes)
}

/** The head of a trap in version 1, which names the machine it is about. */
function trapHead(c: Cursor, notes: Notes, talk: Talk): void {
  const written = notes.here
  const length = readObject(c, expect(c, OBJECT), notes)
  if (expect(c, IP_ADDRESS) !== 4) c.fail('bad address')
  const given = c.peek() !== 0 && c.peek() !== 127
  const at = c.take(4)
  if (c.fault !== '') return
  if (given && !(talk.network === 4 && sameBytes(c.bytes, at, talk.sourceIp, 4))) {
    notes.add(speaksFor, at, 4)
    notes.about(IP4, at)
  }
  notes.add(enterprise, written, length)
  readInteger(c)
  readInteger(c)
  c.u8()
  c.take(readLength(c))
}

/** One object and its value. */
function binding(c: Cursor, notes: Notes): void {
  const outer = enter(c, SEQUENCE)
  const length = expect(c, OBJECT)
  const said = meant(c, length)
  c.take(length)
  const tag = c.u8()
  const size = readLength(c)
  if (said === undefined) c.take(size)
  else if (tag === OCTETS) octets(c, notes, said, size)
  else if (tag === OBJECT && (said === sysObjectId || said === trap || said === enterprise)) {
    const written = notes.here
    notes.add(said, written, readObject(c, size, notes))
  }
  leave(c, outer)
}

function octets(c: Cursor, notes: Notes, said: Fact, size: number): void {
  if (said === sysObjectId || said === trap || said === enterprise) return
  const lead = c.peek() | c.peek(1) | c.peek(2) | c.peek(3)
  const group = (c.peek() & 1) !== 0
  const at = c.take(size)
  if (said === address && (size !== 6 || lead === 0 || group)) return
  notes.add(said, at, size)
}

/** What the object at the cursor is known to say. */
function meant(c: Cursor, length: number): Fact | undefined {
  const candidates = places[place(c.peek(3), c.peek(5))]!
  let i = 0
  while (i < candidates.length) {
    const { wire, any, said } = candidates[i++]!
    if (any ? length <= wire.length : length !== wire.length) continue
    if (c.starts(wire)) return said
  }
  return undefined
}

/** An object's arcs as the wire has them, each byte a character. */
function wireObject(arcs: readonly number[]): string {
  const [first = 0, second = 0, ...rest] = arcs
  return [first * 40 + second, ...rest].map(wireArc).join('')
}

function wireArc(arc: number): string {
  const last = String.fromCharCode(arc & 0x7f)
  return arc < 0x80 ? last : String.fromCharCode((arc >> 7) | 0x80) + last
}

export const snmp: Protocol = {
  name: 'snmp',
  standard: 'RFC 1157, 3416, 3414',
  tells:
    'make, model, firmware, serial number and place of managed devices; who manages, and with which community',
  heard: ['udp/161-162'],
  facts: [
    ...[
      version,
      manager,
      pdu,
      community,
      answers,
      accepts,
      user,
      security,
      engineId,
      engineEnterprise,
      engineMac,
    ],
    ...[sysDescr, sysObjectId, sysContact, sysName, sysLocation, manufacturer, model, serial],
    ...[hardware, firmware, software, device, deviceId, address, trap, enterprise, speaksFor],
  ],
  parse,
}
