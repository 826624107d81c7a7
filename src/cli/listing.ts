/** Listings of a running sensor: options that are filters, and answers as table, JSON or CSV. */

import { parseArgs } from 'node:util'
import type { Fields } from '../store/fields.js'
import { ASK_OPTIONS, type Client, type Whom } from './client.js'
import { CallError } from './errors.js'
import { writeOut } from './stdout.js'

/** Rows of a table, unless somebody asks for more. */
const ROWS_USUAL = 1000
const PAGE_MAX = 1000

export type Json = Readonly<Record<string, unknown>>

interface Page {
  readonly items: readonly Json[]
  readonly cursor: string | null
}

export interface Wish extends Whom {
  readonly json: boolean
  readonly csv: boolean
  readonly limit: number | undefined
  /** Filters, search and sort, as a query string. */
  readonly query: URLSearchParams
  /** What stands without a name. */
  readonly names: readonly string[]
}

const LIST_OPTIONS = {
  ...ASK_OPTIONS,
  json: { type: 'boolean' },
  csv: { type: 'boolean' },
  limit: { type: 'string' },
  sort: { type: 'string' },
  q: { type: 'string' },
} as const

type Option = { readonly type: 'string' | 'boolean'; readonly multiple?: boolean }

/** `last_seen_from` is written as `--last-seen-from`. */
const optionName = (field: string): string => field.replaceAll('_', '-')

/** Every field is an option; what is yes or no needs no value. */
function filterOptions(fields: Fields): Record<string, Option> {
  const options = Object.entries(fields).flatMap(([name, { form }]): [string, Option][] => {
    if (form === 'flag') return [[name, { type: 'boolean' }]]
    const ends = form === 'number' ? [`${name}_from`, `${name}_to`] : []
    return [name, ...ends].map(one => [one, { type: 'string', multiple: true }])
  })
  return Object.fromEntries(options.map(([name, option]) => [optionName(name), option]))
}

export function wishIn(args: string[], fields: Fields, command: string): Wish {
  const options = { ...filterOptions(fields), ...LIST_OPTIONS }
  const { values, positionals } = parsed(args, options, command)
  const query = new URLSearchParams()
  for (const [option, value] of Object.entries(values)) {
    if (Object.hasOwn(LIST_OPTIONS, option) && option !== 'sort' && option !== 'q') continue
    for (const one of [value].flat())
      query.append(option.replaceAll('-', '_'), valueOf(option, one))
  }
  return {
    config: values.config as string | undefined,
    socket: values.socket as string | undefined,
    json: values.json === true,
    csv: values.csv === true,
    limit: limitIn(values.limit as string | undefined),
    query,
    names: positionals,
  }
}

/** Fields are written with dashes in calls, and `-field` is the highest first. */
const valueOf = (option: string, value: unknown): string =>
  option === 'sort' ? String(value).replace(/(?<=.)-/g, '_') : String(value)

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>

export function parsed(
  args: string[],
  options: Record<string, Option>,
  command: string,
): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: true })
  } catch (error) {
    throw new CallError(`${(error as Error).message.split('. ')[0]}: see onlooker help ${command}`)
  }
}

function limitIn(written: string | undefined): number | undefined {
  if (written === undefined) return undefined
  if (/^[1-9]\d{0,7}$/.test(written)) return Number(written)
  throw new CallError(`wrong limit: ${written}: write a whole number`)
}

const pathOf = (path: string, query: URLSearchParams): string =>
  query.size === 0 ? path : `${path}?${query.toString()}`

/** Rows page by page, up to the limit; `more` says whether there are others. */
export async function rowsOf(
  client: Client,
  path: string,
  { query, limit = ROWS_USUAL }: Pick<Wish, 'query' | 'limit'>,
): Promise<{ rows: Json[]; more: boolean }> {
  const rows: Json[] = []
  let cursor: string | null = null
  do {
    const asked = new URLSearchParams(query)
    asked.set('limit', String(Math.min(limit - rows.length, PAGE_MAX)))
    if (cursor !== null) asked.set('cursor', cursor)
    const page: Page = await client.ask<Page>(pathOf(path, asked))
    rows.push(...page.items)
    cursor = page.cursor
  } while (cursor !== null && rows.length < limit)
  return { rows, more: cursor !== null }
}

/** Everything, as it comes: one JSON document, or CSV. Answers whether that was wished. */
export async function wroteAll(
  client: Client,
  path: string,
  { query, limit, json, csv }: Wish,
): Promise<boolean> {
  if (json && csv) throw new CallError('--json and --csv: two forms at once: take one of them away')
  if (!json && !csv) return false
  const asked = new URLSearchParams(query)
  asked.set('format', json ? 'ndjson' : 'csv')
  if (limit !== undefined) asked.set('limit', String(limit))
  const pieces = client.pieces(pathOf(path, asked))
  if (csv) for await (const piece of pieces) writeOut(piece)
  else await writeArray(pieces)
  return true
}

/** Lines of JSON become a list. */
async function writeArray(pieces: AsyncIterable<string>): Promise<void> {
  let rest = ''
  let separator = '[\n'
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop()!
    if (lines.length === 0) continue
    writeOut(separator + lines.join(',\n'))
    separator = ',\n'
  }
  writeOut(separator === '[\n' ? '[]\n' : '\n]\n')
}
