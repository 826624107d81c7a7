/** The table of recommendations: a row for each device and what it should have mended, or has. */

import type { Time } from '../model/device.js'
import type { Acceptance, FindingRecord, Proof, Standing } from '../model/finding.js'
import type { Severity } from '../model/health.js'
import type { Connection, Statement } from './connection.js'
import { BATCH_ROWS } from './limits.js'

/** A row as it is kept; a device that is merged stands under the id of the other. */
export interface FindingRow {
  readonly number: number
  readonly id: string
  readonly recommendation: string
  readonly topic: string
  readonly standing: Standing
  readonly status: StoredStatus
  readonly severity: Severity
  readonly first: Time
  readonly last: Time
  readonly resolved: Time | null
  readonly because: string | null
  readonly proofs: string
  readonly acceptance: string | null
}

export type StoredStatus = Standing | 'accepted'

/** A finding with what people decided about it. */
export interface StoredFinding extends FindingRecord {
  readonly status: StoredStatus
  readonly acceptance: Acceptance | null
}

/** Selects what `FindingRow` is; a WHERE may follow. */
export const FINDINGS = `SELECT recommendations.*,
  (SELECT id FROM devices WHERE devices.number = device) AS id FROM recommendations`

export function findingOf(row: FindingRow): StoredFinding {
  const { id, recommendation, topic, standing, status, severity, first, last } = row
  const { resolved, because, proofs, acceptance } = row
  return {
    ...{ device: id, recommendation, topic, standing, status, severity, first, last },
    ...{ resolved, because, proofs: JSON.parse(proofs) as Proof[] },
    acceptance: acceptance === null ? null : (JSON.parse(acceptance) as Acceptance),
  }
}

/** What is unhealthy is accepted as long as somebody takes its risk. */
const STATUS = `CASE WHEN standing = 'unhealthy' AND acceptance IS NOT NULL THEN 'accepted'
  ELSE standing END`

export class Recommendations {
  private readonly upsert: Statement
  private readonly restate: Statement
  private readonly drop: Statement
  private readonly move: Statement
  private readonly take: Statement
  private readonly ended: Statement
  private readonly page: Statement<FindingRow>
  private readonly taken: Statement<FindingRow>

  constructor(db: Connection) {
    this.upsert = db.prepare(`INSERT INTO recommendations
      (device, recommendation, topic, standing, status, severity, first, last, resolved, because, proofs)
      VALUES (?, ?, ?, ?, '', ?, ?, ?, ?, ?, ?)
      ON CONFLICT (device, recommendation, topic) DO UPDATE SET standing = excluded.standing,
      severity = excluded.severity, first = min(first, excluded.first), last = excluded.last,
      resolved = excluded.resolved, because = excluded.because, proofs = excluded.proofs`)
    this.restate = db.prepare(`UPDATE recommendations SET status = ${STATUS}
      WHERE device = ? AND recommendation = ? AND topic = ?`)
    this.drop = db.prepare('DELETE FROM recommendations WHERE device = ?')
    this.move = db.prepare('UPDATE OR IGNORE recommendations SET device = ? WHERE device = ?')
    this.take = db.prepare(`UPDATE recommendations SET acceptance = ?, accepted_until = ?
      WHERE device = ? AND recommendation = ? AND topic = ? AND standing = 'unhealthy'`)
    this.ended = db.prepare(`UPDATE recommendations SET acceptance = NULL, accepted_until = NULL,
      status = standing WHERE accepted_until < ?`)
    this.taken = db.prepare(`${FINDINGS} WHERE acceptance IS NOT NULL ORDER BY number`)
    this.page = db.prepare(`${FINDINGS} WHERE number > ? ORDER BY number LIMIT ${BATCH_ROWS}`)
  }

  put(record: FindingRecord, device: number): void {
    const { recommendation, topic, standing, severity, first, last } = record
    const { resolved, because, proofs } = record
    const span = [first, last, resolved, because, JSON.stringify(proofs)]
    this.upsert.run(device, recommendation, topic, standing, severity, ...span)
    this.restate.run(device, recommendation, topic)
  }

  /** Takes the risk of one finding, or takes that back (null). False if there is nothing unhealthy. */
  accept(about: About, acceptance: Acceptance | null): boolean {
    const { device, recommendation, topic } = about
    const written = acceptance && JSON.stringify(acceptance)
    const until = acceptance?.until ?? null
    const isTaken = this.take.run(written, until, device, recommendation, topic).changes > 0
    if (isTaken) this.restate.run(device, recommendation, topic)
    return isTaken
  }

  /** Acceptances whose time is over hold no more; how many. */
  expire(now: Time): number {
    return this.ended.run(now).changes
  }

  /** What was found of one device is found of the other. */
  merge(from: number, into: number): void {
    this.move.run(into, from)
    this.drop.run(from)
  }

  /** Returns how many there were. */
  removeOf(device: number): number {
    return this.drop.run(device).changes
  }

  /** Those whose risk somebody takes. */
  accepted(): FindingRecord[] {
    return this.taken.all().map(recordOf)
  }

  *all(): Generator<FindingRecord[]> {
    let last = 0
    for (;;) {
      const rows = this.page.all(last)
      if (rows.length === 0) return
      last = rows.at(-1)!.number
      yield rows.map(recordOf)
    }
  }
}

export interface About {
  readonly device: number
  readonly recommendation: string
  readonly topic: string
}

/** Without what people decided. */
const recordOf = (row: FindingRow): FindingRecord => ({
  ...{ recommendation: row.recommendation, topic: row.topic, device: row.id },
  ...{ standing: row.standing, severity: row.severity, first: row.first, last: row.last },
  ...{ resolved: row.resolved, because: row.because },
  proofs: JSON.parse(row.proofs) as Proof[],
})
