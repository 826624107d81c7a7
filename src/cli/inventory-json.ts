/** An inventory as one JSON document (`onlooker.inventory/1`), a line for each device and talk. */

import type { Device, InventoryDocument } from '../identity/document.js'
import type { Claim } from '../model/judge.js'
import { OTHERS, endAddress } from '../identity/ends.js'
import type { TalkList } from '../identity/talks.js'
import type { CaptureSummary } from '../model/capture.js'
import { ip, list, mac, text, type Fact } from '../model/fact.js'
import { hashBytes } from '../bytes/hash.js'
import { TEXT_MAX } from '../bytes/text.js'
import { ByteWriter, bytesOf, type Out } from './inventory-bytes.js'
import { ConnectionWriter } from './inventory-connections.js'
import { writeOs, writePlace, writeServices } from './inventory-parts.js'
import { writeRecommendations } from './inventory-recommendations.js'

const SCHEMA = 'onlooker.inventory/1'
const ID_DIGITS = 16
const VALUES_KEPT = 2048

/** `out` gets a chunk that is used again: it must have written or copied it when it returns. */
export function writeJson(document: InventoryDocument, out: Out): void {
  const w = new ByteWriter(out)
  w.word(`{"schema":"${SCHEMA}",\n"capture":`)
  writeCapture(w, document)
  w.word(',\n"devices":[')
  const evidence = new EvidenceWriter(w, document)
  document.devices.forEach((device, i) => {
    w.word(i > 0 ? ',\n' : '\n')
    writeDevice(w, device, evidence)
  })
  w.word('],\n"conversations":[')
  writeTalks(w, document)
  w.word('],\n"recommendations":[')
  writeRecommendations(w, document.recommendations ?? [])
  w.word('],\n"vulnerabilities":[],\n"alerts":[]}\n')
  w.flush()
}

function writeCapture(w: ByteWriter, { capture, phantoms }: InventoryDocument): void {
  w.word(`{"packets":${capture.packets},"bytes":${capture.bytes},"first":`)
  w.time(capture.first)
  w.word(',"last":')
  w.time(capture.last)
  w.word(`,"truncated":${capture.truncated},"undecoded":${capture.undecoded}`)
  const reasons = capture.reasons instanceof Map ? capture.reasons : Object.entries(capture.reasons)
  w.word(',"undecoded_reasons":')
  writeCounts(w, [...reasons] as [string, number][])
  w.word(',"protocols":{')
  capture.protocols.forEach(({ name, packets, malformed, faults, connections }, i) => {
    if (i > 0) w.word(',')
    w.text(name)
    w.word(`:{"packets":${packets},"malformed":${malformed}`)
    if (connections !== null) w.word(`,"connections":${connections}`)
    if (malformed > 0) {
      w.word(',"faults":')
      writeCounts(w, Object.entries(faults))
    }
    w.word('}')
  })
  w.word('}')
  writeExtras(w, capture)
  w.word(`,"phantoms_avoided":${phantoms}`)
  w.word(',"warnings":')
  writeTexts(w, capture.warnings)
  w.word('}')
}

/** What is told beyond the contract, where it is known. */
function writeExtras(
  w: ByteWriter,
  { duplicates, broken_checksums, coverage, census }: CaptureSummary,
): void {
  const extras = { duplicates, broken_checksums, coverage, census }
  for (const [name, value] of Object.entries(extras)) {
    if (value !== undefined) w.raw(bytesOf(`,"${name}":${JSON.stringify(value)}`))
  }
}

function writeCounts(w: ByteWriter, counts: readonly (readonly [string, number])[]): void {
  w.word('{')
  counts.forEach(([name, count], i) => {
    if (i > 0) w.word(',')
    w.text(name)
    w.word(':')
    w.number(count)
  })
  w.word('}')
}

function writeTexts(w: ByteWriter, texts: readonly string[]): void {
  w.word('[')
  for (let i = 0; i < texts.length; i++) {
    if (i > 0) w.word(',')
    w.text(texts[i]!)
  }
  w.word(']')
}

