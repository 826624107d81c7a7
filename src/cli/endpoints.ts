/** `onlooker endpoints`: devices that another agent manages, and bringing a list of them. */

import { readFileSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { UPLOAD_BYTES_MAX } from '../api/routes/endpoints.js'
import { ASK_OPTIONS, Client } from './client.js'
import { screen, shortTime, tableText, type TextTable } from './columns.js'
import { CallError } from './errors.js'
import { plural } from './inventory-words.js'
import { parsed, type Json } from './listing.js'
import { writeOut } from './stdout.js'

const PATH = '/api/v1/endpoints'
const ROWS_MAX = 100_000
/** Of a file, to see what it is. */
const HEAD_BYTES = 256

const listed = (name: string) => (row: Json) => (row[name] as readonly string[]).join(' ')
const said = (name: string) => (row: Json) => (row[name] as string | null) ?? ''

const TABLE: TextTable<Json> = {
  columns: [
    { title: 'Hosts', value: listed('hosts'), max: 32 },
    { title: 'MACs', value: listed('macs'), max: 36 },
    { title: 'Serial', value: said('serial'), max: 24 },
    { title: 'Agent', value: said('agent'), max: 20 },
    { title: 'Seen', value: row => shortTime(row.seen as string | null), max: 19 },
    { title: 'List', value: said('source'), max: 20 },
    { title: 'Device', value: said('device'), max: 24 },
  ],
}

export async function run(args: string[]): Promise<void> {
  const options = {
    ...ASK_OPTIONS,
    json: { type: 'boolean' },
    source: { type: 'string' },
  } as const
  const { values, positionals } = parsed(args, options, 'endpoints')
  const { config, socket } = values as { config?: string; socket?: string }
  const client = new Client({ config, socket })
  const [verb, file, ...others] = positionals
  if (verb === undefined) return list(client, values.json === true)
  if (verb !== 'import' || file === undefined || others.length > 0) {
    throw new CallError(
      'onlooker endpoints import FILE: name one file: see onlooker help endpoints',
    )
  }
  const source = (values.source as string | undefined) ?? basename(file).slice(0, 64)
  const { count } = await bring(client, file, source)
  writeOut(`${plural(count, 'endpoint')} of ${source}\n`)
}

/** JSON is a list, or an object with one; everything else is CSV. The sensor looks at it. */
function bring(client: Client, file: string, source: string): Promise<{ count: number }> {
  const bytes = read(file)
  const isJson = /^\s*[[{]/.test(bytes.toString('latin1', 0, HEAD_BYTES))
  const query = new URLSearchParams({ source }).toString()
  return client.upload(`${PATH}?${query}`, bytes, isJson ? 'application/json' : 'text/csv')
}

function read(file: string): Buffer {
  try {
    if (file !== '-' && statSync(file).size > UPLOAD_BYTES_MAX) {
      const most = `${String(UPLOAD_BYTES_MAX >> 20)} MiB`
      throw new CallError(`larger than ${most}: ${file}: split it, each part with its own --source`)
    }
    return readFileSync(file === '-' ? 0 : file)
  } catch (error) {
    if (error instanceof CallError) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new CallError(`cannot read it (${String(code)}): ${file}: check the path`)
  }
}

async function list(client: Client, json: boolean): Promise<void> {
  const rows: Json[] = []
  let cursor: string | null = '0'
  while (cursor !== null && rows.length < ROWS_MAX) {
    const page: { items: Json[]; cursor: string | null } = await client.ask(
      `${PATH}?limit=100&cursor=${cursor}`,
    )
    rows.push(...page.items)
    cursor = page.cursor
  }
  if (json) writeOut(`${JSON.stringify(rows, null, 2)}\n`)
  else if (rows.length === 0) writeOut('no list was brought yet: onlooker endpoints import FILE\n')
  else writeOut(tableText(rows, TABLE, screen()))
}
