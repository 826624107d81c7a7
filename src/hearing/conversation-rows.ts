/**
 * The row of a connection: where everything lies in it, and what it tells the control plane. Rows
 * are read in the table they are counted in, or packed, as they came from another thread.
 */

import type { ConversationHeard } from '../model/heard.js'
import type { Dispatch } from './dispatch.js'
import { REOPENINGS_MAX } from './limits.js'
import { putWord, staging } from './stations.js'
import { KEY, STANDING, type Rows } from './table.js'

export const TCP = 6
export const UDP = 17

// Words of a row, which is two cache lines: one to find it by, one to count in. "A" is the end with
// the smaller address; each end has a part of its own.
export const FLAGS = STANDING
/** The opening in the lower half, the number of connections in the upper. */
export const OPENING = KEY + 11
export const FIRST = KEY + 12
export const END_A = 16
export const END_B = 24
/** The VLAN of A in the lower half, of B in the upper. */
export const VLANS = 23
/** Milliseconds from the first frame to the other end's first. */
export const ANSWERED = 31
export const ROW_WORDS = 32
/** Of a row as it is told: behind it the shortest and the latest round trip in microseconds, or 0. */
export const TOLD_WORDS = ROW_WORDS + 2

// Words of an end: what it sent, from which station, and over how many hops.
export const OCTETS = 0
export const LAST = 2
export const PACKETS = 4
/** Four bytes; then two bytes, and the smallest and largest TTL. */
export const STATION = 5

// What stands for the opening: 0 for one that nobody has looked at yet, else a slot's number from 1,
// or one of these.
/** Nobody will read on; counted down from here by how often the connection opened again. */
export const SETTLED = 0xffff
/** With a protocol's number: every segment is a message that it reads by itself. */
export const BY_MESSAGES = 0x8000

// Flags of a row, beside the table's own; the protocol that was recognised stands in the last byte.
export const CLIENT_IS_A = 1 << 8
export const CLIENT_IS_B = 1 << 9
export const SURE = 1 << 10
export const SYN_SEEN = 1 << 11
export const SYN_ACK_SEEN = 1 << 12
export const SERVER_SPOKE = 1 << 13
export const SERVED = SYN_ACK_SEEN | SERVER_SPOKE
export const RECOGNISED = 1 << 14
export const ENDED_A = 1 << 15
export const ENDED_B = 1 << 16
export const TRIED_A = 1 << 17
export const TRIED_B = 1 << 18
/** A spoke first of all; and A spoke first since counting began. */
export const OPENED_BY_A = 1 << 19
export const COUNTED_FROM_A = 1 << 20
export const HAS_STATIONS = 1 << 21
/** Bytes came that nobody knew; what was recognised later is no longer unknown. */
export const UNKNOWN = 1 << 22
export const PROTOCOL_SHIFT = 24

/** Writes the address of one end as bytes. */
export function putAddress(
  { words }: Rows,
  row: number,
  isA: boolean,
  bytes: Uint8Array,
  at: number,
): void {
  const length = networkOf(words, row) === 4 ? 1 : 4
  const from = row + KEY + 3 + (isA ? 0 : length)
  for (let i = 0; i < length; i++) putWord(bytes, at + 4 * i, words[from + i]!)
}

export function putStation(
  { words }: Rows,
  row: number,
  isA: boolean,
  bytes: Uint8Array,
  at: number,
): void {
  const from = row + (isA ? END_A : END_B) + STATION
  putWord(bytes, at, words[from]!)
  bytes[at + 4] = words[from + 1]! >>> 24
  bytes[at + 5] = words[from + 1]! >>> 16
}

export const openingOf = (words: Int32Array, row: number): number => words[row + OPENING]! & 0xffff

export const isSettled = (opening: number): boolean => opening >= SETTLED - REOPENINGS_MAX

/** The slot in which this opening is kept, or -1. */
export const slotOf = (opening: number): number => (opening < BY_MESSAGES ? opening - 1 : -1)

export function setOpening(words: Int32Array, row: number, opening: number): void {
  words[row + OPENING] = (words[row + OPENING]! & ~0xffff) | opening
}

/** The protocol that was recognised, by number, or 0. */
export const protocolOf = (words: Int32Array, row: number): number =>
  words[row + FLAGS]! >>> PROTOCOL_SHIFT

