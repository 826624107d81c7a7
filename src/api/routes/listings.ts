/** Routes that list devices, facts and conversations, or count them. */

import { TABS } from '../../model/kinds.js'
import type { ConversationRecord, DeviceRecord, FactRecord } from '../../model/device.js'
import { CONVERSATION_FIELDS, DEVICE_FIELDS, FACT_FIELDS, type Fields } from '../../store/fields.js'
import type { Ask, Page } from '../../store/paging.js'
import type { Asked, Counts, Listed } from '../../store/reading.js'
import { ok, type Answer, type Call, type Desk, type Route } from '../call.js'
import { CONVERSATION_COLUMNS, DEVICE_COLUMNS, FACT_COLUMNS, type Column } from '../csv.js'
import {
  conversationSchema,
  countsSchema,
  deviceSchema,
  factSchema,
  page,
} from '../device-schemas.js'
import { exported } from '../exporting.js'
import { askOf, filterOf, filterProperties, formatOf, listProperties } from '../query.js'
import { conversationView, deviceView, factView } from '../views.js'

/** A listing: what it is of, and how a row is told. */
export interface Kind<Name extends Listed> {
  readonly name: Name
  readonly fields: Fields
  readonly columns: readonly Column[]
  view(row: never): Readonly<Record<string, unknown>>
}

const DEVICES: Kind<'devices'> = {
  name: 'devices',
  fields: DEVICE_FIELDS,
  columns: DEVICE_COLUMNS,
  view: (row: DeviceRecord) => deviceView(row),
}

export const CONVERSATIONS: Kind<'conversations'> = {
  name: 'conversations',
  fields: CONVERSATION_FIELDS,
  columns: CONVERSATION_COLUMNS,
  view: (row: ConversationRecord) => conversationView(row),
}

export const FACTS: Kind<'facts'> = {
  name: 'facts',
  fields: FACT_FIELDS,
  columns: FACT_COLUMNS,
  view: (row: FactRecord) => factView(row),
}

/** A page as JSON, or everything as CSV or lines of JSON. `narrowed` holds whatever is asked. */
export async function listing<Name extends Listed>(
  call: Call,
  desk: Desk,
  { kind, narrowed = {} }: { kind: Kind<Name>; narrowed?: Ask['filter'] },
): Promise<Answer> {
  const { name, fields, columns, view } = kind
  const plain = askOf(call.query, fields)
  const ask = { ...plain, filter: { ...plain.filter, ...narrowed } } as Asked<Name>
  const format = call.method === 'HEAD' ? 'json' : formatOf(call.query, call.headers.accept)
  if (format !== 'json') {
    return exported<Name>(desk, { name, ask, format, columns, view, title: name })
  }
  const { items, cursor } = (await desk.queries.ask(name, ask)) as Page<never>
  return ok({ items: items.map(row => view(row)), cursor })
}

/** How many there are under each tab. */
function countsView({ devices, new: fresh, category, kind, status }: Counts): object {
  const tabs = Object.entries(TABS).map(([tab, categories]) => [
    tab,
    categories.reduce((sum, one) => sum + (category[one] ?? 0), 0),
  ])
  return { devices, new: fresh, tabs: Object.fromEntries(tabs) as object, category, kind, status }
}

export const listingRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/devices',
    summary: 'Devices, the last heard first.',
    permission: 'read',
    query: listProperties(DEVICE_FIELDS, true),
    answers: { 200: page(deviceSchema) },
    answer: (call, desk) => listing(call, desk, { kind: DEVICES }),
  },
  {
    method: 'GET',
    path: '/api/v1/counts',
    summary: 'How many devices there are: in all, by tab, category, kind and status.',
    permission: 'read',
    query: filterProperties(DEVICE_FIELDS),
    answers: { 200: countsSchema },
    answer: async ({ query }, { queries }) =>
      ok(countsView(await queries.ask('counts', { filter: filterOf(query, DEVICE_FIELDS) }))),
  },
  {
    method: 'GET',
    path: '/api/v1/facts',
    summary: 'What was said, each statement once, with when and how often.',
    permission: 'read',
    query: listProperties(FACT_FIELDS, false),
    answers: { 200: page(factSchema) },
    answer: (call, desk) => listing(call, desk, { kind: FACTS }),
  },
  {
    method: 'GET',
    path: '/api/v1/conversations',
    summary: 'Who talked to whom, the last heard first.',
    permission: 'read',
    query: listProperties(CONVERSATION_FIELDS, false),
    answers: { 200: page(conversationSchema) },
    answer: (call, desk) => listing(call, desk, { kind: CONVERSATIONS }),
  },
]
