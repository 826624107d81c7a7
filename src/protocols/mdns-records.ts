/** The records of one mDNS message: who is meant in it, and whose address is known. */

import { sameBytes } from '../bytes/compare.js'
import type { Cursor } from '../bytes/cursor.js'
import { NAMES_MAX, NameTable } from '../bytes/name-table.js'
import {
  A,
  AAAA,
  HINFO,
  IN,
  PTR,
  SRV,
  TXT,
  isAddress,
  readRecord,
  record,
} from '../bytes/records.js'
import type { Talk } from './protocol.js'

const RECORDS_MAX = 128
/** The top bit of a class is a wish: forget what was cached, or answer me alone. */
const CLASS = 0x7fff
/** Priority, weight and port stand before the target. */
const SRV_HEAD = 6

/** Instead of the record of a host's address: none is known, or it is the sender's. */
export const UNKNOWN = -1
export const SELF = -2
/** Instead of the one host whose address is in the message. */
export const NO_HOST = -1
export const SEVERAL = -2

/** Filled again for each message; names are numbers in `names`. */
export class Announcement {
  readonly names = new NameTable()
  count = 0
  /** By record. A PTR or SRV record leads to a target. */
  readonly owner = new Int32Array(RECORDS_MAX)
  readonly type = new Int32Array(RECORDS_MAX)
  readonly at = new Int32Array(RECORDS_MAX)
  readonly size = new Int32Array(RECORDS_MAX)
  readonly target = new Int32Array(RECORDS_MAX)

  /** By name: the host that the SRV record of this instance leads to, or UNKNOWN. */
  readonly hostOf = new Int32Array(NAMES_MAX)
  /** By name: the record of the address that stands for this host, or UNKNOWN or SELF. */
  readonly stands = new Int32Array(NAMES_MAX)
  /** By name: what of it has been told. */
  readonly told = new Uint8Array(NAMES_MAX)
  /** The only host whose address is in the message, or NO_HOST or SEVERAL. */
  loneHost = NO_HOST

  clear(): void {
    this.names.clear()
    this.count = 0
  }

  /** Keeps the records that say something; those without a time to live are taken back. */
  collect(c: Cursor, records: number): void {
    let rest = records
    while (rest-- > 0) {
      const name = this.names.take(c)
      if (!readRecord(c)) return
      const end = c.at + record.length
      if (record.lasting && (record.class & CLASS) === IN) this.keep(c, name)
      if (c.fault !== '') return
      c.take(end - c.at)
    }
  }

  /** Finds whose addresses are in the message, and which host each instance is on. */
  match(c: Cursor, talk: Talk): void {
    this.loneHost = NO_HOST
    let name = this.names.count
    while (name-- > 0) {
      this.told[name] = 0
      this.hostOf[name] = UNKNOWN
      this.stands[name] = UNKNOWN
    }
    let i = -1
    while (++i < this.count) {
      const type = this.type[i]!
      if (type === SRV) this.hostOf[this.owner[i]!] = this.target[i]!
      else if (type === A || type === AAAA) this.matchAddress(c, talk, i)
    }
  }

  private matchAddress(c: Cursor, talk: Talk, i: number): void {
    const name = this.owner[i]!
    const type = this.type[i]!
    if (this.loneHost === NO_HOST) this.loneHost = name
    else if (this.loneHost !== name) this.loneHost = SEVERAL
    const stood = this.stands[name]!
    if (stood === SELF) return
    const same = talk.network === (type === A ? 4 : 6)
    if (same && sameBytes(c.bytes, this.at[i]!, talk.sourceIp, this.size[i]!)) {
      this.stands[name] = SELF
    } else if (stood === UNKNOWN || (type === A && this.type[stood] === AAAA)) {
      this.stands[name] = i
    }
  }

  private keep(c: Cursor, name: number): void {
    let target = UNKNOWN
    switch (record.type) {
      case A:
      case AAAA:
        if (!isAddress(c)) return
        break
      case SRV:
      case PTR:
        target = this.follow(c, record.type === SRV ? SRV_HEAD : 0)
        break
      case TXT:
      case HINFO:
        break
      default:
        return
    }
    if (this.count === RECORDS_MAX) c.fail('too many records')
    if (c.fault !== '') return
    const i = this.count++
    this.owner[i] = name
    this.type[i] = record.type
    this.at[i] = record.at
    this.size[i] = record.length
    this.target[i] = target
  }

  /** The name in a record's data, which it must fill. */
  private follow(c: Cursor, before: number): number {
    const end = c.at + record.length
    c.take(before)
    const name = this.names.take(c)
    if (c.at !== end) c.fail('bad rdata')
    return name
  }
}
