/**
 * What machines say that makes them known again under another address: serial numbers, DUIDs, host
 * names. Whoever says the same is a group; whether a group is one device is judged elsewhere.
 */

import { hashBytes, mix } from '../bytes/hash.js'
import type { Fact } from '../model/fact.js'
import type { Told } from '../model/heard.js'
import { reaching } from './columns.js'
import type { Subject } from './evidence.js'
import { KeyTable } from './key-table.js'
import {
  GROUP_MEMBERS_MAX,
  HALVES_MAX,
  MEMBERSHIPS_MAX,
  SUBJECT_TOKENS_MAX,
  TOKENS_MAX,
} from './limits.js'
import { isStrong, isTelling, TOKEN_KINDS, type TokenKind } from './token-kinds.js'

const alike = (kind: TokenKind, facts: readonly string[]): Record<string, TokenKind> =>
  Object.fromEntries(facts.map(fact => [fact, kind]))

/** Facts that are a token as they stand. */
const TOKENS: Readonly<Record<string, TokenKind>> = {
  'dhcp.duid': 'DUID',
  'dhcpv6.duid': 'DUID',
  ...alike('UUID', [
    ...['dhcp.uuid', 'dhcpv6.uuid', 'upnp.uuid', 'ssdp.uuid', 'wsd.uuid', 'ipp.uuid'],
    ...['redfish.uuid', 'ieee1905.uuid', 'lltd.uuid', 'ipmi.guid', 'sflow.uuid', 'sip.instance'],
  ]),
  'snmp.engine_id': 'SNMP engine',
  ...alike('serial number', [
    ...['snmp.serial', 'dhcp.serial', 'dhcpv6.serial', 'lldp.serial', 'cdp.serial'],
    ...['capwap.serial', 'upnp.serial', 'wsd.serial', 'onvif.serial', 'sadp.serial'],
    ...['dhip.serial', 'ipp.serial', 'pjl.serial', 'redfish.serial', 'roku.serial'],
    ...['airplay.serial', 'ubnt.serial', 'nut.serial', 'apcupsd.serial', 'cwmp.serial'],
    ...['ieee1905.serial', 'avtp.serial'],
  ]),
  ...alike('LLDP chassis', ['lldp.chassis_mac', 'lldp.chassis_serial']),
  ...alike('device id', [
    ...['kasa.device_id', 'tapo.device_id', 'tuya.device_id', 'miio.device_id', 'yeelight.id'],
    ...['govee.device_id', 'coap.device_id', 'roku.device_id', 'cast.cloud_id'],
  ]),
  'dhcp.client_id': 'DHCP client id',
  'mdns.host': 'mDNS host name',
}
const HOST_NAME = 'dhcp.hostname'
const WISHES = 'dhcp.wishes'
type Part = 'host name' | 'wishes'

const SEED_2 = 0x5bd1e995

/** What is known of a host name with its options; `name` and `wishes` are hashes. */
interface Half {
  name: number
  text: string
  wishes: number
}

export class Tokens {
  /** Told of a group that got another member. */
  onJoin: (group: number) => void = () => undefined
  /** Told of who said something that makes it known again only if it takes turns. */
  onWeak: (subject: Subject) => void = () => undefined
  private readonly table: KeyTable
  private readonly seed: number
  private readonly kindOf: (TokenKind | Part | null)[] = []
  // Memberships: of whom, in which group, and the next ones of the same subject and group.
  private count = 0
  private subjects = new Int32Array(0)
  private groups = new Int32Array(0)
  private nextOfSubject = new Int32Array(0)
  private nextOfGroup = new Int32Array(0)
  private subjectHeads = new Int32Array(0)
  private subjectCounts = new Uint8Array(0)
  private groupHeads = new Int32Array(0)
  private sizes = new Uint8Array(0)
  /** The text of tokens that several said, for people to read. */
  private readonly texts = new Map<number, string>()
  /** By subject: the host name and the options it asked for last. */
  private readonly halves = new Map<Subject, Half>()

  constructor(seed: number) {
    this.seed = seed
    this.table = new KeyTable(4, TOKENS_MAX, seed)
  }

  /** Whether machines are known again by what a fact says. */
  isToken(fact: Fact): boolean {
    return this.kind(fact) !== null
  }

  hear(told: Told, subject: Subject): void {
    const kind = this.kind(told.fact)
    if (kind === null) return
    if (kind === 'host name' || kind === 'wishes') return this.hearHalf(told, subject, kind)
    const text = told.fact.form(told.bytes, told.valueAt, told.valueLength)
    if (!isTelling(kind, text)) return
    const { bytes, valueAt, valueLength } = told
    const one = hashBytes(this.seed, bytes, valueAt, valueLength)
    const other = hashBytes(this.seed ^ SEED_2, bytes, valueAt, valueLength)
    this.join(subject, { kind, session: told.session, one, other, text })
  }

