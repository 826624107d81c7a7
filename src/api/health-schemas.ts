/** What the API answers of the sensor itself, as JSON Schema. */

import { SEVERITIES } from '../model/health.js'
import {
  count,
  countOrNull,
  flag,
  list,
  oneOf,
  orNull,
  ratio,
  record,
  text,
  textOrNull,
  time,
  timeOrNull,
} from './schemas.js'

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
  exact: flag,
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

const unparsed = list(
  record({
    number: count,
    packets: count,
    bytes: count,
    sample: orNull(record({ length: count, start: text })),
  }),
)

export const censusSchema = record({
  ethertypes: unparsed,
  llc: unparsed,
  ip_protocols: unparsed,
  tcp_ports: unparsed,
  udp_ports: unparsed,
  others: record({ packets: count, bytes: count }),
})

export const sensorsSchema = record({
  items: list(
    record({
      name: text,
      site: textOrNull,
      version: text,
      started: time,
      status: oneOf('ok', 'degraded', 'failing'),
      summary: text,
      interfaces: list(text),
      packets: count,
      last_frame: timeOrNull,
    }),
  ),
  cursor: textOrNull,
})
