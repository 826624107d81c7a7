/** Routes of learning periods, and the stream of events. */

import { audit } from '../auditing.js'
import { ok, signed, type Answer, type Desk, type Route } from '../call.js'
import { learningSchema } from '../device-schemas.js'
import { Refusal } from '../errors.js'
import { body, line } from '../schemas.js'
import { timeText, timeTextOrNull } from '../views.js'

function periods({ decisions }: Desk): Answer {
  const items = decisions.learning().map(({ segment, begun, until, ended }) => ({
    segment,
    begun: timeText(begun),
    until: timeText(until),
    ended: timeTextOrNull(ended),
  }))
  return ok({ items, cursor: null })
}

export const learningRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/learning',
    summary: 'Until when each segment is learned: what comes after that is new.',
    permission: 'read',
    answers: { 200: learningSchema },
    answer: (_call, desk) => periods(desk),
  },
  {
    method: 'POST',
    path: '/api/v1/learning/end',
    summary: 'Ends the learning of a segment early.',
    permission: 'edit',
    body: body({ segment: line(128) }, 'segment'),
    answers: { 200: learningSchema },
    answer: async (call, desk) => {
      const { segment } = call.body as { segment: string }
      const done = await desk.decisions.endLearning(segment, signed(call, desk))
      if (!done) throw new Refusal('no-such-segment')
      audit(call, desk, { what: 'learning.end', about: segment })
      return periods(desk)
    },
  },
]

export const eventRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/api/v1/events',
    summary: 'Devices, merges and what was forgotten, as server-sent events when it is committed.',
    permission: 'read',
    answers: { 200: undefined },
    isEndless: true,
    answer: async ({ caller, headers, isGone }, { feed, authority }) => {
      const last = headers['last-event-id']
      const heard = typeof last === 'string' ? last : undefined
      const stream = await feed.listen(heard, () => authority.stillKnows(caller))
      if (isGone()) stream.destroy()
      return {
        status: 200,
        type: 'text/event-stream; charset=utf-8',
        headers: { 'x-accel-buffering': 'no' },
        body: stream,
      }
    },
  },
]