  kindOfGroup(group: number): TokenKind {
    return TOKEN_KINDS[this.table.word(group, 0)]!
  }

  /** More say so than any one machine has addresses. */
  isCommon(group: number): boolean {
    return this.sizes[group]! >= GROUP_MEMBERS_MAX
  }

  /** Nobody else says so. */
  isLone(group: number): boolean {
    return this.sizes[group]! < 2
  }

  text(group: number): string {
    return this.texts.get(group) ?? ''
  }

  eachMember(group: number, visit: (subject: Subject) => void): void {
    for (let i = this.groupHeads[group]! - 1; i >= 0; i = this.nextOfGroup[i]! - 1)
      visit(this.subjects[i]!)
  }

  eachGroup(subject: Subject, visit: (group: number) => void): void {
    if (subject >= this.subjectHeads.length) return
    for (let i = this.subjectHeads[subject]! - 1; i >= 0; i = this.nextOfSubject[i]! - 1)
      visit(this.groups[i]!)
  }

  private kind({ id, name }: Fact): TokenKind | Part | null {
    let kind = this.kindOf[id]
    if (kind === undefined) {
      if (name === HOST_NAME) kind = 'host name'
      else if (name === WISHES) kind = 'wishes'
      else kind = Object.hasOwn(TOKENS, name) ? TOKENS[name]! : null
      this.kindOf[id] = kind
    }
    return kind
  }

  /** A host name alone says little, and so do the options; both together say more. */
  private hearHalf(told: Told, subject: Subject, part: Part): void {
    const { bytes, valueAt, valueLength } = told
    const kind = 'host name and DHCP options'
    const half = this.halves.get(subject) ?? { name: 0, text: '', wishes: 0 }
    if (!this.halves.has(subject)) {
      if (this.halves.size >= HALVES_MAX) return
      this.halves.set(subject, half)
    }
    if (part === 'wishes') half.wishes = hashBytes(this.seed, bytes, valueAt, valueLength)
    else {
      const text = told.fact.form(bytes, valueAt, valueLength)
      if (!isTelling(kind, text)) return
      half.text = text
      half.name = hashBytes(this.seed, bytes, valueAt, valueLength)
    }
    const { name, wishes, text } = half
    if (name === 0 || wishes === 0) return
    this.join(subject, {
      ...{ kind, session: told.session, text },
      ...{ one: name, other: mix(wishes, SEED_2) },
    })
  }

  private join(subject: Subject, { kind, session, one, other, text }: Said): void {
    const { key } = this.table
    key[0] = TOKEN_KINDS.indexOf(kind)
    key[1] = session
    key[2] = one
    key[3] = other
    const before = this.table.count
    const group = this.table.claim()
    if (group < 0) return
    if (!isStrong(kind)) this.onWeak(subject)
    this.sizes = reaching(this.sizes, group)
    this.groupHeads = reaching(this.groupHeads, group)
    if (group < before && (this.isCommon(group) || this.isMember(subject, group))) return
    if (!this.add(subject, group) || this.sizes[group] === 1) return
    this.texts.set(group, text)
    this.onJoin(group)
  }

  private isMember(subject: Subject, group: number): boolean {
    let is = false
    this.eachGroup(subject, other => {
      if (other === group) is = true
    })
    return is
  }

  /** False if there is no room: of one subject so much is kept and no more. */
  private add(subject: Subject, group: number): boolean {
    this.subjectHeads = reaching(this.subjectHeads, subject)
    this.subjectCounts = reaching(this.subjectCounts, subject)
    if (this.subjectCounts[subject] === SUBJECT_TOKENS_MAX || this.count === MEMBERSHIPS_MAX)
      return false
    this.subjectCounts[subject]!++
    const index = this.count++
    this.subjects = reaching(this.subjects, index)
    this.groups = reaching(this.groups, index)
    this.nextOfSubject = reaching(this.nextOfSubject, index)
    this.nextOfGroup = reaching(this.nextOfGroup, index)
    this.subjects[index] = subject
    this.groups[index] = group
    this.nextOfSubject[index] = this.subjectHeads[subject]!
    this.subjectHeads[subject] = index + 1
    this.nextOfGroup[index] = this.groupHeads[group]!
    this.groupHeads[group] = index + 1
    this.sizes[group]!++
    return true
  }
}

/** A token: its kind, where it was said, and two hashes of it. */
interface Said {
  readonly kind: TokenKind
  readonly session: number
  readonly one: number
  readonly other: number
  readonly text: string
}
