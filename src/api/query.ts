/** Query strings of listings: what may be asked, and the question to the store that it makes. */

import type { Field, Fields } from '../store/fields.js'
import type { Filter, FilterValue } from '../store/filters.js'
import {
  CURSOR_CHARACTERS_MAX,
  FILTER_VALUES_MAX,
  Q_CHARACTERS_MAX,
  ROWS_MAX,
  ROWS_USUAL,
} from '../store/limits.js'
import type { Ask } from '../store/paging.js'
import { Refusal } from './errors.js'
import type { Schema } from './schemas.js'

type Properties = Readonly<Record<string, Schema>>

export const FORMATS = ['json', 'csv', 'ndjson'] as const
export type Format = (typeof FORMATS)[number]

/** Fields that are times: RFC 3339 in questions, milliseconds in the store. */
const TIMES = ['first_seen', 'last_seen', 'first', 'last']
const RANGE = /^(.+)_(from|to)$/
const VALUE_CHARACTERS_MAX = 256

export const limitProperty: Schema = {
  type: 'integer',
  minimum: 1,
  maximum: ROWS_MAX,
  description: `Rows of a page; ${String(ROWS_USUAL)} without it. An export has no limit without it.`,
}

export const cursorProperty: Schema = {
  type: 'string',
  minLength: 1,
  maxLength: CURSOR_CHARACTERS_MAX,
  description: 'Of the page before.',
}

export const formatProperty: Schema = {
  type: 'string',
  enum: FORMATS,
  description: 'csv and ndjson tell all rows, not only a page.',
}

const one = (schema: Schema): Schema => ({
  anyOf: [schema, { type: 'array', items: schema, minItems: 1, maxItems: FILTER_VALUES_MAX }],
})

const FORMS: Readonly<Record<Field['form'], Schema>> = {
  text: { type: 'string', maxLength: VALUE_CHARACTERS_MAX },
  line: { type: 'string', maxLength: VALUE_CHARACTERS_MAX },
  listed: { type: 'string', maxLength: VALUE_CHARACTERS_MAX },
  word: { type: 'string', maxLength: VALUE_CHARACTERS_MAX },
  end: { type: 'string', maxLength: VALUE_CHARACTERS_MAX },
  number: { type: 'number' },
  flag: { type: 'boolean' },
  answer: { type: 'string', enum: ['true', 'false', 'null'] },
}

/** The filters that these fields make: each value, several of them, and ranges of numbers. */
export function filterProperties(fields: Fields): Properties {
  const properties = Object.entries(fields).flatMap(([name, { form }]) => {
    if (form !== 'number') return [[name, one(FORMS[form])] as const]
    const schema = TIMES.includes(name)
      ? { type: 'string', format: 'date-time', maxLength: 40 }
      : FORMS.number
    const exact = TIMES.includes(name) ? [] : [[name, one(schema)] as const]
    return [...exact, [`${name}_from`, schema] as const, [`${name}_to`, schema] as const]
  })
  return Object.fromEntries(properties)
}

/** All that a listing can be asked. */
export function listProperties(fields: Fields, searched: boolean): Properties {
  const sortable = Object.keys(fields).filter(name => fields[name]!.sort !== undefined)
  const sort = { type: 'string', enum: sortable.flatMap(name => [name, `-${name}`]) }
  const q = { type: 'string', maxLength: Q_CHARACTERS_MAX }
  return {
    limit: limitProperty,
    cursor: cursorProperty,
    ...(sortable.length > 0 ? { sort } : {}),
    ...(searched ? { q: { ...q, description: 'Words in names, addresses, vendor, model.' } } : {}),
    format: formatProperty,
    ...filterProperties(fields),
  }
}

type Query = Readonly<Record<string, unknown>>

/** The question that a query string makes; it was looked at by its schema. */
export function askOf(query: Query, fields: Fields): Ask {
  const { limit, cursor, sort, q } = query as Ask
  return {
    filter: filterOf(query, fields),
    ...(limit === undefined ? {} : { limit }),
    ...(cursor === undefined ? {} : { cursor }),
    ...(sort === undefined ? {} : { sort }),
    ...(q === undefined ? {} : { q }),
  }
}

export function filterOf(query: Query, fields: Fields): Filter {
  const filter: Record<string, FilterValue> = {}
  for (const [name, value] of Object.entries(query)) {
    const [, ranged = '', end = ''] = RANGE.exec(name) ?? []
    if (Object.hasOwn(fields, name)) filter[name] = value as FilterValue
    else if (Object.hasOwn(fields, ranged)) {
      const number = TIMES.includes(ranged) ? timeIn(String(value), name) : Number(value)
      filter[ranged] = { ...(filter[ranged] as object | undefined), [end]: number }
    }
  }
  return filter
}

export function timeIn(text: string, name: string): number {
  const time = Date.parse(text)
  if (Number.isFinite(time)) return time
  throw new Refusal('wrong-value', `${name} is no time`, 'write it like 2026-11-21T10:00:00Z')
}

/** What a query string's values are by their schema: numbers and flags come as text. */
export function typed(query: Query, properties: Properties): Record<string, unknown> {
  const known = Object.entries(query).map(([name, value]) => {
    const schema = Object.hasOwn(properties, name) ? properties[name] : undefined
    if (schema === undefined) return [name, value] as const
    const { anyOf } = schema as { anyOf?: readonly Schema[] }
    const type = (anyOf?.[0] ?? schema).type
    return [name, Array.isArray(value) ? value.map(one => asType(one, type)) : asType(value, type)]
  })
  return Object.fromEntries(known) as Record<string, unknown>
}

function asType(value: unknown, type: unknown): unknown {
  if (typeof value !== 'string') return value
  if (type === 'boolean') return value === 'true' ? true : value === 'false' ? false : value
  const isNumber = type === 'number' || type === 'integer'
  return isNumber && /^-?\d{1,16}(\.\d{1,6})?$/.test(value) ? Number(value) : value
}

/** The form an answer is wanted in: by name, else by what is accepted. */
export function formatOf(query: Query, accept: string | string[] | undefined): Format {
  const { format } = query as { format?: Format }
  if (format !== undefined) return format
  const [first = ''] = String(accept ?? '').split(',')
  const type = first.split(';')[0]!.trim().toLowerCase()
  if (type === 'text/csv') return 'csv'
  return type === 'application/x-ndjson' ? 'ndjson' : 'json'
}
