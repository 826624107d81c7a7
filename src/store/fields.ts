/** What can be filtered and sorted by. Names come from a question, SQL only from here. */

/** How a field is compared. */
export type FieldForm =
  | 'text'
  | 'number'
  | 'flag'
  /** True, false or not said: stored as 1, 0, -1. */
  | 'answer'
  /** One of several, stored as `,a,b,`. */
  | 'listed'
  /** A whole line of the text that is searched. */
  | 'line'
  /** Stored as the number of a word. */
  | 'word'
  /** A device by its id, with all that are merged into it; or an address. */
  | 'end'

export interface Field {
  readonly form: FieldForm
  /** An expression over the row; of an `end` the ends that count. */
  readonly sql: string
  /** What it is sorted by; none where that makes no sense. */
  readonly sort?: string
}

export type Fields = Readonly<Record<string, Field>>

const text = (column: string): Field => ({
  form: 'text',
  sql: column,
  sort: `${column} COLLATE NOCASE`,
})
const number = (column: string): Field => ({ form: 'number', sql: column, sort: column })
/** Unknown comes before all that is known. */
const numberOrNull = (column: string): Field => ({
  form: 'number',
  sql: column,
  sort: `coalesce(${column}, -1)`,
})
const flag = (column: string): Field => ({ form: 'flag', sql: column, sort: column })
const word = (column: string): Field => ({ form: 'word', sql: column })
const end = (...columns: string[]): Field => ({ form: 'end', sql: columns.join(' ') })

export const DEVICE_FIELDS: Fields = {
  id: { form: 'text', sql: 'id', sort: 'id' },
  name: text('name'),
  category: text('category'),
  kind: text('kind'),
  vendor: text('vendor'),
  model: text('model'),
  os: text('os'),
  status: text('status'),
  importance: text('importance'),
  site: text('site'),
  zone: text('zone'),
  mac: { form: 'line', sql: 'number', sort: 'mac' },
  ip: { form: 'line', sql: 'number', sort: 'ip' },
  vlan: { form: 'listed', sql: 'vlans' },
  tag: { form: 'listed', sql: 'tags' },
  role: { form: 'listed', sql: 'roles' },
  risk: number('risk'),
  packets: number('packets'),
  bytes: number('bytes'),
  first_seen: number('first_seen'),
  last_seen: number('last_seen'),
  new: flag('new'),
  authorized: { form: 'answer', sql: 'authorized', sort: 'authorized' },
  randomized_mac: flag('randomized_mac'),
  routed: flag('routed'),
}

export const CONVERSATION_FIELDS: Fields = {
  from: end('source'),
  to: end('target'),
  device: end('source', 'target'),
  transport: word('transport'),
  protocol: word('protocol'),
  scope: word('scope'),
  port: number('port'),
  name: text('name'),
  packets: number('packets'),
  bytes_out: number('bytes_out'),
  bytes_in: number('bytes_in'),
  community_id: { form: 'text', sql: 'community_id' },
  round_trip_smallest_us: numberOrNull('round_trip_smallest'),
  round_trip_last_us: numberOrNull('round_trip_last'),
  first_seen: number('first_seen'),
  last_seen: number('last_seen'),
}

export const RECOMMENDATION_FIELDS: Fields = {
  recommendation: { form: 'text', sql: 'recommendation', sort: 'recommendation' },
  topic: text('topic'),
  device: { form: 'end', sql: 'device' },
  status: text('status'),
  severity: {
    form: 'text',
    sql: 'severity',
    // The gravest is the highest.
    sort: "instr('low medium high critical', severity)",
  },
  first: number('first'),
  last: number('last'),
  resolved: number('coalesce(resolved, 0)'),
}

export const FACT_FIELDS: Fields = {
  device: { form: 'end', sql: 'device' },
  fact: word('fact'),
  protocol: word('protocol'),
  value: { form: 'text', sql: 'value' },
  first: { form: 'number', sql: 'first' },
  last: { form: 'number', sql: 'last' },
  count: { form: 'number', sql: 'count' },
}
