/** `onlooker devices show`: one device, its addresses, what changed, and what it rests on. */

import { ASK_OPTIONS, Client } from './client.js'
import {
  printable,
  screen,
  shortTime,
  styled,
  tableText,
  type Screen,
  type TextTable,
} from './columns.js'
import { findDevice } from './device-search.js'
import { CallError } from './errors.js'
import { bytesText, countText } from './inventory-words.js'
import { parsed, rowsOf, type Json } from './listing.js'
import { writeOut } from './stdout.js'

const FACTS_MAX = 10_000
const HISTORY_MAX = 1000
const LABEL_WIDTH = 14

const said = (name: string) => (row: Json) => wordOf(row[name])

const ADDRESSES: TextTable<Json> = {
  columns: [
    { title: 'Address', value: said('address'), max: 40 },
    { title: 'From', value: row => shortTime(row.from as string), max: 19 },
    { title: 'To', value: row => shortTime(row.to as string | null) || 'now', max: 19 },
    { title: 'Proof', value: said('proof'), max: 12 },
  ],
}

const TIMELINE: TextTable<Json> = {
  columns: [
    { title: 'When', value: row => shortTime(row.at as string), max: 19 },
    { title: 'What', value: said('field'), max: 20 },
    { title: 'Before', value: said('before'), max: 30 },
    { title: 'After', value: said('after'), max: 30 },
    { title: 'Because', value: said('because'), max: 60 },
  ],
}

const EVIDENCE: TextTable<Json> = {
  columns: [
    { title: 'Fact', value: said('fact'), max: 28 },
    { title: 'Value', value: said('value'), max: 48 },
    { title: 'Of', value: said('subject'), max: 30 },
    { title: 'Times', value: row => countText(Number(row.count)), max: 10, right: true },
    { title: 'First packet', value: row => shortTime(row.first as string), max: 19 },
    { title: 'Last packet', value: row => shortTime(row.last as string), max: 19 },
  ],
}

function wordOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(wordOf).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value as string | number)
}

export async function show(args: string[]): Promise<void> {
  const options = { ...ASK_OPTIONS, json: { type: 'boolean' } } as const
  const { values, positionals } = parsed(args, options, 'devices')
  if (positionals.length !== 1) {
    throw new CallError('name one device: by id, name or address: see onlooker help devices')
  }
  const { config, socket } = values as { config?: string; socket?: string }
  const client = new Client({ config, socket })
  const id = await findDevice(client, positionals[0]!)
  const path = `/api/v1/devices/${encodeURIComponent(id)}`
  if (values.json === true) {
    for await (const piece of client.pieces(`${path}/export`)) writeOut(piece)
    return
  }
  const query = new URLSearchParams()
  const device = await client.ask<Json>(path)
  const { items: addresses } = await client.ask<{ items: Json[] }>(
    `${path}/addresses?limit=${String(HISTORY_MAX)}`,
  )
  const history = `${path}/history?limit=${String(HISTORY_MAX)}`
  const { items: events } = await client.ask<{ items: Json[] }>(history)
  const facts = await rowsOf(client, `${path}/facts`, { query, limit: FACTS_MAX })
  const on = screen()
  const parts = [
    section('Addresses', addresses, ADDRESSES, on),
    section('Because', device.claims as Json[], CLAIMS, on),
    section('Joins', device.merges as Json[], JOINS, on),
    section('Timeline', events, TIMELINE, on),
    section('Evidence', facts.rows, EVIDENCE, on),
  ]
  writeOut([head(device, on), ...parts].filter(Boolean).join('\n'))
}

/** Why it is taken for what it is. */
const CLAIMS: TextTable<Json> = {
  columns: [
    { title: 'Property', value: said('property'), max: 10 },
    { title: 'Is', value: said('value'), max: 30 },
    { title: 'Sure', value: row => Number(row.confidence).toFixed(2), max: 5, right: true },
    { title: 'Rule', value: said('rule'), max: 32 },
    { title: 'Fact', value: said('fact'), max: 24 },
    { title: 'Said', value: said('said'), max: 60 },
  ],
}

