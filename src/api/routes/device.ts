/** Routes of one device: what is known of it, what was, and all of it at once. */

import type { DeviceRecord } from '../../model/device.js'
import { CONVERSATION_FIELDS, FACT_FIELDS } from '../../store/fields.js'
import { ok, type Answer, type Call, type Desk, type Route } from '../call.js'
import {
  conversationSchema,
  deviceDetailSchema,
  exportSchema,
  factSchema,
  historySchema,
  holdingSchema,
  page,
} from '../device-schemas.js'
import { Refusal } from '../errors.js'
import { jsonPieces, streamed } from '../exporting.js'
import { cursorProperty, limitProperty, listProperties } from '../query.js'
import {
  claimView,
  deviceView,
  documentParts,
  historyView,
  holdingView,
  keyView,
  mergeView,
} from '../views.js'
import { CONVERSATIONS, FACTS, listing } from './listings.js'

/** The device an id means today: one that was merged is the one it was merged into. */
export async function deviceOf({ params }: Call, { queries }: Desk): Promise<DeviceRecord> {
  const device = await queries.ask('device', { id: params.id! })
  if (device === null) throw new Refusal('no-such-device')
  return device
}

/** A device with its keys, its joins, and why it is taken for what it is. */
export async function detail(call: Call, desk: Desk): Promise<Answer> {
  const device = await deviceOf(call, desk)
  const { id } = device
  const [keys, merges] = await Promise.all([
    desk.queries.ask('keys_of', { id }),
    desk.queries.ask('merges_of', { id }),
  ])
  const body = {
    ...deviceView(device),
    keys: keys.map(keyView),
    merges: merges.map(mergeView),
    claims: (desk.sensor.claims?.(id) ?? []).map(claimView),
  }
  const place = `/api/v1/devices/${encodeURIComponent(id)}`
  return { status: 200, body, headers: { 'content-location': place } }
}

async function whole({ params }: Call, desk: Desk): Promise<Answer> {
  const document = await desk.queries.ask('document', { id: params.id! })
  if (document === null) throw new Refusal('no-such-device')
  const head = { schema: 'onlooker.device/1', device: deviceView(document.device) }
  const name = document.device.id.replace(/[^\w.-]/g, '_')
  return {
    status: 200,
    type: 'application/json; charset=utf-8',
    headers: { 'content-disposition': `attachment; filename="device-${name}.json"` },
    body: streamed(jsonPieces(head, documentParts(document)), desk),
  }
}

const eventProperties = { limit: limitProperty, cursor: cursorProperty }

export const deviceRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/devices/:id',
    summary:
      'A device with its keys, joins, edits and claims; an id that was merged means where it went.',
    permission: 'read',
    answers: { 200: deviceDetailSchema },
    answer: detail,
  },
  {
    method: 'GET',
    path: '/api/v1/devices/:id/facts',
    summary: 'What was said of a device.',
    permission: 'read',
    query: listProperties(without(FACT_FIELDS, 'device'), false),
    answers: { 200: page(factSchema) },
    answer: async (call, desk) => {
      const { id } = await deviceOf(call, desk)
      return listing(call, desk, { kind: FACTS, narrowed: { device: id } })
    },
  },
  {
    method: 'GET',
    path: '/api/v1/devices/:id/conversations',
    summary: 'Whom a device talked to.',
    permission: 'read',
    query: listProperties(without(CONVERSATION_FIELDS, 'device'), false),
    answers: { 200: page(conversationSchema) },
    answer: async (call, desk) => {
      const { id } = await deviceOf(call, desk)
      return listing(call, desk, { kind: CONVERSATIONS, narrowed: { device: id } })
    },
  },
  {
    method: 'GET',
    path: '/api/v1/devices/:id/history',
    summary: 'What changed on a device, when, and because of what; the newest first.',
    permission: 'read',
    query: eventProperties,
    answers: { 200: page(historySchema) },
    answer: async (call, desk) => {
      const { id } = await deviceOf(call, desk)
      const { items, cursor } = await desk.queries.ask('history_of', { ...call.query, id })
      return ok({ items: items.map(historyView), cursor })
    },
  },
  {
    method: 'GET',
    path: '/api/v1/devices/:id/addresses',
    summary: 'Which addresses a device held, from when to when.',
    permission: 'read',
    query: eventProperties,
    answers: { 200: page(holdingSchema) },
    answer: async (call, desk) => {
      const { id } = await deviceOf(call, desk)
      const { items, cursor } = await desk.queries.ask('holdings_of', { ...call.query, id })
      return ok({ items: items.map(holdingView), cursor })
    },
  },
  {
    method: 'GET',
    path: '/api/v1/devices/:id/export',
    summary: 'Everything that is kept of a device, as one document.',
    permission: 'read',
    answers: { 200: exportSchema },
    answer: whole,
  },
]

function without<T>(fields: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name))
}
