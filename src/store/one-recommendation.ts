/** One recommendation over all devices: whose it is, who is healthy, and of whom nothing was observed. */

import type { Connection } from './connection.js'
import { ROWS_MAX } from './limits.js'
import { findingOf, FINDINGS, type FindingRow, type StoredFinding } from './recommendations.js'

export interface AskOne {
  readonly recommendation: string
  readonly topic: string
}

export interface OneRecommendation {
  /** Unhealthy, or accepted. */
  readonly unhealthy: readonly StoredFinding[]
  /** Healthy from the beginning, or resolved. */
  readonly healthy: readonly StoredFinding[]
  /** Ids of devices of which nothing was observed: they may be either. */
  readonly not_observed: readonly string[]
  /** How many there are of each; lists end somewhere. */
  readonly counts: Readonly<Record<'unhealthy' | 'healthy' | 'not_observed', number>>
}

const OF_THIS = 'recommendation = ? AND topic = ?'

export function oneRecommendation(
  db: Connection,
  { recommendation, topic }: AskOne,
): OneRecommendation {
  const asked = [recommendation, topic]
  const rows = (standings: string): StoredFinding[] =>
    db
      .prepare<unknown[], FindingRow>(
        `${FINDINGS} WHERE ${OF_THIS} AND standing ${standings} ORDER BY last DESC, number LIMIT ?`,
      )
      .all(...asked, ROWS_MAX)
      .map(findingOf)
  const count = (sql: string): number =>
    Number(
      db
        .prepare(sql)
        .pluck()
        .get(...asked),
    )
  const unobserved = `FROM devices WHERE merged_into IS NULL AND number NOT IN
    (SELECT device FROM recommendations WHERE ${OF_THIS})`
  const found = `SELECT count(*) FROM recommendations WHERE ${OF_THIS} AND standing`
  return {
    unhealthy: rows("= 'unhealthy'"),
    healthy: rows("<> 'unhealthy'"),
    not_observed: db
      .prepare<unknown[], string>(`SELECT id ${unobserved} ORDER BY number LIMIT ?`)
      .pluck()
      .all(...asked, ROWS_MAX),
    counts: {
      unhealthy: count(`${found} = 'unhealthy'`),
      healthy: count(`${found} <> 'unhealthy'`),
      not_observed: count(`SELECT count(*) ${unobserved}`),
    },
  }
}
