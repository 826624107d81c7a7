/** The thread of one job: it looks, copies and reads, and says what came of it. */

import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { copyStore } from '../store/backup.js'
import { StoreError } from '../store/errors.js'
import { makeReady } from '../store/restore.js'
import { endpointsIn } from './endpoint-lists.js'
import { Refusal } from './errors.js'
import type { Job, JobName, JobKinds, Said } from './jobs.js'

/** Rows of one slice: a transaction of the main thread. */
const SLICE_ROWS = 250
/** How far a copy is, is said no more often than this. */
const TOLD_MS = 50

type Soon<T> = T | Promise<T>
type Doing = {
  readonly [Name in JobName]: (given: JobKinds[Name]['given']) => Soon<JobKinds[Name]['answer']>
}

const say = (said: Said): void => parentPort?.postMessage(said)

const DOING: Doing = {
  backup: ({ from, to }) => copyStore(from, to, { now: () => Date.now(), progress: seldom() }),
  restore: ({ path }) => makeReady(path),
  endpoints: handOver,
}

/** All of a list is looked at before any of it is given away. */
async function handOver({
  pieces,
  isJson,
}: JobKinds['endpoints']['given']): Promise<JobKinds['endpoints']['answer']> {
  const { source, endpoints } = endpointsIn(Buffer.concat(pieces).toString('utf8'), isJson)
  for (let at = 0; at < Math.max(endpoints.length, 1); at += SLICE_ROWS) {
    say({ kind: 'slice', slice: { source, endpoints: endpoints.slice(at, at + SLICE_ROWS) } })
    await once(parentPort!, 'message')
  }
  return { count: endpoints.length }
}

function seldom(): (...progress: Extract<Said, { kind: 'progress' }>['progress']) => void {
  let told = -Infinity
  return (step, done, total) => {
    const now = performance.now()
    if (step === 'copying' && now - told < TOLD_MS) return
    told = now
    say({ kind: 'progress', progress: [step, done, total] })
  }
}

/** Errors lose what they are on their way through a thread's door. */
function refusalOf(error: unknown): Said {
  if (error instanceof Refusal) {
    return { kind: 'refused', code: error.code, words: error.message, mend: error.mend }
  }
  if (error instanceof StoreError) {
    return { kind: 'store', fault: error.fault, where: error.where, words: error.detail }
  }
  throw error
}

const { name, given } = workerData as Job
const doing = DOING[name] as (given: unknown) => unknown
Promise.resolve()
  .then(() => doing(given))
  .then(
    answer => say({ kind: 'answer', answer }),
    (error: unknown) => say(refusalOf(error)),
  )
