/** What the API answers, as JSON Schema: answers are written by it, and OpenAPI shows it. */

import { SEVERITIES } from '../model/health.js'

export type Schema = Readonly<Record<string, unknown>>

const text: Schema = { type: 'string' }
const textOrNull: Schema = { type: ['string', 'null'] }
const time: Schema = { type: 'string', format: 'date-time' }
const timeOrNull: Schema = { type: ['string', 'null'], format: 'date-time' }
const count: Schema = { type: 'integer' }
const countOrNull: Schema = { type: ['integer', 'null'] }
const ratio: Schema = { type: 'number' }
const oneOf = (...words: readonly string[]): Schema => ({ type: 'string', enum: words })
const list = (items: Schema): Schema => ({ type: 'array', items })

/** Every property is always there. */
function record(properties: Readonly<Record<string, Schema>>): Schema {
  const required = Object.keys(properties)
  return { type: 'object', additionalProperties: false, required, properties }
}

export const errorSchema = record({ error: record({ code: text, message: text, mend: text }) })

export const aliveSchema = record({ status: oneOf('alive') })

export const readySchema = record({ status: oneOf('ready') })

const source = record({
  interface: text,
  source: text,
  state: oneOf('open', 'down', 'gone', 'failed'),
  why: textOrNull,
  packets: count,
  bytes: count,
  last_frame: timeOrNull,
  ring: {
    ...record({ block_bytes: count, blocks: count, timeout_ms: count }),
    type: ['object', 'null'],
  },
})

const ledger = record({
  interface: text,
  received: count,
  dropped: count,
  waiting: count,
  walked: count,
  decoded: count,
  undecoded: count,
  duplicate: count,
  shed: count,
  early: count,
  unexplained: count,
  exact: { type: 'boolean' },
  interface_received: countOrNull,
  filtered_or_merged: countOrNull,
  words: text,
})

const finding = record({
  id: text,
  severity: oneOf(...SEVERITIES),
  interface: textOrNull,
  vlan: countOrNull,
  title: text,
  evidence: text,
  mend: text,
  since: time,
})

const worker = record({
  worker: count,
  state: oneOf('starting', 'hearing', 'gone'),
  busy_ratio: ratio,
  packets: count,
  restarts: count,
})

export const healthSchema = record({
  schema: oneOf('onlooker.health/1'),
  status: oneOf('ok', 'degraded', 'failing'),
  summary: text,
  name: text,
  site: textOrNull,
  version: text,
  started: time,
  uptime_seconds: ratio,
  sources: list(source),
  ledger: list(ledger),
  findings: list(finding),
  workers: list(worker),
  tables: {
    type: 'object',
    additionalProperties: record({ entries: count, evicted: count, dropped: count }),
  },
})
