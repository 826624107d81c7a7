/**
 * DHCP (RFC 2131, 2132) and BOOTP (RFC 951): what a machine says of itself while asking for an
 * address, and what a server tells it of the network.
 *
 * Machines are named by the hardware address within the message, for relays carry it across
 * routers. Servers repeat what clients said: nothing in a server's words is the client's own.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, ip, list, mac, number, prefix, text, type Form } from '../model/fact.js'
import { isSameStation, isStation, noteOption, notePrefix, type Options } from './configuring.js'
import {
  cableOptions,
  clientOptions,
  leaseOptions,
  optionFacts,
  serverOptions,
} from './dhcp-options.js'
import { IP4, MAC, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** A kind's number as a word; what is longer than a number is a word already. */
const kindText: Form = (bytes, at, length) => {
  if (length > 1) return text(bytes, at, length)
  return KINDS[Number(number(bytes, at, length))] ?? ''
}

/** The kinds of message it sends, about clients and servers alike: `request`, `offer`, ... */
const message = fact('dhcp.message', kindText, 'set')
/** The codes of a client's options in its own order, which gives the software away. */
const order = fact('dhcp.options', list, 'set')
/** About a client: the address a server gave it. */
const address = fact('dhcp.address', ip)
/** The address a client would like, has, gave back, or found in use by another. */
const requested = fact('dhcp.requested_address', ip, 'set')
const own = fact('dhcp.own_address', ip, 'set')
const released = fact('dhcp.released', ip, 'event')
const declined = fact('dhcp.declined', ip, 'event')
/** About a client: why a server refused it. */
const refused = fact('dhcp.refused', text, 'event')
/** About a relay: that it is one, and the servers it asks. */
const relay = fact('dhcp.relay', text)
const relaysTo = fact('dhcp.relays_to', ip, 'set')
/** About the frame's source: the client whose words it carries without being a relay. */
const speaksFor = fact('dhcp.speaks_for', mac, 'set')
/** About a server: its name for itself, whom clients boot from, and the net it has leases in. */
const serverName = fact('dhcp.server_name', text, 'set')
const nextServer = fact('dhcp.next_server', ip, 'set')
const bootFile = fact('dhcp.boot_file', text, 'set')
const subnet = fact('dhcp.subnet', prefix, 'set')

const REQUEST = 1
const REPLY = 2
const ETHERNET = 1
const IEEE_802 = 6
const COOKIE = 0x63825363
const HARDWARE_MAX = 16
const NAME_BYTES = 64
const FILE_BYTES = 128

const PAD = 0
const MASK = 1
const WISH = 50
const OVERLOAD = 52
const KIND = 53
const SERVER = 54
const REASON = 56
const VENDOR_CLASS = 60
const END = 255
/** The fields for file and name hold options too. */
const IN_FILE = 1
const IN_NAME = 2

const BOOTP = 0
const OFFER = 2
const DECLINE = 4
const NAK = 6
const RELEASE = 7
const INFORM = 8
const KINDS = [
  ...['bootp', 'discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform'],
  ...['force renew', 'lease query', 'lease unassigned', 'lease unknown', 'lease active'],
] as const
/** Those that servers send: offer, ack, nak, force renew, and what is said of leases. */
const FROM_SERVER = 0b11_1010_0110_0100

/** Where the parts of the message lie, -1 if they say nothing; filled again for each message. */
const head = {
  op: 0,
  number: 0,
  own: -1,
  given: -1,
  next: -1,
  relay: -1,
  client: -1,
  name: -1,
  file: -1,
}
/** What options say that decides how the others are read; of two alike the first counts. */
const said = {
  kind: BOOTP,
  kindAt: -1,
  overload: 0,
  mask: -1,
  wish: -1,
  server: -1,
  reason: -1,
  reasonLength: 0,
  cable: false,
  ended: false,
}

/** Where the options lie that are whole, in their order, those in the fields for names last. */
const OPTIONS_MAX = 128
const found = { count: 0 }
const codes = new Uint8Array(OPTIONS_MAX)
const places = new Int32Array(OPTIONS_MAX)
const lengths = new Uint8Array(OPTIONS_MAX)

