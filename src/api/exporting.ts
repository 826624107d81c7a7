/** Exports: all rows of a listing, written as fast as they are read by whoever asked, and no faster. */

import { Readable } from 'node:stream'
import type { Asked, Listed } from '../store/reading.js'
import type { Answer, Desk } from './call.js'
import { csvHead, csvLine, type Column } from './csv.js'
import { Refusal } from './errors.js'
import type { Format } from './query.js'

type Json = Readonly<Record<string, unknown>>

const EXPORTS_MAX = 8
/** Rows that are made text of before others may run. */
const ROWS_AT_ONCE = 200
const PAGE_ROWS = 500

const TYPES = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
} as const

export interface Exported<Name extends Listed> {
  readonly name: Name
  readonly ask: Asked<Name>
  readonly format: Exclude<Format, 'json'>
  readonly columns: readonly Column[]
  /** The file's name, without its end. */
  readonly title: string
  view(row: never): Json
}

/** Its first page is asked for at once, so that a wrong question is refused and not begun. */
export async function exported<Name extends Listed>(
  desk: Desk,
  what: Exported<Name>,
): Promise<Answer> {
  const { format, columns, title } = what
  const pages = desk.queries.each(what.name, pageAsk(what.ask))
  const first = await pages.next()
  const rest = first.done === true ? [] : chain(first.value, pages)
  const view = what.view as (row: unknown) => Json
  const texts = textsOf(rest, {
    most: what.ask.limit ?? Infinity,
    head: format === 'csv' ? csvHead(columns) : '',
    line: row =>
      format === 'csv' ? csvLine(columns, view(row)) : `${JSON.stringify(view(row))}\n`,
  })
  const headers = { 'content-disposition': `attachment; filename="${title}.${format}"` }
  return { status: 200, type: TYPES[format], headers, body: streamed(texts, desk) }
}

const pageAsk = <Name extends Listed>(ask: Asked<Name>): Asked<Name> => ({
  ...ask,
  limit: Math.min(ask.limit ?? PAGE_ROWS, PAGE_ROWS),
})

/** A body made of texts; counted while it is written. */
export function streamed(
  texts: AsyncIterable<string>,
  { exports }: Pick<Desk, 'exports'>,
): Readable {
  if (exports.count >= EXPORTS_MAX) {
    throw new Refusal('crowded', 'too many exports are under way', undefined, 5)
  }
  exports.count++
  const stream = Readable.from(texts, {
    objectMode: false,
    encoding: 'utf8',
    highWaterMark: 65_536,
  })
  return stream.once('close', () => exports.count--)
}

async function* chain<T>(first: T, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield first
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}

interface Writing {
  readonly most: number
  readonly head: string
  readonly line: (row: unknown) => string
}

async function* textsOf(
  pages: AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>,
  { most, head, line }: Writing,
): AsyncGenerator<string> {
  if (head !== '') yield head
  let left = most
  for await (const page of pages) {
    const rows = page.slice(0, left)
    left -= rows.length
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      yield rows
        .slice(at, at + ROWS_AT_ONCE)
        .map(line)
        .join('')
      await breath()
    }
    if (left <= 0) return
  }
}

/** Lets whatever else waits go first. */
export const breath = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** One JSON document of a head and lists, in pieces. */
export async function* jsonPieces(
  head: Json,
  lists: readonly (readonly [string, readonly Json[]])[],
): AsyncGenerator<string> {
  yield JSON.stringify(head).slice(0, -1)
  for (const [name, rows] of lists) {
    yield `,${JSON.stringify(name)}:[`
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      const piece = rows.slice(at, at + ROWS_AT_ONCE).map(row => JSON.stringify(row))
      yield `${at === 0 ? '' : ','}${piece.join(',')}`
      await breath()
    }
    yield ']'
  }
  yield '}\n'
}