/** Packets of both ends. */
export const packetsOf = (words: Int32Array, row: number): number =>
  words[row + END_A + PACKETS]! + words[row + END_B + PACKETS]!

export const networkOf = (words: Int32Array, row: number): number =>
  (words[row + KEY + 1]! >>> 8) & 0xff

/** The port of one end. */
export function portOf(words: Int32Array, row: number, ofA: boolean): number {
  const ports = words[row + KEY]!
  return ofA ? ports >>> 16 : ports & 0xffff
}

/** Fills `heard` from a row. */
export function readConversation(
  rows: Rows,
  row: number,
  heard: ConversationHeard,
  dispatch: Dispatch,
): void {
  const { words, reals } = rows
  const flags = words[row + FLAGS]!
  const isA = clientIsA(rows, row, dispatch)
  const bytes = staging(heard)
  putAddress(rows, row, isA, bytes, 0)
  putAddress(rows, row, !isA, bytes, 16)
  putStation(rows, row, isA, bytes, 32)
  putStation(rows, row, !isA, bytes, 40)
  heard.clientIpAt = 0
  heard.serverIpAt = 16
  heard.ipLength = networkOf(words, row) === 4 ? 4 : 16
  heard.clientMacAt = flags & HAS_STATIONS ? 32 : -1
  heard.serverMacAt = flags & HAS_STATIONS ? 40 : -1
  heard.transport = words[row + KEY + 1]! & 0xff
  heard.session = words[row + KEY + 2]!
  heard.port = portOf(words, row, !isA)
  heard.clientPort = portOf(words, row, isA)
  const protocol = protocolOf(words, row)
  heard.protocol = protocol > 0 ? dispatch.protocols[protocol - 1]!.name : ''
  heard.serves = (flags & RECOGNISED) !== 0 || (flags & SERVED) === SERVED
  heard.sure = (flags & SURE) !== 0
  const client = row + (isA ? END_A : END_B)
  const server = row + (isA ? END_B : END_A)
  heard.vlan = vlanOf(words, row, words[client + PACKETS]! > 0 ? isA : !isA)
  heard.packets = words[client + PACKETS]! + words[server + PACKETS]!
  heard.octetsOut = reals[(client + OCTETS) >> 1]!
  heard.octetsIn = reals[(server + OCTETS) >> 1]!
  heard.connections = words[row + OPENING]! >>> 16
  heard.first = reals[(row + FIRST) >> 1]!
  heard.last = Math.max(lastOf(rows, client), lastOf(rows, server))
  heard.frame = heard.first
}

/** What stands behind a row that was copied to be told. */
export function readRoundTrips({ words }: Rows, row: number, heard: ConversationHeard): void {
  heard.roundTripSmallest = words[row + ROW_WORDS]!
  heard.roundTripLast = words[row + ROW_WORDS + 1]!
}

const lastOf = ({ words, reals }: Rows, end: number): number =>
  words[end + PACKETS]! > 0 ? reals[(end + LAST) >> 1]! : 0

const vlanOf = (words: Int32Array, row: number, ofA: boolean): number =>
  ofA ? words[row + VLANS]! & 0xffff : words[row + VLANS]! >>> 16

/**
 * The server is who was seen to be; else whom the better known port belongs to; else who was spoken
 * to first.
 */
export function clientIsA({ words }: Rows, row: number, dispatch: Dispatch): boolean {
  const flags = words[row + FLAGS]!
  if (flags & CLIENT_IS_A) return true
  if (flags & CLIENT_IS_B) return false
  const places = (words[row + KEY + 1]! & 0xff) === TCP ? dispatch.tcpPorts : dispatch.udpPorts
  const ports = places.first
  const a = fameOf(portOf(words, row, true), ports)
  const b = fameOf(portOf(words, row, false), ports)
  return a === b ? (flags & OPENED_BY_A) !== 0 : b > a
}

/** Ports that systems give to clients may be somebody's, too: but rather not. */
const FIRST_FLEETING_PORT = 49152

function fameOf(port: number, owners: { readonly [port: number]: number }): number {
  if (port === 0) return 0
  if (port < 1024) return 3
  return owners[port] === 0 ? 0 : port < FIRST_FLEETING_PORT ? 2 : 1
}
