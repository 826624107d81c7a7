/** Pages of facts over all devices, in the order of their table: there are too many to sort. */

import type { FactRecord } from '../model/device.js'
import { FACT_FIELDS } from './fields.js'
import { conditionsOf, type Condition } from './filters.js'
import { ROWS_MAX, ROWS_USUAL } from './limits.js'
import { arrayIn, type Ask, type Page, type Statements } from './paging.js'
import { QueryError } from './query-error.js'
import { unpackSubject } from './subjects.js'

interface FactRow {
  readonly number: number
  readonly fact_number: number
  readonly id: string
  readonly fact: string
  readonly value: string
  readonly subject: Buffer | string
  readonly protocol: string
  readonly first: number
  readonly last: number
  readonly count: number
}

const SELECT = `SELECT device AS number, fact AS fact_number,
  (SELECT coalesce(standing.id, own.id) FROM devices AS own
    LEFT JOIN devices AS standing ON standing.number = own.merged_into
    WHERE own.number = device) AS id,
  (SELECT text FROM words WHERE number = fact) AS fact, value, subject,
  coalesce((SELECT text FROM words WHERE number = protocol), '') AS protocol, first, last, count
  FROM facts`
const ORDER = 'ORDER BY device, fact_number, value, subject LIMIT ?'

export function factPage(statements: Statements, ask: Omit<Ask, 'q' | 'sort'>): Page<FactRecord> {
  const limit = ask.limit ?? ROWS_USUAL
  if (!Number.isInteger(limit) || limit < 1 || limit > ROWS_MAX) {
    throw new QueryError('wrong_limit', `limit is ${limit}`, `write 1 to ${ROWS_MAX}`)
  }
  const conditions = conditionsOf(ask.filter ?? {}, FACT_FIELDS)
  const behind = ask.cursor === undefined ? undefined : placeIn(ask.cursor)
  const where = [...conditions.map(({ sql }) => sql), ...(behind ? [behind.sql] : [])]
  const values = conditions.flatMap(condition => condition.values)
  const sql = `${SELECT} ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''} ${ORDER}`
  const rows = statements
    .get<FactRow>(sql)
    .all(...values, ...(behind ? behind.bound : []), limit + 1)
  const last = rows[limit - 1]
  const items = rows.slice(0, limit).map(factOf)
  return { items, cursor: rows.length > limit && last ? cursorTo(last) : null }
}

function factOf({ id, subject, fact, value, protocol, first, last, count }: FactRow): FactRecord {
  return { device: id, subject: unpackSubject(subject), fact, value, protocol, first, last, count }
}

const cursorTo = ({ number, fact_number, value, subject }: FactRow): string => {
  const packed = typeof subject === 'string' ? subject : { packed: subject.toString('base64') }
  return Buffer.from(JSON.stringify([number, fact_number, value, packed])).toString('base64url')
}

/** The key of the last fact seen. */
function placeIn(cursor: string): Condition & { readonly bound: unknown[] } {
  const [device, fact, value, subject] = arrayIn(cursor)
  const packed = (subject as { packed?: unknown } | null | undefined)?.packed
  const place = typeof packed === 'string' ? Buffer.from(packed, 'base64') : subject
  const isSound =
    Number.isSafeInteger(device) && Number.isSafeInteger(fact) && typeof value === 'string'
  if (!isSound || (typeof place !== 'string' && !Buffer.isBuffer(place))) {
    throw new QueryError('wrong_cursor', 'no such cursor', 'begin again without a cursor')
  }
  const sql = '(device, fact, value, subject) > (?, ?, ?, ?)'
  return { sql, values: [], bound: [device, fact, value, place] }
}
