/** Routes of managed endpoints: a list of them is brought, and told with the devices they are. */

import type { Endpoint } from '../../store/endpoints.js'
import { audit } from '../auditing.js'
import { ok, type Answer, type Call, type Desk, type Route } from '../call.js'
import { endpointSchema, page } from '../device-schemas.js'
import { endpointsInCsv, endpointsInJson, ENDPOINTS_MAX } from '../endpoint-lists.js'
import { Refusal } from '../errors.js'
import { breath } from '../exporting.js'
import { body, count, line, list, record, text } from '../schemas.js'
import { timeTextOrNull } from '../views.js'

export const UPLOAD_BYTES_MAX = 8_388_608
const SLICE_ROWS = 250
const ROWS_USUAL = 50
const ROWS_MAX = 100

type Listed = Endpoint & { readonly source: string }

/** All of it is looked at before any of it is kept. */
async function bring(call: Call, desk: Desk): Promise<Answer> {
  if (call.body === undefined) throw new Refusal('bad-request', 'there is no list', 'send one')
  const isText = typeof call.body === 'string'
  const sent = call.body as { source?: string; endpoints: readonly Partial<Endpoint>[] }
  const source = (isText ? (call.query.source as string | undefined) : sent.source) ?? 'import'
  const endpoints: Endpoint[] = []
  const rows = isText ? endpointsInCsv(call.body as string) : endpointsInJson(sent.endpoints)
  for (const endpoint of rows) {
    if (endpoints.push(endpoint) > ENDPOINTS_MAX) {
      throw new Refusal('too-large', `more than ${String(ENDPOINTS_MAX)} endpoints`)
    }
    if (endpoints.length % SLICE_ROWS === 0) await breath()
  }
  await keep(source, endpoints, desk)
  audit(call, desk, { what: 'endpoints.import', about: source, after: { count: endpoints.length } })
  return ok({ source, count: endpoints.length })
}

async function keep(source: string, endpoints: readonly Endpoint[], desk: Desk): Promise<void> {
  const { endpoints: table } = desk.store
  const generation = table.nextGeneration(source)
  for (let at = 0; at < endpoints.length; at += SLICE_ROWS) {
    table.put(source, generation, endpoints.slice(at, at + SLICE_ROWS))
    await breath()
  }
  while (table.dropBefore(source, generation)) await breath()
  await desk.decisions.endpointsBrought()
}

/** The cursor is how many were told before. */
async function tell(call: Call, desk: Desk): Promise<Answer> {
  const { limit = ROWS_USUAL, cursor = '0' } = call.query as { limit?: number; cursor?: string }
  const from = Number(cursor)
  const rows: Listed[] = []
  let at = 0
  for (const endpoint of desk.store.endpoints.all()) {
    if (at++ % 1000 === 999) await breath()
    if (at > from) rows.push(endpoint)
    if (rows.length > limit) break
  }
  const shown = rows.slice(0, limit)
  const items = shown.map(endpoint => ({
    ...endpoint,
    seen: timeTextOrNull(endpoint.seen),
    device: desk.decisions.endpointDevice(endpoint) ?? null,
  }))
  return ok({ items, cursor: rows.length > limit ? String(from + limit) : null })
}

const written = { type: ['string', 'null'], maxLength: 4096 }

const endpointBody = body({
  hosts: { ...list(text), maxItems: 64 },
  macs: { ...list(text), maxItems: 64 },
  serial: written,
  agent: written,
  seen: written,
})

export const endpointRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/endpoints',
    summary: 'Managed endpoints, each with the device it is.',
    permission: 'read',
    query: {
      limit: { type: 'integer', minimum: 1, maximum: ROWS_MAX },
      cursor: { type: 'string', pattern: '^\\d{1,9}$' },
    },
    answers: { 200: page(endpointSchema) },
    answer: tell,
  },
  {
    method: 'POST',
    path: '/api/v1/endpoints',
    summary: 'Brings a list of managed endpoints, as JSON or CSV, in place of the one before.',
    permission: 'edit',
    query: { source: line(64) },
    body: body(
      { source: line(64), endpoints: { ...list(endpointBody), maxItems: ENDPOINTS_MAX } },
      'endpoints',
    ),
    upload_bytes: UPLOAD_BYTES_MAX,
    answers: { 200: record({ source: text, count }) },
    answer: bring,
  },
]
