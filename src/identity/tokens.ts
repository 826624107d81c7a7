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
import { GROUP_MEMBERS_MAX, TOKENS_MAX } from './limits.js'

export const TOKEN_KINDS = [
  'DUID',
  'UUID',
  'SNMP engine',
  'serial number',
  'DHCP client id',
  'host name and DHCP options',
  'mDNS host name',
] as const
export type TokenKind = (typeof TOKEN_KINDS)[number]

/** Made into a machine or into its system: nobody else says the same, but for clones. */
const STRONG: readonly TokenKind[] = ['DUID', 'UUID', 'SNMP engine', 'serial number']

/** Facts that are a token as they stand. */
const TOKENS: Readonly<Record<string, TokenKind>> = {
  'dhcp.duid': 'DUID',
  'dhcpv6.duid': 'DUID',
  'dhcp.uuid': 'UUID',
  'dhcpv6.uuid': 'UUID',
  'snmp.engine_id': 'SNMP engine',
  'snmp.serial': 'serial number',
  'dhcp.serial': 'serial number',
  'dhcpv6.serial': 'serial number',
  'dhcp.client_id': 'DHCP client id',
  'mdns.host': 'mDNS host name',
}
const HOST_NAME = 'dhcp.hostname'
const WISHES = 'dhcp.wishes'

/** Names that machines come with, so that two of a kind say the same. */
const GENERIC =
  /^(localhost|iphone|ipad|ipod|android|unknown|none|host|device|pc|computer|laptop|macbook|phone|tablet|watch|router|printer|raspberrypi|openwrt|espressif|esp|wlan0|user|admin|default|debian|ubuntu|fedora|linux|windows|galaxy|pixel|kali|dhcpcd|wyze|tasmota)([-_ ]?\d{0,3})?(\.local|\.lan|\.home)?\.?$/i
const CHARACTERS_MIN = 4
/** Numbers that makers forgot to fill in. */
const EMPTY = /^(0+|f+|x+|(0x)?0*|none|n\/?a|unknown|default|to be filled.*|0?123456789.*|\.+|-+)$/i
const SERIAL_MIN = 5

const SEED_2 = 0x5bd1e995

export class Tokens {
  /** Told of a group that got another member. */
  onJoin: (group: number) => void = () => undefined
  private readonly table: KeyTable
  private readonly seed: number
  private readonly kindOf: (TokenKind | 'host name' | 'wishes' | null)[] = []
  // Memberships: of whom, in which group, and the next ones of the same subject and group.
  private count = 0
  private subjects = new Int32Array(0)
  private groups = new Int32Array(0)
  private nextOfSubject = new Int32Array(0)
  private nextOfGroup = new Int32Array(0)
  private subjectHeads = new Int32Array(0)
  private groupHeads = new Int32Array(0)
  private sizes = new Uint8Array(0)
  /** The text of tokens that several said, for people to read. */
  private readonly texts = new Map<number, string>()
  /** By subject: hashes of the host name and of the options it asked for last. */
  private readonly halves = new Map<Subject, { name: number; text: string; wishes: number }>()

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
    this.join(subject, kind, told.session, one, other, text)
  }

  kindOfGroup(group: number): TokenKind {
    return TOKEN_KINDS[this.table.word(group, 0)]!
  }

  isStrong(group: number): boolean {
    return STRONG.includes(this.kindOfGroup(group))
  }

  /** More say so than any one machine has addresses. */
  isCommon(group: number): boolean {
    return this.sizes[group]! >= GROUP_MEMBERS_MAX
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

  private kind({ id, name }: Fact): TokenKind | 'host name' | 'wishes' | null {
    let kind = this.kindOf[id]
    if (kind === undefined) {
      kind =
        name === HOST_NAME
          ? 'host name'
          : name === WISHES
            ? 'wishes'
            : Object.hasOwn(TOKENS, name)
              ? TOKENS[name]!
              : null
      this.kindOf[id] = kind
    }
    return kind
  }

  /** A host name alone says little, and so do the options; both together say more. */
  private hearHalf(told: Told, subject: Subject, kind: 'host name' | 'wishes'): void {
    const { bytes, valueAt, valueLength } = told
    const half = this.halves.get(subject) ?? { name: 0, text: '', wishes: 0 }
    if (!this.halves.has(subject)) {
      if (this.halves.size >= TOKENS_MAX) return
      this.halves.set(subject, half)
    }
    if (kind === 'wishes') half.wishes = hashBytes(this.seed, bytes, valueAt, valueLength)
    else {
      const text = told.fact.form(bytes, valueAt, valueLength)
      if (!isTelling('host name and DHCP options', text)) return
      half.text = text
      half.name = hashBytes(this.seed, bytes, valueAt, valueLength)
    }
    if (half.name === 0 || half.wishes === 0) return
    const kindOfBoth = 'host name and DHCP options'
    const { name, wishes, text } = half
    this.join(subject, kindOfBoth, told.session, name, mix(wishes, SEED_2), text)
  }

  private join(
    subject: Subject,
    kind: TokenKind,
    session: number,
    one: number,
    other: number,
    text: string,
  ): void {
    const { key } = this.table
    key[0] = TOKEN_KINDS.indexOf(kind)
    key[1] = session
    key[2] = one
    key[3] = other
    const before = this.table.count
    const group = this.table.claim()
    if (group < 0) return
    this.sizes = reaching(this.sizes, group)
    this.groupHeads = reaching(this.groupHeads, group)
    if (group < before && (this.isCommon(group) || this.isMember(subject, group))) return
    this.add(subject, group)
    if (this.sizes[group] === 1) return
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

  private add(subject: Subject, group: number): void {
    const index = this.count++
    this.subjects = reaching(this.subjects, index)
    this.groups = reaching(this.groups, index)
    this.nextOfSubject = reaching(this.nextOfSubject, index)
    this.nextOfGroup = reaching(this.nextOfGroup, index)
    this.subjectHeads = reaching(this.subjectHeads, subject)
    this.subjects[index] = subject
    this.groups[index] = group
    this.nextOfSubject[index] = this.subjectHeads[subject]!
    this.subjectHeads[subject] = index + 1
    this.nextOfGroup[index] = this.groupHeads[group]!
    this.groupHeads[group] = index + 1
    this.sizes[group]!++
  }
}

/** Whether a text tells one machine from others of its kind. */
function isTelling(kind: TokenKind, text: string): boolean {
  if (text.length < CHARACTERS_MIN || EMPTY.test(text)) return false
  switch (kind) {
    case 'serial number':
      return text.length >= SERIAL_MIN
    case 'DHCP client id':
      // A hardware address, or a DUID, which is a token of its own.
      return !/^(01[0-9a-f]{12}|ff[0-9a-f]+)$/i.test(text.replace(/[^0-9a-f]/gi, ''))
    case 'host name and DHCP options':
    case 'mDNS host name':
      return !GENERIC.test(text)
    default:
      return true
  }
}
