/** `onlooker learning`: until when each segment is learned, and ending it early. */

import { ASK_OPTIONS, Client } from './client.js'
import { screen, shortTime, tableText, type TextTable } from './columns.js'
import { CallError } from './errors.js'
import { parsed, type Json } from './listing.js'
import { writeOut } from './stdout.js'

const TABLE: TextTable<Json> = {
  columns: [
    { title: 'Segment', value: row => String(row.segment), max: 40 },
    { title: 'Begun', value: row => shortTime(row.begun as string), max: 19 },
    { title: 'Until', value: row => shortTime(row.until as string), max: 19 },
    { title: '', value: row => (row.ended === null ? '' : 'ended early'), max: 12 },
  ],
}

export async function run(args: string[]): Promise<void> {
  const options = { ...ASK_OPTIONS, json: { type: 'boolean' } } as const
  const { values, positionals } = parsed(args, options, 'learning')
  const { config, socket } = values as { config?: string; socket?: string }
  const [verb, segment, ...others] = positionals
  const isEnd = verb === 'end' && segment !== undefined
  if ((verb !== undefined && !isEnd) || others.length > 0) {
    throw new CallError(
      'onlooker learning, or onlooker learning end SEGMENT: see onlooker help learning',
    )
  }
  const client = new Client({ config, socket })
  if (isEnd) await client.ask('/api/v1/learning/end', 'POST', { segment })
  const { items } = await client.ask<{ items: Json[] }>('/api/v1/learning')
  if (values.json === true) writeOut(`${JSON.stringify(items, null, 2)}\n`)
  else if (items.length === 0) writeOut('nothing has been heard yet\n')
  else writeOut(tableText(items, TABLE, screen()))
}