/** A field that holds options, and one option's value. */
const field = new Cursor()
const value = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  readHead(c)
  const cookie = c.u32()
  if (c.fault !== '') return
  forget()
  if (cookie === COOKIE) {
    survey(c)
    if (said.ended) surveyFields(c)
    else if (said.kind === BOOTP) return // Cut off before it said what it is.
    if (said.kind >= KINDS.length) return c.fail('kind')
    const fromServer = ((1 << said.kind) & FROM_SERVER) !== 0
    if (said.kind !== BOOTP && fromServer !== (head.op === REPLY)) return c.fail('wrong way')
  } else said.ended = true // BOOTP leaves the rest to each vendor.

  talk.exchange.kind = head.op === REPLY ? 'answer' : 'question'
  talk.exchange.number = head.number
  if (said.kind > INFORM) noteKind(notes)
  else if (head.op === REPLY) server(c, notes)
  else client(c, notes, talk)
}

function readHead(c: Cursor): void {
  head.op = c.u8()
  const hardware = c.u8()
  const length = c.u8()
  c.take(1)
  head.number = c.u32() | 0
  c.take(4)
  head.own = readAddress(c)
  head.given = readAddress(c)
  head.next = readAddress(c)
  head.relay = readAddress(c)
  const mac = c.take(HARDWARE_MAX + NAME_BYTES + FILE_BYTES)
  head.name = mac + HARDWARE_MAX
  head.file = head.name + NAME_BYTES
  if (c.fault !== '') return
  if (head.op !== REQUEST && head.op !== REPLY) return c.fail('operation')
  if (length > HARDWARE_MAX) return c.fail('hardware length')
  const station = (hardware === ETHERNET || hardware === IEEE_802) && length === 6
  head.client = station && isStation(c.bytes, mac) ? mac : -1
}

function readAddress(c: Cursor): number {
  const at = c.at
  return c.u32() === 0 ? -1 : at
}

function forget(): void {
  said.kind = BOOTP
  said.overload = 0
  said.mask = -1
  said.wish = -1
  said.server = -1
  said.reason = -1
  said.cable = false
  said.kindAt = -1
  found.count = 0
  said.ended = false
}

/** Looks at all options before any is noted: some decide whom the others are about. */
function survey(c: Cursor): void {
  while (c.left > 0) {
    const code = c.u8()
    if (code === PAD) continue
    if (code === END) {
      said.ended = true
      return
    }
    const length = c.u8()
    const first = c.peek()
    const at = c.take(length)
    if (at < 0) return
    if (found.count < OPTIONS_MAX) {
      codes[found.count] = code
      places[found.count] = at
      lengths[found.count++] = length
    }
    if (code >= WISH || code === MASK) weigh(c, code, at, length, first)
  }
  c.take(1) // Without an end mark it may have been longer.
}

function weigh(c: Cursor, code: number, at: number, length: number, first: number): void {
  switch (code) {
    case KIND:
      if (length === 1 && said.kind === BOOTP) {
        said.kind = first
        said.kindAt = at
      }
      return
    case OVERLOAD:
      if (length === 1 && said.overload === 0) said.overload = first
      return
    case SERVER:
      if (length === 4 && said.server < 0)
        said.server = readAddress(value.over(c.bytes, at, at + 4))
      return
    case MASK:
      if (length === 4 && said.mask < 0) said.mask = at
      return
    case WISH:
      if (length === 4 && said.wish < 0) said.wish = readAddress(value.over(c.bytes, at, at + 4))
      return
    case REASON:
      if (length === 0 || said.reason >= 0) return
      said.reason = at
      said.reasonLength = length
      return
    case VENDOR_CLASS:
      if (!said.cable) said.cable = isCable(value.over(c.bytes, at, at + length))
      break
    default:
  }
}

const isCable = (c: Cursor): boolean =>
  c.starts('docsis') || c.starts('pktc') || c.starts('CableHome')

function surveyFields(c: Cursor): void {
  if ((said.overload & IN_FILE) !== 0) survey(overFile(c))
  if ((said.overload & IN_NAME) !== 0) survey(overName(c))
}

const overFile = (c: Cursor): Cursor => field.over(c.bytes, head.file, head.file + FILE_BYTES)
const overName = (c: Cursor): Cursor => field.over(c.bytes, head.name, head.name + NAME_BYTES)

/** Notes the option that was found as number `i`, if `table` knows it. */
function note(c: Cursor, notes: Notes, i: number, table: Options): void {
  const option = table[codes[i]!]
  if (option === undefined) return
  const at = places[i]!
  const length = lengths[i]!
  if (option.read === undefined && (option.size === 0 || option.size === length)) {
    notes.add(option.fact, at, length)
  } else noteOption(option, value.over(c.bytes, at, at + length), notes)
}

function noteKind(notes: Notes): void {
  if (said.kindAt < 0) notes.say(message, KINDS[BOOTP])
  else notes.add(message, said.kindAt, 1)
}

