/** Routes by which people decide about devices: edit, merge, split, pin, forget. */

import type { Edits } from '../../model/device.js'
import { audit } from '../auditing.js'
import { signed, type Answer, type Call, type Decided, type Desk, type Route } from '../call.js'
import { deviceDetailSchema, editsBody, receiptSchema } from '../device-schemas.js'
import { Refusal } from '../errors.js'
import { body, text, type Schema } from '../schemas.js'
import { receiptView } from '../views.js'
import { detail, deviceOf } from './device.js'

const idBody: Schema = { type: 'string', minLength: 1, maxLength: 128 }

/** As it is from now on. */
const told = (call: Call, desk: Desk, id: string): Promise<Answer> =>
  detail({ ...call, params: { id } }, desk)

async function edit(call: Call, desk: Desk): Promise<Answer> {
  const device = await deviceOf(call, desk)
  const edits = call.body as Edits
  const done = await desk.decisions.edit(device.id, edits, signed(call, desk))
  if (done === undefined) throw new Refusal('no-such-device')
  const fields = Object.keys(edits) as (keyof Edits)[]
  const before = Object.fromEntries(fields.map(field => [field, device.edits[field] ?? null]))
  audit(call, desk, { what: 'device.edit', about: device.id, before, after: edits })
  return told(call, desk, device.id)
}

interface Deed {
  readonly what: string
  readonly about: string
  readonly with?: unknown
}

/** What came of it: the device as it is now, or a conflict. */
async function decided(
  call: Call,
  desk: Desk,
  {
    outcome,
    deed,
  }: {
    outcome: Decided
    deed: Deed
  },
): Promise<Answer> {
  const { what, about } = deed
  if (!outcome.done) {
    audit(call, desk, { what, about, outcome: 'refused', after: deed.with })
    throw new Refusal('conflict', outcome.why, outcome.mend)
  }
  audit(call, desk, { what, about, after: deed.with })
  return told(call, desk, outcome.id)
}

async function merge(call: Call, desk: Desk): Promise<Answer> {
  const asked = call.body as { into: string; from: string }
  const [into, from] = await Promise.all(
    [asked.into, asked.from].map(id => deviceOf({ ...call, params: { id } }, desk)),
  )
  if (into!.id === from!.id) throw new Refusal('conflict', 'both ids are one device already')
  const outcome = await desk.decisions.merge(into!.id, from!.id, signed(call, desk))
  const deed = { what: 'device.merge', about: into!.id, with: { from: from!.id } }
  return decided(call, desk, { outcome, deed })
}

async function split(call: Call, desk: Desk): Promise<Answer> {
  const { id } = await deviceOf(call, desk)
  const { address } = call.body as { address: string }
  const outcome = await desk.decisions.split(id, address, signed(call, desk))
  const deed = { what: 'device.split', about: id, with: { address } }
  return decided(call, desk, { outcome, deed })
}

async function pin(call: Call, desk: Desk): Promise<Answer> {
  const { id } = await deviceOf(call, desk)
  const outcome = await desk.decisions.pin(id, signed(call, desk))
  return decided(call, desk, { outcome, deed: { what: 'device.pin', about: id } })
}

async function forget(call: Call, desk: Desk): Promise<Answer> {
  const { id } = await deviceOf(call, desk)
  const receipt = await desk.decisions.forget(id, signed(call, desk))
  if (receipt === undefined) throw new Refusal('no-such-device')
  const { removed, hash } = receipt
  audit(call, desk, { what: 'device.forget', about: id, after: { removed, hash } })
  return { status: 200, body: receiptView(receipt) }
}

const answers = { 200: deviceDetailSchema }

export const decisionRoutes: readonly Route[] = [
  {
    method: 'PATCH',
    path: '/api/v1/devices/:id',
    summary: 'Says something of a device; null takes it back.',
    permission: 'edit',
    body: editsBody,
    answers,
    answer: edit,
  },
  {
    method: 'POST',
    path: '/api/v1/devices/merge',
    summary: 'Joins two devices that are one.',
    permission: 'edit',
    body: body({ into: idBody, from: idBody }, 'into', 'from'),
    answers,
    answer: merge,
  },
  {
    method: 'POST',
    path: '/api/v1/devices/:id/split',
    summary: 'Takes an address, or an id that was merged, out of a device that is two.',
    permission: 'edit',
    body: body({ address: { ...text, minLength: 1, maxLength: 128 } }, 'address'),
    answers,
    answer: split,
  },
  {
    method: 'POST',
    path: '/api/v1/devices/:id/pin',
    summary: 'Keeps a device as it is: nothing is joined to it or taken out of it but by people.',
    permission: 'edit',
    answers,
    answer: pin,
  },
  {
    method: 'POST',
    path: '/api/v1/devices/:id/forget',
    summary: 'Erases all that is kept of a device, and tells what that was.',
    permission: 'erase',
    answers: { 200: receiptSchema },
    answer: forget,
  },
]
