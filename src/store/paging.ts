/** Pages of a listing, one after the other by the last row seen, so that nothing is missed or told twice. */

import { createHash } from 'node:crypto'
import type { Connection, Statement } from './connection.js'
import type { Fields } from './fields.js'
import { conditionsOf, type Condition, type Filter } from './filters.js'
import { CURSOR_CHARACTERS_MAX, ROWS_MAX, ROWS_USUAL } from './limits.js'
import { QueryError, unknown } from './query-error.js'
import { searchFor, type Searched } from './search.js'

export interface Ask {
  readonly filter?: Filter
  /** Words that must stand in names, addresses, vendor, model or id. */
  readonly q?: string
  /** A field; `-risk` is the highest first. */
  readonly sort?: string
  readonly limit?: number
  /** Of the page before. */
  readonly cursor?: string
}

export interface Page<Item> {
  readonly items: readonly Item[]
  /** For the next page; null where this was the last. */
  readonly cursor: string | null
}

/** A table as it is listed. */
export interface Listing {
  readonly table: string
  readonly fields: Fields
  readonly sort: string
  /** Conditions that always hold; may be ''. */
  readonly always: string
  /** The table where no index gives the order: looking at all of it is quicker than at every index. */
  readonly unordered: string
  /** Whether an index gives this order to what is left by this filter. */
  readonly isOrdered: (sort: string, filter: Filter) => boolean
  /** Whether there are texts in which `q` is searched. */
  readonly isSearched: boolean
}

/** The keys of one page, and the cursor behind them. */
export interface KeyPage {
  readonly keys: readonly number[]
  readonly cursor: string | null
}

interface KeyRow {
  readonly key: number
  readonly value: string | number
}

interface Place {
  readonly value: string | number
  readonly key: number
}

interface Order {
  readonly sql: string
  readonly direction: 'ASC' | 'DESC'
  /** As it was asked for. */
  readonly name: string
}

/** Statements of questions asked before; forgotten all at once when they are too many. */
const STATEMENTS_MAX = 200

export class Statements {
  private readonly db: Connection
  private readonly prepared = new Map<string, Statement>()

  constructor(db: Connection) {
    this.db = db
  }

  get<Row>(sql: string): Statement<Row> {
    let statement = this.prepared.get(sql)
    if (statement === undefined) {
      if (this.prepared.size >= STATEMENTS_MAX) this.prepared.clear()
      statement = this.db.prepare(sql)
      this.prepared.set(sql, statement)
    }
    return statement as Statement<Row>
  }
}

export function keyPage(statements: Statements, listing: Listing, ask: Ask): KeyPage {
  const asked = orderOf(ask.sort ?? listing.sort, listing.fields)
  const isOrdered = listing.isOrdered(asked.name.replace('-', ''), ask.filter ?? {})
  // A plus keeps SQLite from walking along an index in the hope of finding enough.
  const order = isOrdered ? asked : { ...asked, sql: `+${asked.sql}` }
  const limit = limitOf(ask.limit)
  const print = fingerprint(ask, order)
  const searched = searchIn(statements, listing, ask.q ?? '', isOrdered)
  const conditions = [
    ...(listing.always === '' ? [] : [{ sql: listing.always, values: [] }]),
    ...(searched?.conditions ?? []),
    ...conditionsOf(ask.filter ?? {}, listing.fields),
    ...(ask.cursor === undefined ? [] : [behind(placeIn(ask.cursor, print), order)]),
  ]
  const from = searched?.from ?? (isOrdered ? listing.table : listing.unordered)
  const values = conditions.flatMap(condition => condition.values)
  const statement = statements.get<KeyRow>(sqlOf(from, conditions, order))
  const rows = statement.all(...values, limit + 1)
  const last = rows[limit - 1]
  const cursor = rows.length > limit && last !== undefined ? cursorTo(last, print) : null
  return { keys: rows.slice(0, limit).map(({ key }) => key), cursor }
}

function searchIn(
  statements: Statements,
  listing: Listing,
  q: string,
  isOrdered: boolean,
): Searched | undefined {
  if (q.trim() === '') return undefined
  if (listing.isSearched) return searchFor(q, isOrdered, sql => statements.get<number>(sql))
  throw new QueryError('unknown_field', 'q is not searched here', 'use filters instead')
}

function sqlOf(from: string, conditions: readonly Condition[], order: Order): string {
  const where = conditions.map(({ sql }) => sql).join(' AND ')
  return `SELECT number AS key, ${order.sql} AS value FROM ${from}
    ${where === '' ? '' : `WHERE ${where}`}
    ORDER BY ${order.sql} ${order.direction}, number ${order.direction} LIMIT ?`
}

function orderOf(sort: string, fields: Fields): Order {
  const name = sort.startsWith('-') ? sort.slice(1) : sort
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (field?.sort === undefined) {
    const sortable = Object.entries(fields).filter(([, { sort }]) => sort !== undefined)
    throw unknown('wrong_sort', name, Object.keys(Object.fromEntries(sortable)))
  }
  return { sql: field.sort, direction: sort === name ? 'ASC' : 'DESC', name: sort }
}

function limitOf(limit = ROWS_USUAL): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= ROWS_MAX) return limit
  throw new QueryError('wrong_limit', `limit is ${limit}`, `write 1 to ${ROWS_MAX}`)
}

const behind = ({ value, key }: Place, { sql, direction }: Order): Condition => ({
  sql: `(${sql}, number) ${direction === 'ASC' ? '>' : '<'} (?, ?)`,
  values: [value, key],
})

/** A cursor belongs to the question it came from: filter, search and order. */
function fingerprint({ filter = {}, q = '' }: Ask, { name }: Order): string {
  const asked = JSON.stringify([Object.entries(filter).sort(), q, name])
  return createHash('sha256').update(asked).digest('base64url').slice(0, 12)
}

const cursorTo = ({ value, key }: Place, print: string): string =>
  Buffer.from(JSON.stringify([print, value, key])).toString('base64url')

function placeIn(cursor: string, print: string): Place {
  const [of, value, key] = arrayIn(cursor)
  const isSound = typeof value === 'string' || Number.isFinite(value)
  if (of !== print || !isSound || !Number.isSafeInteger(key)) {
    const mend = 'begin again without a cursor, or ask as before'
    throw new QueryError('wrong_cursor', 'the cursor belongs to another question', mend)
  }
  return { value: value as string | number, key: Number(key) }
}

export function arrayIn(cursor: string): readonly unknown[] {
  if (typeof cursor === 'string' && cursor.length <= CURSOR_CHARACTERS_MAX) {
    try {
      const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
      if (Array.isArray(read)) return read
    } catch {
      // Whatever it is, it is no cursor of ours.
    }
  }
  throw new QueryError('wrong_cursor', 'no such cursor', 'begin again without a cursor')
}