function client(c: Cursor, notes: Notes, talk: Talk): void {
  if (head.relay >= 0) carried(notes, talk)
  else if (head.client >= 0) echoed(c, notes, talk)
  if (!aboutClient(notes)) return
  noteKind(notes)
  notes.add(said.kind === RELEASE ? released : own, head.own, 4)
  notes.add(said.kind === DECLINE ? declined : requested, said.wish, 4)
  const table = said.cable ? cableOptions : clientOptions
  let i = 0
  while (i < found.count) note(c, notes, i++, table)
  if (said.ended) noteOrder(notes)
}

function noteOrder(notes: Notes): void {
  const at = notes.here
  let i = 0
  let room = true
  while (i < found.count) room = notes.put(codes[i++]!)
  if (room) notes.add(order, at, found.count)
}

/** A relay put its own address into the message, and knows whom to ask. */
function carried(notes: Notes, talk: Talk): void {
  notes.about(IP4, head.relay)
  notes.say(relay, 'agent')
  if (talk.network === 4 && !talk.toGroup) notes.add(relaysTo, talk.targetIp, 4)
}

/** A machine without an address speaks for itself, or somebody between rewrote its frame. */
function echoed(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.sourceMac < 0 || talk.network !== 4) return
  if (value.over(c.bytes, talk.sourceIp, talk.sourceIp + 4).u32() !== 0) return
  if (isSameStation(c.bytes, talk.sourceMac, head.client)) return
  notes.about(MAC, talk.sourceMac)
  notes.add(speaksFor, head.client, 6)
}

function server(c: Cursor, notes: Notes): void {
  if (head.relay >= 0) {
    notes.about(IP4, head.relay)
    notes.say(relay, 'agent')
  }
  const known = aboutServer(notes)
  if (known) noteKind(notes)
  if (known && said.kind !== NAK) network(c, notes)
  if (aboutClient(notes)) lease(c, notes)
}

/** What a server tells of the network, about the server. */
function network(c: Cursor, notes: Notes): void {
  notes.add(nextServer, head.next, 4)
  if (said.ended) {
    if ((said.overload & IN_NAME) === 0) notes.add(serverName, head.name, filled(overName(c)))
    if ((said.overload & IN_FILE) === 0) notes.add(bootFile, head.file, filled(overFile(c)))
  }
  if (said.mask >= 0) noteSubnet(c, notes)
  let i = 0
  while (i < found.count) note(c, notes, i++, serverOptions)
}

/** What a server tells of one client. */
function lease(c: Cursor, notes: Notes): void {
  if (said.kind === NAK) {
    if (said.reason >= 0) notes.add(refused, said.reason, said.reasonLength)
    else if (said.ended) notes.say(refused, 'nak')
  } else if (said.kind !== OFFER) notes.add(address, head.given, 4)
  let i = 0
  while (i < found.count) note(c, notes, i++, leaseOptions)
}

/** The net in which the client has its address, or is given one. */
function noteSubnet(c: Cursor, notes: Notes): void {
  const host = head.given >= 0 ? head.given : head.own
  if (host < 0) return
  const mask = value.over(c.bytes, said.mask, said.mask + 4).u32()
  const bits = Math.clz32(~mask)
  if (mask !== (bits === 0 ? 0 : -1 << (32 - bits))) return
  notePrefix(notes, subnet, value.over(c.bytes, host, host + 4), 4, bits)
}

/** How much of a field stands before its zeros. */
function filled(c: Cursor): number {
  if (c.peek() === 0) return 0
  const length = c.distance(0)
  return length < 0 ? c.left : length
}

function aboutClient(notes: Notes): boolean {
  const knows = head.client >= 0 || (head.op === REQUEST && head.relay < 0)
  if (knows) notes.about(head.client >= 0 ? MAC : SENDER, head.client)
  return knows
}

function aboutServer(notes: Notes): boolean {
  const knows = said.server >= 0 || (head.relay < 0 && said.ended)
  if (knows) notes.about(said.server >= 0 ? IP4 : SENDER, said.server)
  return knows
}

export const dhcp: Protocol = {
  name: 'dhcp',
  standard: 'RFC 2131, 2132, 951',
  tells:
    'host name, maker and system of a client; addresses, routers, resolvers and relays of its network',
  heard: ['udp/67-68', 'udp/4011'],
  facts: [
    ...[message, order, address, requested, own, released, declined, refused],
    ...[relay, relaysTo, speaksFor, serverName, nextServer, bootFile, subnet],
    ...optionFacts,
  ],
  parse,
}
