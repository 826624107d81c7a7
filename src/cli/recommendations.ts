/** `onlooker recommendations`: what should be mended, as a running sensor knows it. */

import { RECOMMENDATION_FIELDS } from '../store/fields.js'
import { ASK_OPTIONS, Client } from './client.js'
import { screen, shortTime, styled, tableText, type Style, type TextTable } from './columns.js'
import { findDevice } from './device-search.js'
import { CallError } from './errors.js'
import { plural } from './inventory-words.js'
import { parsed, rowsOf, wishIn, wroteAll, type Json } from './listing.js'
import { writeOut } from './stdout.js'

const PATH = '/api/v1/recommendations'

const TABLE: TextTable<Json> = {
  columns: [
    { title: 'Severity', value: row => String(row.severity), max: 8 },
    { title: 'Status', value: row => String(row.status), max: 9 },
    { title: 'Recommendation', value: row => String(row.title), max: 60 },
    { title: 'Device', value: row => String(row.device), max: 24 },
    { title: 'First', value: row => shortTime(String(row.first)), max: 19 },
    { title: 'Last', value: row => shortTime(String(row.last)), max: 19 },
    { title: 'Id', value: row => String(row.id), max: 48 },
  ],
  style: styleOf,
}

function styleOf({ status, severity }: Json): Style {
  if (status !== 'unhealthy') return 'dim'
  if (severity === 'critical') return 'red'
  return severity === 'high' ? 'yellow' : 'plain'
}

const VERBS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  show: args => show(args, wholeText),
  ticket: args => show(args, ({ ticket }) => String(ticket)),
  accept: args => decide(args, 'accept'),
  unaccept: args => decide(args, 'unaccept'),
}

export async function run(args: string[]): Promise<void> {
  const [verb = '', ...rest] = args
  if (Object.hasOwn(VERBS, verb)) return VERBS[verb]!(rest)
  const wish = wishIn(args, RECOMMENDATION_FIELDS, 'recommendations')
  const [name] = wish.names
  if (name !== undefined) {
    throw new CallError(`no such verb: ${name}: it is one of ${Object.keys(VERBS).join(', ')}`)
  }
  const client = new Client(wish)
  if (await wroteAll(client, PATH, wish)) return
  const { rows, more } = await rowsOf(client, PATH, wish)
  const on = screen()
  if (rows.length > 0) writeOut(`${tableText(rows, TABLE, on)}\n`)
  const others = more ? ' and more: --limit N shows so many, --csv all' : ''
  writeOut(`${styled(`${plural(rows.length, 'recommendation')}${others}`, 'dim', on)}\n`)
}

type Values = Readonly<Record<string, unknown>>

/** The one recommendation that is named, and what else the call says. */
function named(
  args: string[],
  options: Parameters<typeof parsed>[1],
): { values: Values; path: string; client: Client } {
  const { values, positionals } = parsed(args, { ...ASK_OPTIONS, ...options }, 'recommendations')
  if (positionals.length !== 1) {
    throw new CallError('name one recommendation by its id: see onlooker recommendations')
  }
  const { config, socket } = values as { config?: string; socket?: string }
  const path = `${PATH}/${encodeURIComponent(positionals[0]!)}`
  return { values, path, client: new Client({ config, socket }) }
}

async function show(args: string[], text: (told: Json) => string): Promise<void> {
  const { values, path, client } = named(args, { json: { type: 'boolean' } })
  const told = await client.ask<Json>(path)
  writeOut(values.json === true ? `${JSON.stringify(told, null, 2)}\n` : `${text(told)}\n`)
}

function wholeText(told: Json): string {
  const { unhealthy, healthy, not_observed } = told.counts as Record<string, number>
  const counts = `${String(unhealthy)} unhealthy, ${String(healthy)} healthy, ${String(not_observed)} not observed`
  const walls = Object.entries((told.walls as Record<string, string> | null) ?? {})
  return [
    String(told.ticket),
    counts,
    ...walls.map(([name, rules]) => `\n${name}:\n${rules}`),
  ].join('\n')
}

async function decide(args: string[], verb: 'accept' | 'unaccept'): Promise<void> {
  const { values, path, client } = named(args, {
    device: { type: 'string', multiple: true },
    reason: { type: 'string' },
    until: { type: 'string' },
  })
  const names = (values.device as string[] | undefined) ?? []
  const devices = await Promise.all(names.map(name => findDevice(client, name)))
  const some = devices.length > 0 ? { devices } : {}
  if (verb === 'unaccept') {
    if (devices.length === 0) throw new CallError('name devices: --device DEVICE')
    return confirm(await client.ask<Json>(`${path}/unaccept`, 'POST', some))
  }
  const reason = values.reason as string | undefined
  if (reason === undefined) throw new CallError("say why: --reason 'until it is replaced'")
  const until = values.until === undefined ? null : timeIn(String(values.until))
  return confirm(await client.ask<Json>(`${path}/accept`, 'POST', { ...some, reason, until }))
}

function confirm({ title, unhealthy }: Json): void {
  const rows = unhealthy as readonly Json[]
  const taken = rows.filter(({ status }) => status === 'accepted').length
  writeOut(
    `${String(title)}: ${String(taken)} accepted, ${String(rows.length - taken)} unhealthy\n`,
  )
}

/** `2027-01-31`, or a whole time. */
function timeIn(text: string): string {
  const time = Date.parse(text)
  if (Number.isFinite(time)) return new Date(time).toISOString()
  throw new CallError(`wrong time: ${text}: write 2027-01-31`)
}
