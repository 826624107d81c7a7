/** The thread that answers questions, so that nothing waits for a disk in the main thread. */

import { parentPort, workerData } from 'node:worker_threads'
import { openFile, prepareWriting, type Connection } from './connection.js'
import { StoreError } from './errors.js'
import type { Asking, Reply } from './queries.js'
import { QueryError } from './query-error.js'
import { Reading } from './reading.js'

const { path } = workerData as { readonly path: string }
let writing: Connection | undefined

/** Only for copying the log: it waits for nobody, and nobody waits for it. */
function checkpoint(): void {
  if (writing === undefined) {
    writing = openFile(path)
    prepareWriting(writing, 'full')
  }
  writing.pragma('wal_checkpoint(PASSIVE)')
}

let reading: Reading | undefined

function reply({ number, name, asked }: Asking): Reply {
  try {
    reading ??= new Reading(path, checkpoint)
    return { number, answer: reading.ask(name, asked) }
  } catch (error) {
    return { number, error: told(error) }
  }
}

/** Errors lose what they are on their way through a thread's door. */
function told(error: unknown): NonNullable<Reply['error']> {
  if (error instanceof QueryError) {
    return { kind: 'query', code: error.code, message: error.message, mend: error.mend }
  }
  if (error instanceof StoreError) {
    return { kind: 'store', code: error.fault, message: error.message, mend: error.where }
  }
  return { kind: 'other', code: '', message: String((error as Error).stack ?? error), mend: '' }
}

parentPort?.on('message', (asking: Asking) => parentPort?.postMessage(reply(asking)))
