/** Filters of a question as conditions: every name is looked up, every value is bound. */

import { FILTER_VALUES_MAX } from './limits.js'
import { FAMILY } from './devices.js'
import type { Field, FieldForm, Fields } from './fields.js'
import { QueryError, unknown } from './query-error.js'
import { CANDIDATES, gramsOf } from './search.js'

type Scalar = string | number | boolean | null

/** One value, any of several, or a range whose ends belong to it. */
export type FilterValue =
  Scalar | readonly Scalar[] | { readonly from?: number; readonly to?: number }

export type Filter = Readonly<Record<string, FilterValue>>

/** A part of a WHERE, and what is bound in it. */
export interface Condition {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

export function conditionsOf(filter: Filter, fields: Fields): Condition[] {
  return Object.entries(filter).map(([name, value]) => {
    if (!Object.hasOwn(fields, name)) throw unknown('unknown_field', name, Object.keys(fields))
    return conditionOf(name, fields[name]!, value)
  })
}

function conditionOf(name: string, field: Field, value: FilterValue): Condition {
  if (isRange(value)) return rangeOf(name, field, value)
  const any = (Array.isArray(value) ? value : [value]) as readonly Scalar[]
  if (any.length === 0 || any.length > FILTER_VALUES_MAX) {
    const mend = `give 1 to ${FILTER_VALUES_MAX} values`
    throw new QueryError('wrong_value', `${name} has ${any.length} values`, mend)
  }
  const conditions = any.map(one => FORMS[field.form](field.sql, one, name))
  const sql = `(${conditions.map(condition => condition.sql).join(' OR ')})`
  return { sql, values: conditions.flatMap(({ values }) => values) }
}

type Range = { readonly from?: unknown; readonly to?: unknown }

const isRange = (value: FilterValue): value is { from?: number; to?: number } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function rangeOf(name: string, { form, sql }: Field, range: Range): Condition {
  const ends = Object.entries(range).filter(([, end]) => end !== undefined)
  const isSound = ends.every(
    ([end, value]) => (end === 'from' || end === 'to') && Number.isFinite(value),
  )
  if (form !== 'number' || ends.length === 0 || !isSound) {
    throw new QueryError('wrong_value', `${name} takes no such range`, 'give numbers: from, to')
  }
  const parts = ends.map(([end]) => `${sql} ${end === 'from' ? '>=' : '<='} ?`)
  return { sql: `(${parts.join(' AND ')})`, values: ends.map(([, value]) => Number(value)) }
}

type Compare = (sql: string, value: Scalar, name: string) => Condition

/** null is what nobody knows, which is stored as ''. */
const asText = (value: Scalar): string => (value === null ? '' : String(value))

const FORMS: Readonly<Record<FieldForm, Compare>> = {
  text: (sql, value) => ({ sql: `${sql} = ? COLLATE NOCASE`, values: [asText(value)] }),
  number: (sql, value, name) => ({ sql: `${sql} = ?`, values: [numberIn(value, name)] }),
  flag: (sql, value, name) => ({ sql: `${sql} = ?`, values: [flagIn(value, name) ? 1 : 0] }),
  answer: (sql, value, name) => ({
    sql: `${sql} = ?`,
    values: [value === null || value === 'null' ? -1 : flagIn(value, name) ? 1 : 0],
  }),
  listed: (sql, value) => ({
    sql: value === null ? `${sql} = ?` : `instr(${sql}, ?) > 0`,
    values: [value === null ? '' : `,${asText(value)},`],
  }),
  line: (sql, value) => lineOf(sql, `\n${asText(value).toLowerCase()}\n`),
  word: (sql, value) => ({
    sql: `${sql} = coalesce((SELECT number FROM words WHERE text = ?), ?)`,
    values: [asText(value), value === null ? 0 : -1],
  }),
  end: (sql, value) => endOf(sql.split(' '), asText(value)),
}

/** A device is meant by its id and by those it took over; an address by itself. */
function endOf(columns: readonly string[], value: string): Condition {
  const family = `${FAMILY.replace('?', '(SELECT number FROM devices WHERE id = ?)')}
    SELECT number FROM family`
  const parts = columns.map(column =>
    column === 'device'
      ? `device IN (${family})`
      : `(${column} > 0 AND ${column} IN (${family})) OR (${column} = 0 AND ${column}_name = ?)`,
  )
  const values = columns.flatMap(column => (column === 'device' ? [value] : [value, value]))
  return { sql: `(${parts.join(' OR ')})`, values }
}

function lineOf(sql: string, line: string): Condition {
  const grams = gramsOf([line])
  if (grams === undefined) return { sql: `${sql} < 0`, values: [] }
  const found = `SELECT device FROM searches WHERE device IN (${CANDIDATES}) AND instr(text, ?) > 0`
  return { sql: `${sql} IN (${found})`, values: [grams, line] }
}

function numberIn(value: Scalar, name: string): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new QueryError('wrong_value', `${name} is a number`, 'write a number')
}

function flagIn(value: Scalar, name: string): boolean {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw new QueryError('wrong_value', `${name} is true or false`, 'write true or false')
}
