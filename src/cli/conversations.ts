/** `onlooker conversations`: who talked to whom, as a running sensor knows it. */

import { CONVERSATION_FIELDS } from '../store/fields.js'
import { Client } from './client.js'
import { screen, shortTime, styled, tableText, type TextTable } from './columns.js'
import { findDevice } from './device-search.js'
import { CallError } from './errors.js'
import { bytesText, countText, plural } from './inventory-words.js'
import { rowsOf, wishIn, wroteAll, type Json } from './listing.js'
import { writeOut } from './stdout.js'

const PATH = '/api/v1/conversations'

const TABLE: TextTable<Json> = {
  columns: [
    { title: 'From', value: row => String(row.from), max: 26 },
    { title: 'To', value: row => String(row.to), max: 40 },
    { title: 'Scope', value: row => String(row.scope), max: 24 },
    { title: 'Protocol', value: protocolOf, max: 20 },
    { title: 'Name', value: row => (row.name as string | null) ?? '', max: 36 },
    { title: 'Packets', value: row => countText(Number(row.packets)), max: 14, right: true },
    { title: 'Out', value: row => bytesText(Number(row.bytes_out)), max: 9, right: true },
    { title: 'In', value: row => bytesText(Number(row.bytes_in)), max: 9, right: true },
    { title: 'Answers in', value: roundTripOf, max: 10, right: true },
    { title: 'Last seen', value: row => shortTime(String(row.last_seen)), max: 19 },
    { title: 'Community ID', value: row => (row.community_id as string | null) ?? '', max: 30 },
  ],
}

function roundTripOf({ round_trip_smallest_us: micros }: Json): string {
  return micros === null ? '' : `${(Number(micros) / 1000).toFixed(1)} ms`
}

function protocolOf({ protocol, transport, port }: Json): string {
  const place = port === null ? String(transport) : `${String(transport)}/${String(port)}`
  return protocol === '' || protocol === transport ? place : `${String(protocol)} ${place}`
}

export async function run(args: string[]): Promise<void> {
  const wish = wishIn(args, CONVERSATION_FIELDS, 'conversations')
  const client = new Client(wish)
  const [name, ...others] = wish.names
  if (others.length > 0)
    throw new CallError('name one device at most: see onlooker help conversations')
  if (name !== undefined) wish.query.append('device', await findDevice(client, name))
  if (await wroteAll(client, PATH, wish)) return
  const { rows, more } = await rowsOf(client, PATH, wish)
  const on = screen()
  if (rows.length > 0) writeOut(`${tableText(rows, TABLE, on)}\n`)
  const rest = more ? ' and more: --limit N shows so many, --csv all' : ''
  writeOut(`${styled(`${plural(rows.length, 'conversation')}${rest}`, 'dim', on)}\n`)
}
