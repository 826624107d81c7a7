/** Routes of managed endpoints: a list of them is brought, and told with the devices they are. */

import type { Endpoint } from '../../store/endpoints.js'
import { audit } from '../auditing.js'
import { ok, type Answer, type Call, type Desk, type Route } from '../call.js'
import { endpointSchema, page } from '../device-schemas.js'
import { ENDPOINTS_MAX } from '../endpoint-lists.js'
import { Refusal } from '../errors.js'
import { breath } from '../exporting.js'
import type { Job, Slice } from '../jobs.js'
import { body, count, line, list, record, text } from '../schemas.js'
import { timeTextOrNull } from '../views.js'

export const UPLOAD_BYTES_MAX = 67_108_864
const CSV = 'text/csv'
const ROWS_USUAL = 50
const ROWS_MAX = 100

type Listed = Endpoint & { readonly source: string }

/** All of it is looked at before any of it is kept, in the thread of jobs; here it is only committed. */
async function bring(call: Call, desk: Desk): Promise<Answer> {
  const { endpoints: table } = desk.store
  const isJson = !String(call.headers['content-type']).startsWith(CSV)
  const named = call.query.source as string | undefined
  const pieces = (call.body ?? []) as readonly Uint8Array[]
  if (pieces.length === 0) throw new Refusal('bad-request', 'there is no list', 'send one')
  let source = ''
  let generation = 0
  const take = (slice: Slice): void => {
    if (generation === 0) {
      source = slice.source ?? named ?? 'import'
      generation = table.nextGeneration(source)
    }
    table.put(source, generation, slice.endpoints)
  }
  const job: Job<'endpoints'> = { name: 'endpoints', given: { pieces, isJson } }
  const { count } = await desk.jobs.run(job, { take })
  while (table.dropBefore(source, generation)) await breath()
  await desk.decisions.endpointsBrought()
  audit(call, desk, { what: 'endpoints.import', about: source, after: { count } })
  return ok({ source, count })
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
    upload: { bytes_max: UPLOAD_BYTES_MAX, types: ['application/json', CSV] },
    answers: { 200: record({ source: text, count }) },
    answer: bring,
  },
]
