/** Schemas of recommendations. */

import { SEVERITIES } from '../model/health.js'
import {
  anything,
  count,
  list,
  oneOf,
  orNull,
  record,
  text,
  textOrNull,
  time,
  timeOrNull,
} from './schemas.js'

const proof = record({ fact: text, value: text, rule: text, first: timeOrNull, last: timeOrNull })
const acceptance = record({ by: text, reason: text, at: time, until: timeOrNull })

export const findingSchema = record({
  id: text,
  title: text,
  device: text,
  status: oneOf('unhealthy', 'resolved', 'accepted', 'healthy'),
  severity: oneOf(...SEVERITIES),
  first: time,
  last: time,
  resolved: timeOrNull,
  because: textOrNull,
  accepted: orNull(acceptance),
  evidence: list(proof),
  mend: text,
})

export const recommendationSchema = record({
  id: text,
  title: text,
  severity: oneOf(...SEVERITIES),
  why: text,
  mend: list(text),
  ticket: text,
  walls: anything,
  counts: record({ unhealthy: count, healthy: count, not_observed: count }),
  unhealthy: list(findingSchema),
  healthy: list(findingSchema),
  not_observed: list(text),
})