const JOINS: TextTable<Json> = {
  columns: [
    { title: 'When', value: row => shortTime(row.at as string), max: 19 },
    { title: 'What', value: said('action'), max: 8 },
    { title: 'Into', value: said('into'), max: 24 },
    { title: 'From', value: said('from'), max: 24 },
    { title: 'By', value: said('by'), max: 20 },
    { title: 'Why', value: said('why'), max: 60 },
  ],
}

function section(title: string, rows: readonly Json[], table: TextTable<Json>, on: Screen): string {
  return rows.length === 0 ? '' : `${styled(title, 'bold', on)}\n${tableText(rows, table, on)}`
}

/** What is known of it, a line each. */
function head(device: Json, on: Screen): string {
  const names = device.names as readonly string[]
  const os = device.os as { name: string; version: string | null } | null
  const services = device.services as readonly {
    transport: string
    port: number
    protocol: string | null
  }[]
  const edits = Object.entries(device.edits as Json).map(([name, value]) => [name, value] as const)
  const lines: readonly (readonly [string, unknown])[] = [
    ['id', device.id],
    ['names', names.slice(1)],
    ['kind', `${String(device.kind)} (${String(device.category)})`],
    ['vendor', device.vendor],
    ['model', device.model],
    ['system', os === null ? null : [os.name, os.version].filter(Boolean).join(' ')],
    ['firmware', device.firmware],
    ['serial', device.serial],
    ['macs', device.macs],
    ['addresses', [...(device.ipv4 as string[]), ...(device.ipv6 as string[])]],
    ['known as', device.sub_addresses],
    ['behind', device.behind],
    ['vlans', device.vlans],
    ['roles', device.roles],
    ['place', [device.site, device.zone, device.network].filter(Boolean)],
    ['time zone', device.timezone],
    ['location', locationWords(device.location as Json | null)],
    ['managed by', managedWords(device.managed as Json | null)],
    [
      'services',
      services.map(one => `${one.transport}/${String(one.port)} ${one.protocol ?? ''}`.trim()),
    ],
    ['state', [device.status, device.new === true ? 'new' : ''].filter(Boolean)],
    [
      'seen',
      `${shortTime(device.first_seen as string)} to ${shortTime(device.last_seen as string)}`,
    ],
    ['traffic', `${countText(Number(device.packets))} packets, ${bytesText(Number(device.bytes))}`],
    [
      'not made up',
      Number(device.phantoms) > 0 ? `${String(device.phantoms)} other devices` : null,
    ],
    ...edits,
  ]
  const shown = lines.map(([label, value]) => [label, printable(wordOf(value))] as const)
  const body = shown
    .filter(([, words]) => words !== '')
    .map(([label, words]) => `${styled(label.padEnd(LABEL_WIDTH), 'dim', on)}${words}\n`)
  return `${styled(printable(names[0] ?? String(device.id)), 'bold', on)}\n${body.join('')}`
}

/** `port Gi1/0/7 of sw-2`, `room 2.11`. */
function locationWords(location: Json | null): string[] {
  if (location === null) return []
  const { port, access_point, civic } = location
  const at = location.switch
  const plug = [port === null ? '' : `port ${String(port)}`, at === null ? '' : `of ${String(at)}`]
  const air = access_point === null ? '' : `at ${String(access_point)}`
  return [plug.filter(Boolean).join(' '), air, civic === null ? '' : String(civic)].filter(Boolean)
}

/** `edr, in edr.csv, 2026-11-21 10:00:00`. */
function managedWords(managed: Json | null): string[] {
  if (managed === null) return []
  const { agent, source, seen } = managed
  const words = [agent ?? '', `in ${String(source)}`, shortTime(seen as string | null)]
  return words.map(String).filter(Boolean)
}
