/** What can be asked, as data: a path, what it is for, what it answers, and who knows the answer. */

import type { Health, Unready } from '../model/health.js'
import { apiError, type ApiError } from './errors.js'
import { openApi } from './openapi.js'
import { aliveSchema, healthSchema, readySchema, type Schema } from './schemas.js'

/** What the API asks the sensor. */
export interface Sensor {
  readonly version: string
  health(): Health
  /** Why it isn't ready; nothing if it is. */
  unready(): readonly Unready[]
  metrics(): Promise<{ readonly type: string; readonly text: string }>
}

export interface Answer {
  readonly status: number
  /** JSON, unless another type is given. */
  readonly body: unknown
  readonly type?: string
}

export interface Route {
  readonly path: string
  readonly summary: string
  /** By status; undefined is text. Errors are added. */
  readonly answers: Readonly<Record<number, Schema | undefined>>
  answer(sensor: Sensor): Answer | Promise<Answer>
}

const ok = (body: unknown): Answer => ({ status: 200, body })

export const routes: readonly Route[] = [
  {
    path: '/healthz',
    summary: 'Whether the sensor is alive.',
    answers: { 200: aliveSchema },
    answer: () => ok({ status: 'alive' }),
  },
  {
    path: '/readyz',
    summary: 'Whether its sources are open; if not, why.',
    answers: { 200: readySchema },
    answer: sensor => {
      const why = sensor.unready()
      return why.length === 0 ? ok({ status: 'ready' }) : { status: 503, body: notReady(why) }
    },
  },
  {
    path: '/metrics',
    summary: 'Counters and gauges for Prometheus.',
    answers: { 200: undefined },
    answer: async sensor => {
      const { type, text } = await sensor.metrics()
      return { status: 200, body: text, type }
    },
  },
  {
    path: '/api/v1/health',
    summary: 'How the sensor is: sources, the ledger of frames, and what should be mended.',
    answers: { 200: healthSchema },
    answer: sensor => ok(sensor.health()),
  },
  {
    path: '/api/openapi.json',
    summary: 'This description.',
    answers: { 200: { type: 'object', additionalProperties: true } },
    answer: sensor => ok(openApi(routes, sensor.version)),
  },
]

const notReady = (why: readonly Unready[]): ApiError =>
  apiError(
    'not-ready',
    why.map(({ what }) => what).join('; '),
    why.map(({ mend }) => mend).join('; '),
  )
