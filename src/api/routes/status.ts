/** Routes that tell how the sensor itself is. */

import type { Unready } from '../../model/health.js'
import type { Wanted } from '../auth/permissions.js'
import { ok, type Front, type Route } from '../call.js'
import { apiError, type ApiError } from '../errors.js'
import {
  aliveSchema,
  censusSchema,
  healthSchema,
  readySchema,
  sensorsSchema,
} from '../health-schemas.js'

/** What monitoring asks. Whether metrics are for anyone, the settings say. */
export const frontRoutes = (metrics: Wanted): readonly Route<Front>[] => [
  {
    method: 'GET',
    path: '/healthz',
    summary: 'Whether the sensor is alive.',
    permission: 'anyone',
    answers: { 200: aliveSchema },
    answer: () => ok({ status: 'alive' }),
  },
  {
    method: 'GET',
    path: '/readyz',
    summary: 'Whether its sources are open and its store writes; if not, why.',
    permission: 'anyone',
    answers: { 200: readySchema },
    answer: (_call, { sensor }) => {
      const why = sensor.unready()
      return why.length === 0 ? ok({ status: 'ready' }) : { status: 503, body: notReady(why) }
    },
  },
  {
    method: 'GET',
    path: '/metrics',
    summary: 'Counters and gauges for Prometheus.',
    permission: metrics,
    answers: { 200: undefined },
    answer: async (_call, { sensor }) => {
      const { type, text } = await sensor.metrics()
      return { status: 200, body: text, type }
    },
  },
]

export const healthRoutes = (permission: Wanted): readonly Route<Front>[] => [
  {
    method: 'GET',
    path: '/api/v1/health',
    summary: 'How the sensor is: sources, the ledger of frames, and what should be mended.',
    permission,
    answers: { 200: healthSchema },
    answer: (_call, { sensor }) => ok(sensor.health()),
  },
]

export const sensorRoutes: readonly Route<Front>[] = [
  {
    method: 'GET',
    path: '/api/v1/sensors',
    summary: 'The sensors there are: this one.',
    permission: 'read',
    answers: { 200: sensorsSchema },
    answer: (_call, { sensor }) => {
      const { name, site, version, started, status, summary, sources } = sensor.health()
      const frames = sources.flatMap(({ last_frame }) => last_frame ?? []).sort()
      const one = {
        ...{ name, site, version, started, status, summary },
        interfaces: sources.map(source => source.interface),
        packets: sources.reduce((sum, { packets }) => sum + packets, 0),
        last_frame: frames.at(-1) ?? null,
      }
      return ok({ items: [one], cursor: null })
    },
  },
  {
    method: 'GET',
    path: '/api/v1/census',
    summary: 'What no parser knew: ethertypes, IP protocols and ports, with a sample of each.',
    permission: 'read',
    answers: { 200: censusSchema },
    answer: (_call, { sensor }) => ok(sensor.census()),
  },
]

const notReady = (why: readonly Unready[]): ApiError =>
  apiError(
    'not-ready',
    why.map(({ what }) => what).join('; '),
    why.map(({ mend }) => mend).join('; '),
  )