function writeDevice(w: ByteWriter, device: Device, evidence: EvidenceWriter): void {
  w.word('{"id":"')
  w.word(device.id)
  w.word('","macs":')
  writeTexts(w, device.macs)
  w.word(',"ipv4":')
  writeTexts(w, device.ipv4)
  w.word(',"ipv6":')
  writeTexts(w, device.ipv6)
  w.word(',"vlans":[')
  writeNumbers(w, device.vlans)
  w.word('],"names":')
  writeTexts(w, device.names)
  w.word(',"category":')
  w.text(device.category)
  w.word(',"kind":')
  w.text(device.kind)
  w.word(',"vendor":')
  w.text(device.vendor)
  w.word(',"model":')
  w.text(device.model)
  w.word(',"os":')
  writeOs(w, device)
  w.word(',"firmware":')
  w.text(device.firmware)
  w.word(',"serial":')
  w.text(device.serial)
  w.word(`,"confidence":${JSON.stringify(device.confidence)}`)
  writeWays(w, device)
  // Why several addresses are one device; most have one, and nothing to explain.
  w.word(',"joined":')
  w.word(device.joins.length === 0 ? '[]' : JSON.stringify(device.joins))
  writePlace(w, device)
  w.word(',"first_seen":')
  w.time(device.firstSeen)
  w.word(',"last_seen":')
  w.time(device.lastSeen)
  w.word(',"packets":')
  w.number(device.packets)
  w.word(',"bytes":')
  w.number(device.bytes)
  w.word(',"services":[')
  writeServices(w, device)
  w.word('],"evidence":[')
  evidence.write(device)
  w.word('],"risk":')
  w.number(device.risk)
  w.word('}')
}

/** By which ways it is heard. */
function writeWays(w: ByteWriter, device: Device): void {
  w.word(device.randomizedMac ? ',"randomized_mac":true' : ',"randomized_mac":false')
  w.word(device.routed ? ',"routed":true' : ',"routed":false')
  w.word(',"sub_addresses":')
  writeTexts(w, device.subAddresses)
  w.word(',"behind":')
  w.text(device.behind)
}

function writeNumbers(w: ByteWriter, numbers: readonly number[]): void {
  for (let i = 0; i < numbers.length; i++) {
    if (i > 0) w.byte(COMMA)
    w.number(numbers[i]!)
  }
}

const UNCLAIMED = bytesOf(',"claim":{},"rule":null,"confidence":null,"at":')
const QUOTE = 0x22
const COMMA = 0x2c
const BRACE = 0x7d
/** The longest list that is written in full. */
const LIST_MAX = 64

/** Statements as they were made; the most of a document, so nothing is written twice. */
class EvidenceWriter {
  private readonly w: ByteWriter
  private readonly evidence: InventoryDocument['evidence']
  /** By fact id: how its statements begin. */
  private readonly openings: Uint8Array[] = []
  /** Values that were spelled out lately, by their hash: of which statement, and how. */
  private readonly kept = new Int32Array(VALUES_KEPT).fill(-1)
  private readonly values: Uint8Array[] = []

  constructor(w: ByteWriter, document: InventoryDocument) {
    this.w = w
    this.evidence = document.evidence
  }

  write(device: Device): void {
    const { w, evidence } = this
    let comma = false
    let own = 0
    for (const claim of device.claims) {
      if (claim.evidence >= 0) {
        own++
        continue
      }
      if (comma) w.byte(COMMA)
      comma = true
      w.word('{"fact":')
      w.text(claim.fact)
      w.word(',"value":')
      w.text(claim.said)
      this.close([claim])
      w.time(device.firstSeen)
      w.byte(BRACE)
    }
    const statements = device.evidence
    for (let i = 0; i < statements.length; i++) {
      const index = statements[i]!
      w.room()
      if (comma) w.byte(COMMA)
      comma = true
      const fact = evidence.fact(index)
      w.raw((this.openings[fact.id] ??= bytesOf(`{"fact":${JSON.stringify(fact.name)},"value":`)))
      this.value(fact, index)
      const claims = own > 0 ? claimsOn(device, index) : NO_CLAIMS
      if (claims.length === 0) w.raw(UNCLAIMED)
      else this.close(claims)
      w.time(evidence.time(index))
      w.byte(BRACE)
    }
  }

  /** A value as its fact's form has it, without a string where that is easily done. */
  private value(fact: Fact, index: number): void {
    const { w, evidence } = this
    const { form } = fact
    const bytes = evidence.bytes(index)
    const at = evidence.at(index)
    const size = evidence.size(index)
    if (form === text) {
      if (size === 0 || size > TEXT_MAX || !w.plainBytes(bytes, at, size))
        w.text(evidence.text(index))
    } else if (form === ip && (size === 4 || size === 16)) {
      w.byte(QUOTE)
      w.address(bytes, size, at)
      w.byte(QUOTE)
    } else if (form === mac && size === 6) w.mac(bytes, at)
    else if (form === list && size <= LIST_MAX) w.list(bytes, at, size)
    else w.raw(this.formed(fact, index))
  }

  /** A value that must be spelled out; machines of one make have many in common. */
  private formed(fact: Fact, index: number): Uint8Array {
    const { evidence } = this
    const size = evidence.size(index)
    const hash = hashBytes(fact.id, evidence.bytes(index), evidence.at(index), size)
    const slot = hash & (VALUES_KEPT - 1)
    const before = this.kept[slot]!
    if (before >= 0 && evidence.fact(before) === fact && evidence.isAlike(before, index)) {
      return this.values[slot]!
    }
    this.kept[slot] = index
    return (this.values[slot] = bytesOf(JSON.stringify(evidence.text(index))))
  }

