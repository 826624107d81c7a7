/** Asks the reader thread: so many questions at once, each for so long. */

import { Worker } from 'node:worker_threads'
import { StoreError, type StoreFault } from './errors.js'
import { QUESTIONS_MAX, QUESTION_MS } from './limits.js'
import type { Page } from './paging.js'
import { QueryError, type QueryFault } from './query-error.js'
import {
  withCursor,
  type Answer,
  type Asked,
  type ItemOf,
  type Listed,
  type Question,
} from './reading.js'

/** One question on its way. */
export interface Asking {
  readonly number: number
  readonly name: Question
  readonly asked: Asked<Question>
}

export interface Reply {
  readonly number: number
  readonly answer?: unknown
  readonly error?: {
    readonly kind: 'query' | 'store' | 'other'
    readonly code: string
    readonly message: string
    readonly mend: string
  }
}

interface Waiting {
  readonly asking: Asking
  readonly limit_ms: number
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

export interface QueriesOptions {
  readonly questions_max?: number
  /** How long one question may take, from when it is begun. */
  readonly limit_ms?: number
}

/** Threads that were given up and have not ended yet: SQLite lets nobody interrupt it. */
const GIVEN_UP_MAX = 2

export class Queries {
  /** Questions that were refused because too many waited, and those that took too long. */
  readonly refused = { crowded: 0, slow: 0 }
  private readonly path: string
  private readonly questions_max: number
  private readonly limit_ms: number
  private readonly queue: Waiting[] = []
  private worker: Worker | undefined
  private current: Waiting | undefined
  private timer: NodeJS.Timeout | undefined
  private numbers = 0
  private givenUp = 0
  private isClosed = false

  constructor(path: string, options: QueriesOptions = {}) {
    this.path = path
    this.questions_max = options.questions_max ?? QUESTIONS_MAX
    this.limit_ms = options.limit_ms ?? QUESTION_MS
  }

  get waiting(): number {
    return this.queue.length + (this.current === undefined ? 0 : 1)
  }

  /** Rejects with a QueryError, or with a StoreError: `slow`, `crowded`, or what the disk said. */
  ask<Name extends Question>(
    name: Name,
    asked: Asked<Name>,
    limit_ms = this.limit_ms,
  ): Promise<Answer<Name>> {
    if (this.isClosed) return Promise.reject(new StoreError('closed', this.path))
    if (this.waiting >= this.questions_max) {
      this.refused.crowded++
      return Promise.reject(new StoreError('crowded', this.path, String(this.questions_max)))
    }
    return new Promise<Answer<Name>>((resolve, reject) => {
      const asking = { number: ++this.numbers, name, asked }
      const done = resolve as (answer: unknown) => void
      this.queue.push({ asking, limit_ms, resolve: done, reject })
      this.next()
    })
  }

  /** Everything, page by page: the next one is read when the one before has been taken. */
  async *each<Name extends Listed>(name: Name, ask: Asked<Name>): AsyncGenerator<ItemOf<Name>[]> {
    let cursor: string | null | undefined = ask.cursor
    do {
      const page = (await this.ask(name, withCursor<Name>(ask, cursor))) as Page<ItemOf<Name>>
      yield [...page.items]
      cursor = page.cursor
    } while (cursor !== null)
  }

  async close(): Promise<void> {
    this.isClosed = true
    clearTimeout(this.timer)
    const closed = new StoreError('closed', this.path)
    for (const { reject } of this.queue.splice(0)) reject(closed)
    this.current?.reject(closed)
    this.current = undefined
    await this.worker?.terminate()
    this.worker = undefined
  }

  private next(): void {
    if (this.current !== undefined || this.isClosed) return
    if (this.worker === undefined && this.givenUp >= GIVEN_UP_MAX) return
    const waiting = this.queue.shift()
    if (waiting === undefined) return
    this.current = waiting
    this.worker ??= this.hire()
    this.worker.ref()
    this.timer = setTimeout(() => this.giveUp(), waiting.limit_ms)
    this.worker.postMessage(waiting.asking)
  }

  private hire(): Worker {
    const worker = new Worker(new URL('../store/reader.js', import.meta.url), {
      workerData: { path: this.path },
    })
    worker.on('message', (reply: Reply) => this.take(worker, reply))
    worker.on('error', error => this.fail(worker, error))
    return worker
  }

  private take(worker: Worker, reply: Reply): void {
    const waiting = this.current
    if (worker !== this.worker || waiting?.asking.number !== reply.number) return
    this.end()
    if (reply.error === undefined) waiting.resolve(reply.answer)
    else waiting.reject(errorOf(reply.error, this.path))
    this.next()
  }

  private end(): void {
    clearTimeout(this.timer)
    this.current = undefined
    // A thread that waits for questions must not keep the program alive.
    this.worker?.unref()
  }

  private fail(worker: Worker, error: Error): void {
    if (worker !== this.worker) return
    const waiting = this.current
    this.end()
    this.worker = undefined
    waiting?.reject(error)
    this.next()
  }

  /** The thread ends when SQLite lets go of it; another one goes on with what waits. */
  private giveUp(): void {
    const waiting = this.current
    const worker = this.worker
    this.end()
    this.worker = undefined
    this.refused.slow++
    this.givenUp++
    const ended = (): void => {
      this.givenUp--
      this.next()
    }
    worker?.terminate().then(ended, ended)
    waiting?.reject(new StoreError('slow', this.path, `${waiting.limit_ms} ms`))
    this.next()
  }
}

function errorOf({ kind, code, message, mend }: NonNullable<Reply['error']>, path: string): Error {
  if (kind === 'query') return new QueryError(code as QueryFault, message, mend)
  if (kind === 'store') return new StoreError(code as StoreFault, path)
  return new Error(message)
}
