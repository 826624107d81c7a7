/** Routes of recommendations: what should be mended on which device, and whose risk somebody takes. */

import type { DeviceRecord } from '../../model/device.js'
import { findingJson } from '../../model/finding-json.js'
import { findingId, type Acceptance, type Finding } from '../../model/finding.js'
import { RECOMMENDATION_FIELDS } from '../../store/fields.js'
import type { OneRecommendation } from '../../store/one-recommendation.js'
import type { StoredFinding } from '../../store/recommendations.js'
import { audit } from '../auditing.js'
import { ok, type Answer, type Call, type Counsel, type Desk, type Route } from '../call.js'
import { RECOMMENDATION_COLUMNS } from '../csv.js'
import { page } from '../device-schemas.js'
import { Refusal } from '../errors.js'
import { listProperties } from '../query.js'
import { recommendationSchema, findingSchema } from '../recommendation-schemas.js'
import { body, line, list, orNull, time } from '../schemas.js'
import { listing, type Kind } from './listings.js'

/** Devices that a ticket names. */
const NAMED_MAX = 500
/** Devices of which the risk may be taken by one request. */
const ACCEPTED_MAX = 1000

const RECOMMENDATIONS = (counsel: Counsel): Kind<'recommendations'> => ({
  name: 'recommendations',
  fields: RECOMMENDATION_FIELDS,
  columns: RECOMMENDATION_COLUMNS,
  view: (row: StoredFinding) => view(row, counsel),
})

function view(row: StoredFinding, counsel: Counsel): Readonly<Record<string, unknown>> {
  const { recommendation, topic, status } = row
  const known = counsel.tell(recommendation, topic, [])
  const finding: Finding = {
    ...row,
    id: findingId(recommendation, topic),
    status,
    title: known?.title ?? recommendation,
    mend: known?.mend.join(' ') ?? '',
  }
  return findingJson(finding)
}

/** `update-vulnerable-software:OpenSSL 3.0.15` is a recommendation and what it is about. */
function asked({ params }: Call): { recommendation: string; topic: string } {
  const id = params.id!
  const end = id.indexOf(':')
  if (end < 0) return { recommendation: id, topic: '' }
  return { recommendation: id.slice(0, end), topic: id.slice(end + 1) }
}

async function named(desk: Desk, found: OneRecommendation): Promise<DeviceRecord[]> {
  const ids = found.unhealthy.slice(0, NAMED_MAX).map(({ device }) => device)
  const devices = await Promise.all(ids.map(id => desk.queries.ask('device', { id })))
  return devices.filter(device => device !== null)
}

async function one(call: Call, desk: Desk): Promise<Answer> {
  const { recommendation, topic } = asked(call)
  const found = await desk.queries.ask('one_recommendation', { recommendation, topic })
  const told = desk.counsel.tell(recommendation, topic, await named(desk, found))
  const isKnown = topic === '' || found.counts.unhealthy + found.counts.healthy > 0
  if (told === undefined || !isKnown) throw new Refusal('no-such-recommendation')
  return ok({
    id: findingId(recommendation, topic),
    ...told,
    counts: found.counts,
    unhealthy: found.unhealthy.map(row => view(row, desk.counsel)),
    healthy: found.healthy.map(row => view(row, desk.counsel)),
    not_observed: found.not_observed,
  })
}

interface Accepting {
  readonly devices?: readonly string[]
  readonly reason?: string
  readonly until?: string | null
}

/** Of the devices that are named, else of all that are unhealthy now. */
async function decide(call: Call, desk: Desk, acceptance: Acceptance | null): Promise<Answer> {
  const about = asked(call)
  const { devices } = (call.body ?? {}) as Accepting
  const found = await desk.queries.ask('one_recommendation', about)
  if (desk.counsel.tell(about.recommendation, about.topic, []) === undefined) {
    throw new Refusal('no-such-recommendation')
  }
  const ids = devices ?? found.unhealthy.map(({ device }) => device)
  const done = ids
    .slice(0, ACCEPTED_MAX)
    .filter(device => desk.store.accept({ ...about, device }, acceptance))
  if (devices !== undefined && done.length < devices.length) {
    const missing = devices.filter(id => !done.includes(id)).join(', ')
    if (done.length === 0) {
      throw new Refusal('conflict', `nothing to accept there: ${missing}`, 'name unhealthy devices')
    }
  }
  desk.decisions.accepted?.()
  const what = acceptance === null ? 'recommendation.unaccept' : 'recommendation.accept'
  const id = findingId(about.recommendation, about.topic)
  audit(call, desk, { what, about: id, after: { devices: done, ...acceptance } })
  return one(call, desk)
}

async function accept(call: Call, desk: Desk): Promise<Answer> {
  const { reason = '', until = null } = call.body as Accepting
  const at = desk.now()
  const end = until === null ? null : Date.parse(until)
  if (end !== null && !(end > at)) {
    throw new Refusal('bad-request', `until is over: ${String(until)}`, 'name a time to come')
  }
  return decide(call, desk, { by: call.caller.name, reason, at, until: end })
}

const devices = { ...list(line(128)), minItems: 1, maxItems: ACCEPTED_MAX }
const answers = { 200: recommendationSchema }

export const recommendationRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/recommendations',
    summary: 'What should be mended, a row for each device, the gravest first.',
    permission: 'read',
    query: listProperties(RECOMMENDATION_FIELDS, false),
    answers: { 200: page(findingSchema) },
    answer: (call, desk) => listing(call, desk, { kind: RECOMMENDATIONS(desk.counsel) }),
  },
  {
    method: 'GET',
    path: '/api/v1/recommendations/:id',
    summary:
      'One recommendation: who is healthy, who is not, of whom nothing was observed; a ticket.',
    permission: 'read',
    answers,
    answer: one,
  },
  {
    method: 'POST',
    path: '/api/v1/recommendations/:id/accept',
    summary: 'Takes the risk of a recommendation, for a reason and until a time.',
    permission: 'triage',
    body: body({ devices, reason: line(1000), until: orNull(time) }, 'reason'),
    answers,
    answer: accept,
  },
  {
    method: 'POST',
    path: '/api/v1/recommendations/:id/unaccept',
    summary: 'Takes the risk of a recommendation no longer.',
    permission: 'triage',
    body: body({ devices }, 'devices'),
    answers,
    answer: (call, desk) => decide(call, desk, null),
  },
]
