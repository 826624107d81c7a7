/** Long work in a thread of its own, one piece after the other, so that the main loop only commits. */

import { Worker } from 'node:worker_threads'
import type { Backup, Progress } from '../store/backup.js'
import type { Endpoint } from '../store/endpoints.js'
import { StoreError, type StoreFault } from '../store/errors.js'
import { Refusal, type ErrorCode } from './errors.js'

/** What can be asked of the thread: what is given, and what comes of it. */
export interface JobKinds {
  readonly backup: { readonly given: { from: string; to: string }; readonly answer: Backup }
  /** Of the store at this path: what was brought for it is looked at. */
  readonly restore: { readonly given: { path: string }; readonly answer: Backup }
  /** A list as it was sent. */
  readonly endpoints: {
    readonly given: { pieces: readonly Uint8Array[]; isJson: boolean }
    readonly answer: { readonly count: number }
  }
}

export type JobName = keyof JobKinds

export interface Job<Name extends JobName = JobName> {
  readonly name: Name
  readonly given: JobKinds[Name]['given']
}

/** Some of a list that was found right, and under which name it was sent. */
export interface Slice {
  readonly source: string | null
  readonly endpoints: readonly Endpoint[]
}

/** What the thread says; after a slice it waits to be told to go on. */
export type Said =
  | { readonly kind: 'progress'; readonly progress: Parameters<Progress> }
  | { readonly kind: 'slice'; readonly slice: Slice }
  | { readonly kind: 'answer'; readonly answer: unknown }
  | {
      readonly kind: 'refused'
      readonly code: string
      readonly words: string
      readonly mend: string
    }
  | {
      readonly kind: 'store'
      readonly fault: string
      readonly where: string
      readonly words: string
    }

export interface Watch {
  readonly progress?: Progress
  /** Each is taken before the next one comes. */
  readonly take?: (slice: Slice) => void
}

interface Waiting {
  readonly job: Job
  readonly watch: Watch
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

/** JobKinds under way and waiting. */
const JOBS_MAX = 4
/** A job that takes longer has lost its way. */
const JOB_MS = 3_600_000

export class Jobs {
  private readonly waiting: Waiting[] = []
  private current: Waiting | undefined
  private worker: Worker | undefined
  private timer: NodeJS.Timeout | undefined

  /** Rejects with what the thread refused, or with `crowded`. */
  run<Name extends JobName>(job: Job<Name>, watch: Watch = {}): Promise<JobKinds[Name]['answer']> {
    if (this.waiting.length + (this.current === undefined ? 0 : 1) >= JOBS_MAX) {
      return Promise.reject(new Refusal('crowded', undefined, undefined, 5))
    }
    return new Promise<JobKinds[Name]['answer']>((resolve, reject) => {
      const done = resolve as (answer: unknown) => void
      this.waiting.push({ job, watch, resolve: done, reject })
      this.next()
    })
  }

  async close(): Promise<void> {
    for (const { reject } of this.waiting.splice(0)) reject(new Refusal('failed'))
    await this.end(({ reject }) => reject(new Refusal('failed', 'the sensor ends')))
  }

  private next(): void {
    if (this.current !== undefined) return
    const waiting = this.waiting.shift()
    if (waiting === undefined) return
    this.current = waiting
    const worker = new Worker(new URL('../api/job-thread.js', import.meta.url), {
      workerData: waiting.job,
    })
    this.worker = worker
    this.timer = setTimeout(() => this.fail(new Refusal('too-slow')), JOB_MS)
    worker.on('message', (said: Said) => this.hear(worker, waiting, said))
    worker.on('error', error => this.fail(error))
  }

  private hear(worker: Worker, { watch, resolve }: Waiting, said: Said): void {
    if (worker !== this.worker) return
    if (said.kind === 'progress') watch.progress?.(...said.progress)
    else if (said.kind === 'slice') this.takeSlice(worker, watch, said.slice)
    else if (said.kind === 'answer') void this.end(() => resolve(said.answer))
    else this.fail(errorOf(said))
  }

  private takeSlice(worker: Worker, { take }: Watch, slice: Slice): void {
    try {
      take?.(slice)
      worker.postMessage('next')
    } catch (error) {
      this.fail(error as Error)
    }
  }

  private fail(error: Error): void {
    void this.end(({ reject }) => reject(error))
  }

  /** The thread ends with its job, and what it took of memory with it. */
  private async end(tell: (waiting: Waiting) => void): Promise<void> {
    const { current, worker } = this
    clearTimeout(this.timer)
    this.worker = undefined
    if (current === undefined) return
    await worker?.terminate()
    this.current = undefined
    tell(current)
    this.next()
  }
}

function errorOf(said: Extract<Said, { kind: 'refused' | 'store' }>): Error {
  if (said.kind === 'refused') return new Refusal(said.code as ErrorCode, said.words, said.mend)
  return new StoreError(said.fault as StoreFault, said.where, said.words)
}
