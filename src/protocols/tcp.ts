/**
 * TCP's first words (RFC 9293, 7323, 2018, 3168): how a machine writes its SYN and SYN-ACK, as
 * one canonical text that gives its network stack away.
 *
 * `4:64:mss1460:64240,8:mss,sok,ts,nop,ws:df,id+` is IP version : initial TTL : largest segment :
 * window, scale : order of the options : quirks. A `-` stands for what is missing, and a window
 * that is a multiple of the segment is written `mss*44`.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const syn = fact('tcp.syn', stackText, 'set')
const synAck = fact('tcp.syn_ack', stackText, 'set')

const FIN = 0x01
const SYN = 0x02
const RST = 0x04
const PUSH = 0x08
const ACK = 0x10
const URGENT = 0x20
const ECN_ECHO = 0x40
const CONGESTION_REDUCED = 0x80

/** Options by kind, as they are written; one without a name is `?` and its number. */
const OPTIONS = ['eol', 'nop', 'mss', 'ws', 'sok', 'sack', '', '', 'ts']
const END = 0
const FILLER = 1
const SEGMENT = 2
const SCALE = 3
const TIMES = 8

const HEADER = 20
const OPTIONS_MAX = 40
/** Bytes of the traits before the options. */
const TRAITS = 11
/** RFC 7323 allows no scale above this. */
const SCALE_MAX = 14

/** What an ordinary stack may or may not do; a quirk is a bit, in this order. */
const QUIRKS = [
  'df',
  'id+', // An identification although the packet may not be fragmented,
  'id-', // or none although it may.
  'ecn',
  '0+', // Reserved bits.
  'flow',
  'seq-',
  'ack+',
  'ack-',
  'uptr+',
  'urgf+',
  'pushf+',
  'ts1-', // Its own clock stands at zero,
  'ts2+', // or it knows the peer's before it can.
  'opt+', // Something behind the end of the options.
  'exws', // A scale nobody may ask for.
  'bad', // Options that don't fit.
] as const
const bit = (quirk: (typeof QUIRKS)[number]): number => 1 << QUIRKS.indexOf(quirk)
const DF = bit('df')
const ID_SET = bit('id+')
const ID_ZERO = bit('id-')
const ECN = bit('ecn')
const RESERVED = bit('0+')
const FLOW = bit('flow')
const SEQUENCE_ZERO = bit('seq-')
const ACK_SET = bit('ack+')
const ACK_ZERO = bit('ack-')
const POINTER = bit('uptr+')
const URGENT_SET = bit('urgf+')
const PUSH_SET = bit('pushf+')
const TIME_ZERO = bit('ts1-')
const PEER_TIME = bit('ts2+')
const AFTER_END = bit('opt+')
const SCALE_EXCESS = bit('exws')
const BAD = bit('bad')
/** Kept beside the quirks: whether there was a largest segment, and a scale. */
const HAS_SEGMENT = 1 << 22
const HAS_SCALE = 1 << 23

/** What the header said, filled again for each. */
const said = { segment: 0, scale: 0, quirks: 0, padding: 0, options: 0 }
const kinds = new Uint8Array(OPTIONS_MAX)
const network = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(4)
  const sequence = c.u32()
  const acknowledged = c.u32()
  const words = c.u8()
  const flags = c.u8()
  const window = c.u16()
  c.take(2)
  const urgent = c.u16()
  const length = (words >> 4) * 4 - HEADER
  if (c.fault !== '') return
  if ((flags & SYN) === 0 || (flags & (FIN | RST)) !== 0) return c.fail('no handshake')
  if (length < 0) return c.fail('small header')
  c.narrow(length)
  if (c.fault !== '') return

  const answers = (flags & ACK) !== 0
  said.quirks = fieldQuirks(flags, sequence, acknowledged) | networkQuirks(c, talk)
  if ((words & 0x0f) !== 0) said.quirks |= RESERVED
  if (urgent !== 0 && (flags & URGENT) === 0) said.quirks |= POINTER
  readOptions(c, answers)
  note(notes, answers ? synAck : syn, talk, window)
}

function fieldQuirks(flags: number, sequence: number, acknowledged: number): number {
  let quirks = 0
  if ((flags & (ECN_ECHO | CONGESTION_REDUCED)) !== 0) quirks |= ECN
  if (sequence === 0) quirks |= SEQUENCE_ZERO
  if ((flags & ACK) === 0) {
    if (acknowledged !== 0) quirks |= ACK_SET
  } else if (acknowledged === 0) quirks |= ACK_ZERO
  if ((flags & URGENT) !== 0) quirks |= URGENT_SET
  if ((flags & PUSH) !== 0) quirks |= PUSH_SET
  return quirks
}

