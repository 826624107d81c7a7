/** The table of devices, with their documents, edits and search texts. */

import type { PresenceRecord } from '../model/changes.js'
import type { DeviceRecord, Edits } from '../model/device.js'
import type { Connection, Statement } from './connection.js'
import {
  DEVICE_COLUMNS,
  deviceRow,
  documentOf,
  heardRecord,
  searchText,
  type CategoryOf,
  type StoredDevice,
} from './device-row.js'
import { MERGE_DEPTH_MAX } from './limits.js'
import { Search } from './search.js'

interface PlaceRow {
  readonly number: number
  readonly merged_into: number | null
  readonly edits: string
}

const BESIDE_EDITS = `SELECT number, merged_into, edits FROM devices
  JOIN documents ON device = number WHERE`
const HOLES = DEVICE_COLUMNS.map(() => '?').join(', ')
const NEW_VALUES = DEVICE_COLUMNS.map(column => `${column} = ?`).join(', ')

/** Selects what `StoredDevice` is. */
export const STORED = `SELECT devices.*, document, edits FROM devices
  JOIN documents ON documents.device = devices.number`

/** A device, by its number in the first place, and all that are merged into it, however indirectly. */
export const FAMILY = `WITH RECURSIVE family (number) AS (
    SELECT ? UNION SELECT devices.number FROM devices JOIN family ON merged_into = family.number
  )`

export class Devices {
  private readonly categoryOf: CategoryOf
  private readonly byId: Statement<PlaceRow>
  private readonly byNumber: Statement<PlaceRow>
  private readonly whole: Statement<StoredDevice>
  private readonly insert: Statement
  private readonly update: Statement
  private readonly putDocument: Statement
  private readonly search: Search
  private readonly touch: Statement
  private readonly join: Statement
  private readonly drop: Statement
  private readonly family: Statement<number>
  private readonly silent: Statement<string>

  constructor(db: Connection, categoryOf: CategoryOf) {
    this.categoryOf = categoryOf
    this.byId = db.prepare(`${BESIDE_EDITS} id = ?`)
    this.byNumber = db.prepare(`${BESIDE_EDITS} number = ?`)
    this.whole = db.prepare(`${STORED} WHERE number = ?`)
    this.insert = db.prepare(`INSERT INTO devices (${DEVICE_COLUMNS.join(', ')}) VALUES (${HOLES})`)
    this.update = db.prepare(`UPDATE devices SET ${NEW_VALUES} WHERE number = ?`)
    this.putDocument = db.prepare(`INSERT INTO documents (device, document, edits) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET document = excluded.document, edits = excluded.edits`)
    this.search = new Search(db)
    this.touch = db.prepare(`UPDATE devices SET last_seen = max(last_seen, ?),
      packets = packets + ?, bytes = bytes + ? WHERE number = ?`)
    this.join = db.prepare('UPDATE devices SET merged_into = ? WHERE number = ?')
    this.drop = db.prepare('DELETE FROM devices WHERE number = ?')
    this.family = db.prepare<unknown[], number>(`${FAMILY} SELECT number FROM family`).pluck()
    this.silent = db
      .prepare<unknown[], string>(
        `SELECT id FROM devices WHERE merged_into IS NULL AND last_seen < ? LIMIT ?`,
      )
      .pluck()
  }

  /** Puts a whole record; its edits count only where the device is new. Returns its number. */
  put(record: DeviceRecord): number {
    const place = this.byId.get(record.id)
    const edits = place === undefined ? record.edits : (JSON.parse(place.edits) as Edits)
    const row = deviceRow(record, edits, this.categoryOf)
    const number = place === undefined ? Number(this.insert.run(row).lastInsertRowid) : place.number
    if (place !== undefined) this.update.run(row, number)
    this.putDocument.run(number, documentOf(record), JSON.stringify(edits))
    this.search.put(number, searchText(record, edits))
    return number
  }

  get isIndexLate(): boolean {
    return this.search.isLate
  }

  /** Indexes the texts of some devices that were put since; how many. */
  index(most: number): number {
    return this.search.catchUp(most)
  }

  /** Replaces what a person said of it. */
  edit(number: number, edits: Edits): void {
    const row = this.whole.get(number)
    if (row === undefined) return
    const heard = heardRecord(row)
    this.update.run(deviceRow(heard, edits, this.categoryOf), number)
    this.putDocument.run(number, documentOf(heard), JSON.stringify(edits))
    this.search.put(number, searchText(heard, edits))
  }

  edits(number: number): Edits {
    return JSON.parse(this.byNumber.get(number)?.edits ?? '{}') as Edits
  }

  add({ last_seen, packets, bytes }: PresenceRecord, number: number): void {
    this.touch.run(last_seen, packets, bytes, number)
  }

  /** The device that an id means today, its merges followed; 0 is none. */
  standing(id: string): number {
    let place = this.byId.get(id)
    for (let i = 0; i < MERGE_DEPTH_MAX && place && place.merged_into !== null; i++) {
      place = this.byNumber.get(place.merged_into)
    }
    return place?.number ?? 0
  }

  /** The device of exactly this id, even if it is merged into another; 0 is none. */
  own(id: string): number {
    return this.byId.get(id)?.number ?? 0
  }

  isMerged(number: number): boolean {
    return (this.byNumber.get(number)?.merged_into ?? null) !== null
  }

  /** Facts and history stay with the one that was merged, so that it can be undone. */
  merge(from: number, into: number | null): void {
    this.join.run(into, from)
  }

  /** It and all that are merged into it, the youngest member first. */
  members(number: number): number[] {
    return this.family.all(number).reverse()
  }

  remove(number: number): void {
    this.search.remove(number)
    this.drop.run(number)
  }

  /** Ids of devices that have said nothing since then. */
  silentSince(time: number, limit: number): string[] {
    return this.silent.all(time, limit)
  }
}
