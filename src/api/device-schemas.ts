/** What the API answers of devices and whatever is about them, and what it takes, as JSON Schema. */

import { CATEGORIES, KINDS, TABS } from '../model/kinds.js'
import {
  anything,
  body,
  count,
  countOrNull,
  counts,
  flag,
  line,
  list,
  oneOf,
  orNull,
  ratio,
  record,
  text,
  textOrNull,
  time,
  timeOrNull,
  type Schema,
} from './schemas.js'

const TAGS_MAX = 32
const NOTES_MAX = 4096

/** null takes back what somebody said. A tag stands in lists, so it has no comma. */
export const editsBody = body({
  name: orNull(line(128)),
  kind: orNull(oneOf(...KINDS)),
  vendor: orNull(line(128)),
  model: orNull(line(128)),
  os: orNull(line(128)),
  authorized: orNull(flag),
  importance: orNull(oneOf('low', 'normal', 'high')),
  tags: {
    type: ['array', 'null'],
    maxItems: TAGS_MAX,
    uniqueItems: true,
    items: { ...line(64), pattern: '^[^\\p{Cc}\\p{Zl}\\p{Zp},]*$' },
  },
  location: orNull(line(256)),
  notes: orNull({ type: 'string', minLength: 1, maxLength: NOTES_MAX }),
  owner: orNull(line(128)),
  business_function: orNull(line(128)),
})

const edits: Schema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    name: textOrNull,
    kind: textOrNull,
    vendor: textOrNull,
    model: textOrNull,
    os: textOrNull,
    authorized: { type: ['boolean', 'null'] },
    importance: textOrNull,
    tags: list(text),
    location: textOrNull,
    notes: textOrNull,
    owner: textOrNull,
    business_function: textOrNull,
  },
}

const service = record({
  transport: text,
  port: count,
  protocol: textOrNull,
  product: textOrNull,
  version: textOrNull,
})

const location = {
  ...record({
    ...{ site: textOrNull, zone: textOrNull, switch: textOrNull, port: textOrNull },
    ...{ access_point: textOrNull, civic: textOrNull, from: list(text) },
  }),
  type: ['object', 'null'],
}

const managed = {
  ...record({ source: text, agent: textOrNull, seen: { ...time, type: ['string', 'null'] } }),
  type: ['object', 'null'],
}

const deviceProperties = {
  id: text,
  macs: list(text),
  ipv4: list(text),
  ipv6: list(text),
  sub_addresses: list(text),
  vlans: list(count),
  names: list(text),
  category: oneOf(...CATEGORIES),
  kind: text,
  vendor: textOrNull,
  model: textOrNull,
  os: { ...record({ name: text, version: textOrNull }), type: ['object', 'null'] },
  firmware: textOrNull,
  serial: textOrNull,
  confidence: { type: 'object', additionalProperties: ratio },
  randomized_mac: flag,
  routed: flag,
  behind: textOrNull,
  roles: list(text),
  site: textOrNull,
  zone: textOrNull,
  timezone: text,
  network: textOrNull,
  location,
  managed,
  services: list(service),
  first_seen: time,
  last_seen: time,
  packets: count,
  bytes: count,
  status: oneOf('active', 'inactive'),
  new: flag,
  phantoms: count,
  risk: ratio,
  edits,
}

export const deviceSchema = record(deviceProperties)

const key = record({ kind: text, value: text, proof: text, first: time, last: time })

const merge = record({
  into: text,
  from: text,
  at: time,
  action: oneOf('merge', 'split', 'pin'),
  by: text,
  why: text,
  score: ratio,
})

/** What one rule concludes from what was said; the surest first. */
const claim = record({
  property: text,
  value: text,
  rule: text,
  confidence: ratio,
  fact: text,
  said: text,
})

export const deviceDetailSchema = record({
  ...deviceProperties,
  keys: list(key),
  merges: list(merge),
  claims: list(claim),
})

export const factSchema = record({
  device: text,
  subject: text,
  fact: text,
  value: text,
  protocol: text,
  first: time,
  last: time,
  count,
})

export const historySchema = record({
  device: text,
  at: time,
  field: text,
  before: anything,
  after: anything,
  because: text,
})

export const holdingSchema = record({
  device: text,
  address: text,
  from: time,
  to: timeOrNull,
  proof: text,
})

export const conversationSchema = record({
  from: text,
  to: text,
  transport: text,
  port: countOrNull,
  protocol: text,
  name: textOrNull,
  scope: text,
  packets: count,
  bytes_out: count,
  bytes_in: count,
  community_id: textOrNull,
  round_trip_smallest_us: countOrNull,
  round_trip_last_us: countOrNull,
  first_seen: time,
  last_seen: time,
})

export const page = (items: Schema): Schema => record({ items: list(items), cursor: textOrNull })

export const countsSchema = record({
  devices: count,
  new: count,
  tabs: record(Object.fromEntries(Object.keys(TABS).map(tab => [tab, count]))),
  category: counts,
  kind: counts,
  status: counts,
})

export const receiptSchema = record({
  id: text,
  at: time,
  by: text,
  removed: counts,
  hash: text,
})

export const exportSchema: Schema = { type: 'object', additionalProperties: true }

export const learningSchema = record({
  items: list(record({ segment: text, begun: time, until: time, ended: timeOrNull })),
  cursor: textOrNull,
})

export const endpointSchema = record({
  source: text,
  hosts: list(text),
  macs: list(text),
  serial: textOrNull,
  agent: textOrNull,
  seen: timeOrNull,
  device: textOrNull,
})