/** What the network header says; it lies before its source address, in the same bytes. */
function networkQuirks(c: Cursor, talk: Talk): number {
  if (talk.network === 4 && talk.sourceIp >= 12) {
    network.over(c.bytes, talk.sourceIp - 11, talk.sourceIp)
    const service = network.u8()
    network.take(2)
    const id = network.u16()
    const mayNot = (network.u8() & 0x40) !== 0
    const quirks = mayNot ? (id === 0 ? DF : DF | ID_SET) : id === 0 ? ID_ZERO : 0
    return (service & 3) === 0 ? quirks : quirks | ECN
  }
  if (talk.network === 6 && talk.sourceIp >= 8) {
    const label = network.over(c.bytes, talk.sourceIp - 8, talk.sourceIp).u32()
    return ((label & 0xfffff) === 0 ? 0 : FLOW) | ((label & 0x300000) === 0 ? 0 : ECN)
  }
  return 0
}

function readOptions(c: Cursor, answers: boolean): void {
  said.segment = 0
  said.scale = 0
  said.padding = 0
  said.options = 0
  while (c.left > 0) {
    const kind = c.u8()
    kinds[said.options++] = kind
    if (kind === END) return readPadding(c)
    if (kind === FILLER) continue
    const length = c.u8() - 2
    if (length < 0 || length > c.left) {
      said.quirks |= BAD
      return
    }
    readOption(c, kind, length, answers)
  }
}

function readPadding(c: Cursor): void {
  said.padding = c.left
  while (c.left > 0) if (c.u8() !== 0) said.quirks |= AFTER_END
}

function readOption(c: Cursor, kind: number, length: number, answers: boolean): void {
  if (kind === SEGMENT && length === 2) {
    said.segment = c.u16()
    said.quirks |= HAS_SEGMENT
  } else if (kind === SCALE && length === 1) {
    said.scale = c.u8()
    said.quirks |= HAS_SCALE
    if (said.scale > SCALE_MAX) said.quirks |= SCALE_EXCESS
  } else if (kind === TIMES && length === 8) {
    if (c.u32() === 0) said.quirks |= TIME_ZERO
    if (c.u32() !== 0 && !answers) said.quirks |= PEER_TIME
  } else c.take(length)
}

/**
 * Notes the traits in a form of their own, since this is done for every connection and becomes
 * text for a few: version, hops, segment, window, scale, quirks, padding, and the options' kinds.
 */
function note(notes: Notes, answer: Fact, talk: Talk, window: number): void {
  const at = notes.scratchUsed
  const { scratch } = notes
  const { segment, quirks, options } = said
  if (at + TRAITS + options > scratch.length) return
  scratch[at] = talk.network
  scratch[at + 1] = initialHops(talk.hops)
  scratch[at + 2] = segment >> 8
  scratch[at + 3] = segment
  scratch[at + 4] = window >> 8
  scratch[at + 5] = window
  scratch[at + 6] = said.scale
  scratch[at + 7] = quirks >> 16
  scratch[at + 8] = quirks >> 8
  scratch[at + 9] = quirks
  scratch[at + 10] = said.padding
  let i = 0
  while (i < options) {
    scratch[at + TRAITS + i] = kinds[i]!
    i++
  }
  notes.add(answer, notes.here, TRAITS + options)
  notes.scratchUsed = at + TRAITS + options
}

/** What the hop limit was before routers took from it, in the values stacks begin with. */
const initialHops = (hops: number): number =>
  hops <= 32 ? 32 : hops <= 64 ? 64 : hops <= 128 ? 128 : 255

/** The canonical text of the traits that `note` noted. */
function stackText(bytes: Uint8Array, at: number, length: number): string {
  const c = new Cursor().over(bytes, at, at + length)
  const version = c.u8() === 6 ? '6' : '4'
  const hops = String(c.u8())
  const segment = c.u16()
  const window = c.u16()
  const scale = c.u8()
  const quirks = c.u24()
  const padding = c.u8()
  const isMultiple = segment > 0 && window > 0 && window % segment === 0
  return [
    ...[version, hops, (quirks & HAS_SEGMENT) === 0 ? 'mss-' : `mss${String(segment)}`],
    (isMultiple ? `mss*${String(window / segment)}` : String(window)) +
      ((quirks & HAS_SCALE) === 0 ? ',-' : `,${String(scale)}`),
    optionsText(c, padding),
    QUIRKS.filter((_, i) => (quirks & (1 << i)) !== 0).join(',') || '-',
  ].join(':')
}

function optionsText(c: Cursor, padding: number): string {
  const names: string[] = []
  while (c.left > 0) {
    const kind = c.u8()
    names.push(OPTIONS[kind] || `?${String(kind)}`)
  }
  if (names.length === 0) return '-'
  return names.join(',') + (padding > 0 ? `+${String(padding)}` : '')
}

export const tcp: Protocol = {
  name: 'tcp',
  standard: 'RFC 9293, 7323',
  tells: 'the operating system, by how it opens and accepts connections',
  heard: ['syn'],
  facts: [syn, synAck],
  parse,
}
