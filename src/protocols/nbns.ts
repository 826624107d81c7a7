/**
 * NetBIOS name service (RFC 1002 4.2): names that machines register, defend and answer to, their
 * workgroups, and the status of a node with its hardware address.
 */

import { sameBytes } from '../bytes/compare.js'
import type { Cursor } from '../bytes/cursor.js'
import { skipName } from '../bytes/names.js'
import { readRecord, record } from '../bytes/records.js'
import { endsWith } from '../bytes/reverse.js'
import { fact, ip, mac, text } from '../model/fact.js'
import {
  CONTROLLERS,
  DOMAIN_MASTER,
  FILE_SERVER,
  MASTER,
  WORKSTATION,
  isOrdinary,
  namesGroup,
  netbios,
  readEncodedName,
  readPlainName,
  serviceOf,
} from './netbios-names.js'
import { IN_SCRATCH, IP4, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const name = fact('nbns.name', text, 'set')
const group = fact('nbns.group', text, 'set')
const service = fact('nbns.service', text, 'set')
const address = fact('nbns.address', ip, 'set')
const unitId = fact('nbns.mac', mac)
const nodeType = fact('nbns.node_type', text)
/** The domains whose controllers or browsers somebody looks for. */
const seeks = fact('nbns.seeks', text, 'set')
/** Only names that make whoever asks for them weak: anybody may answer. */
const asks = fact('nbns.asks', text, 'set')
/** The name server that somebody registers with. */
const wins = fact('nbns.wins', ip, 'set')
const server = fact('nbns.server', text, 'set')

const PORT = 137
const RESPONSE = 0x8000
const OPCODE_SHIFT = 11
const QUERY = 0
const REGISTRATION = 5
const RELEASE = 6
const WAIT = 7
const MULTIHOMED = 15
const ERROR = 0x000f
const RECURSION_AVAILABLE = 0x0080

const NB = 0x20
const NBSTAT = 0x21
const IS_GROUP = 0x8000
const NODE_TYPES: readonly string[] = ['broadcast', 'point-to-point', 'mixed', 'hybrid']
const ENTRY = 6
const LURES: readonly string[] = ['WPAD', 'ISATAP']

/** What the message's head says of the rest. */
const head = { flags: 0, questions: 0, answers: 0, others: 0 }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(2)
  head.flags = c.u16()
  head.questions = c.u16()
  head.answers = c.u16()
  head.others = c.u16() + c.u16()
  if (c.fault !== '') return
  const opcode = (head.flags >> OPCODE_SHIFT) & 0xf
  const known = opcode === QUERY || opcode === MULTIHOMED || (opcode >= REGISTRATION && opcode < 10)
  if (!known || head.questions > 1) return c.fail('not nbns')
  notes.about(SENDER)
  if ((head.flags & RESPONSE) === 0) request(c, notes, talk, opcode)
  else respond(c, notes, opcode)
}

function request(c: Cursor, notes: Notes, talk: Talk, opcode: number): void {
  if (head.questions === 0) return c.fail('no question')
  readEncodedName(c, notes)
  const type = c.u16()
  c.take(2)
  if (c.fault !== '') return
  if (opcode === QUERY) {
    if (type === NB) ask(notes)
  } else if (opcode !== RELEASE && opcode !== WAIT && head.others > 0) register(c, notes, talk)
}

/** What else a machine asks for is nobody's business. */
function ask(notes: Notes): void {
  const { suffix } = netbios
  if (suffix === CONTROLLERS || suffix === DOMAIN_MASTER || suffix === MASTER) {
    if (isOrdinary(notes)) notes.add(seeks, netbios.at, netbios.length)
  } else if (isLure(notes)) notes.add(asks, netbios.at, netbios.length)
}

function isLure(notes: Notes): boolean {
  let i = 0
  while (i < LURES.length) {
    const lure = LURES[i++]!
    if (lure.length !== netbios.length) continue
    if (endsWith(notes.scratch, netbios.at - IN_SCRATCH, netbios.length, lure)) return true
  }
  return false
}

/** A name that the sender claims or holds on to, and the address it is to stand for. */
function register(c: Cursor, notes: Notes, talk: Talk): void {
  skipName(c)
  if (!readRecord(c)) return
  if (record.type !== NB || record.length < ENTRY) return c.fail('bad rdata')
  const flags = c.u16()
  const at = c.take(4)
  tellName(notes, (flags & IS_GROUP) !== 0)
  notes.say(nodeType, NODE_TYPES[(flags >> 13) & 3]!)
  if (talk.network !== 4) return
  if (!isOwn(c, talk, at)) notes.add(address, at, 4)
  if (!talk.toGroup && talk.to === PORT) notes.add(wins, talk.targetIp, 4)
}

const isOwn = (c: Cursor, talk: Talk, at: number): boolean =>
  sameBytes(c.bytes, at, talk.sourceIp, 4)

/** Notes what a name with this suffix says about the current subject. */
function tellName(notes: Notes, isGroup: boolean): void {
  const { suffix, at, length } = netbios
  const word = serviceOf(notes, isGroup)
  if (word !== undefined) notes.say(service, word)
  if (!isOrdinary(notes)) return
  if (namesGroup(suffix, isGroup)) notes.add(group, at, length)
  else if (!isGroup && (suffix === WORKSTATION || suffix === FILE_SERVER)) {
    notes.add(name, at, length)
  }
}

function respond(c: Cursor, notes: Notes, opcode: number): void {
  const { flags, questions, answers } = head
  if (questions > 0) {
    skipName(c)
    c.take(4)
  }
  if (opcode !== QUERY) {
    if (opcode !== WAIT && (flags & ERROR) === 0 && (flags & RECURSION_AVAILABLE) !== 0) {
      notes.say(server, 'wins')
    }
    return
  }
  if ((flags & ERROR) !== 0 || answers === 0) return
  readEncodedName(c, notes)
  if (c.fault !== '' || !readRecord(c)) return
  if (record.type === NBSTAT) status(c, notes)
  else if (record.type === NB) addresses(c, notes)
}

/** A name server answers for others: the name is about the address it gives. */
function addresses(c: Cursor, notes: Notes): void {
  const outer = c.narrow(record.length)
  while (c.left >= ENTRY) {
    const isGroup = (c.u16() & IS_GROUP) !== 0
    const first = c.peek()
    const at = c.take(4)
    // Of a group that many are in, an answer gives the broadcast address.
    if (first === 0 || first === 127 || first === 0xff) continue
    notes.about(IP4, at)
    tellName(notes, isGroup)
  }
  c.widen(outer)
}

/** All names of a node, then its unit's identity: a hardware address, or zeros as Samba gives. */
function status(c: Cursor, notes: Notes): void {
  const outer = c.narrow(record.length)
  let rest = c.u8()
  while (rest-- > 0 && c.left > 0) {
    readPlainName(c, notes)
    const isGroup = (c.u16() & IS_GROUP) !== 0
    if (c.fault === '') tellName(notes, isGroup)
  }
  const given = (c.peek() | c.peek(1) | c.peek(2) | c.peek(3)) !== 0 && (c.peek() & 1) === 0
  const at = c.take(6)
  if (given) notes.add(unitId, at, 6)
  c.widen(outer)
}

export const nbns: Protocol = {
  name: 'nbns',
  standard: 'RFC 1001, 1002',
  tells: 'names, workgroups, services and hardware addresses of Windows machines and file servers',
  heard: ['udp/137'],
  facts: [name, group, service, address, unitId, nodeType, seeks, asks, wins, server],
  parse,
}
