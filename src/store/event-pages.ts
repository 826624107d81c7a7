/** Pages of what happened to one device: what changed on it, and which addresses it held. */

import type { HistoryRecord, HoldingRecord } from '../model/device.js'
import type { Standing } from './about-device.js'
import { FAMILY } from './devices.js'
import { ROWS_MAX, ROWS_USUAL } from './limits.js'
import { arrayIn, type Page, type Statements } from './paging.js'
import { QueryError } from './query-error.js'

export interface EventsAsk {
  readonly limit?: number
  /** Of the page before. */
  readonly cursor?: string
}

type HistoryRow = Omit<HistoryRecord, 'device' | 'before' | 'after'> & {
  readonly number: number
  readonly before: string
  readonly after: string
}

/** The newest first. */
export function historyPage(
  statements: Statements,
  { number, id }: Standing,
  ask: EventsAsk,
): Page<HistoryRecord> {
  const behind = placeIn(ask.cursor, id, 'number')
  const rows = statements.get<HistoryRow>(
    `${FAMILY} SELECT history.number AS number, at, text AS field, before, after, because
    FROM history JOIN words ON words.number = field WHERE device IN family
    ${behind === undefined ? '' : 'AND (at, history.number) < (?, ?)'}
    ORDER BY at DESC, history.number DESC LIMIT ?`,
  )
  const { items, last } = cut(rows.all(number, ...(behind ?? []), limitOf(ask) + 1), ask)
  const told = items.map(({ at, field, before, after, because }) => ({
    ...{ device: id, at, field, because },
    before: JSON.parse(before) as unknown,
    after: JSON.parse(after) as unknown,
  }))
  return { items: told, cursor: last === undefined ? null : cursorTo([id, last.at, last.number]) }
}

/** The oldest first. */
export function holdingPage(
  statements: Statements,
  { number, id }: Standing,
  ask: EventsAsk,
): Page<HoldingRecord> {
  const behind = placeIn(ask.cursor, id, 'string')
  const rows = statements.get<Omit<HoldingRecord, 'device'>>(
    `${FAMILY} SELECT address, began AS "from",
    CASE WHEN count(ended) = count(*) THEN max(ended) END AS "to", coalesce(text, '') AS proof
    FROM holdings LEFT JOIN words ON words.number = proof WHERE device IN family
    ${behind === undefined ? '' : 'AND (began, address) > (?, ?)'}
    GROUP BY began, address ORDER BY began, address LIMIT ?`,
  )
  const { items, last } = cut(rows.all(number, ...(behind ?? []), limitOf(ask) + 1), ask)
  return {
    items: items.map(row => ({ device: id, ...row })),
    cursor: last === undefined ? null : cursorTo([id, last.from, last.address]),
  }
}

/** One row more than a page tells that there is another one. */
function cut<Row>(rows: readonly Row[], ask: EventsAsk): { items: Row[]; last: Row | undefined } {
  const limit = limitOf(ask)
  return { items: rows.slice(0, limit), last: rows.length > limit ? rows[limit - 1] : undefined }
}

function limitOf({ limit = ROWS_USUAL }: EventsAsk): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= ROWS_MAX) return limit
  throw new QueryError('wrong_limit', `limit is ${limit}`, `write 1 to ${ROWS_MAX}`)
}

const cursorTo = (place: readonly unknown[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url')

/** A cursor belongs to the device it came from. */
function placeIn(
  cursor: string | undefined,
  id: string,
  second: 'number' | 'string',
): readonly unknown[] | undefined {
  if (cursor === undefined) return undefined
  const [of, time, row] = arrayIn(cursor)
  if (of === id && Number.isSafeInteger(time) && typeof row === second) return [time, row]
  const mend = 'begin again without a cursor, or ask as before'
  throw new QueryError('wrong_cursor', 'the cursor belongs to another question', mend)
}