  /** What was concluded from a statement, by the surest rule. */
  private close(claims: readonly Claim[]): void {
    const { w } = this
    const { rule, confidence } = claims[0]!
    w.word(',"claim":{')
    claims.forEach(({ property, value }, i) => {
      w.word(i > 0 ? ',"' : '"')
      w.word(property)
      w.word('":')
      w.text(value)
    })
    w.word('},"rule":')
    w.text(rule)
    w.word(',"confidence":')
    w.word(String(confidence))
    w.word(',"at":')
  }
}

const NO_CLAIMS: readonly Claim[] = []

/** What the surest rule that speaks of a statement made of it; of each property one value. */
function claimsOn({ claims }: Device, statement: number): Claim[] {
  const own = claims.filter(claim => claim.evidence === statement)
  const seen = new Set<string>()
  return own.filter(({ rule, property }) => {
    const isOurs = rule === own[0]!.rule && !seen.has(property)
    seen.add(property)
    return isOurs
  })
}

const FROM = bytesOf('{"from":"')
const TO = bytesOf('","to":"')
const OUT = bytesOf(',"bytes_out":')
const IN = bytesOf(',"bytes_in":')
const FIRST = bytesOf(',"first_seen":')
const LAST = bytesOf(',"last_seen":')
const NEXT = bytesOf(',\n')

function writeTalks(w: ByteWriter, document: InventoryDocument): void {
  const talks = document.conversations
  const ends = new EndWriter(w, document)
  const subjects = new Subjects(document)
  const connections = new ConnectionWriter(w, document)
  for (let i = 0; i < talks.count; i++) {
    w.room()
    if (i > 0) w.raw(NEXT)
    w.raw(FROM)
    ends.write(talks.from[i]!)
    w.raw(TO)
    ends.write(talks.to[i]!)
    w.raw(subjects.of(i))
    w.room()
    writeAmounts(w, talks, i)
    connections.write(i)
    w.byte(BRACE)
  }
}

const SUBJECTS_KEPT = 1024

/** What conversations are about, from their scope to their name, as it is written: few differ. */
class Subjects {
  private readonly document: InventoryDocument
  private readonly rows = new Int32Array(SUBJECTS_KEPT).fill(-1)
  private readonly texts: Uint8Array[] = []

  constructor(document: InventoryDocument) {
    this.document = document
  }

  of(talk: number): Uint8Array {
    const { conversations: talks } = this.document
    const { scope, name } = talks
    const label = talks.label(talk)
    const port = talks.port(talk)
    const mixed = Math.imul(label * 31 + name[talk]!, 0x9e3779b1) ^ (port + scope[talk]!)
    const slot = (mixed ^ (mixed >>> 15)) & (SUBJECTS_KEPT - 1)
    const other = this.rows[slot]!
    const same =
      other >= 0 &&
      scope[other] === scope[talk] &&
      name[other] === name[talk] &&
      talks.label(other) === label &&
      talks.port(other) === port
    if (same) return this.texts[slot]!
    this.rows[slot] = talk
    return (this.texts[slot] = bytesOf(this.text(talk)))
  }

  private text(talk: number): string {
    const { conversations: talks, nameText } = this.document
    const port = talks.port(talk)
    const name = talks.name[talk]!
    const scope = talks.scopes[talks.scope[talk]!]!
    const protocol = JSON.stringify(talks.labels[talks.label(talk)]!)
    return (
      `","scope":"${scope}","protocol":${protocol},"port":${port < 0 ? 'null' : port}` +
      `,"name":${name < 0 ? 'null' : JSON.stringify(nameText(name))},"packets":`
    )
  }
}

function writeAmounts(w: ByteWriter, talks: TalkList, i: number): void {
  const { presence } = talks.heard
  const row = talks.row[i]!
  w.number(presence.packets(row))
  w.raw(OUT)
  w.number(presence.octets(row))
  w.raw(IN)
  w.number(presence.octetsBack(row))
  w.raw(FIRST)
  w.time(presence.first(row))
  w.raw(LAST)
  w.time(presence.last(row))
}

/** Ends of conversations: the id of a device, an address, or all the others. */
class EndWriter {
  private readonly w: ByteWriter
  private readonly addresses: InventoryDocument['addresses']
  private readonly ids: Uint8Array
  private readonly scratch = new Uint8Array(16)
  private readonly others = bytesOf('others')

  constructor(w: ByteWriter, { devices, addresses }: InventoryDocument) {
    this.w = w
    this.addresses = addresses
    this.ids = bytesOf(devices.map(device => device.id).join(''))
  }

  write(end: number): void {
    if (end >= 0) this.w.copy(this.ids, end * ID_DIGITS, ID_DIGITS)
    else if (end === OTHERS) this.w.raw(this.others)
    else this.w.address(this.scratch, this.addresses.write(endAddress(end), this.scratch))
  }
}
