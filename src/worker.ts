/** One worker of a pool that reads a file: it hears its share of every chunk. */

import { parentPort, workerData } from 'node:worker_threads'
import { countsOf } from './hearing/crew.js'
import { Hearing } from './hearing/hearing.js'
import type { FromWorker, ToWorker, WorkerStart } from './hearing/post.js'
import { Secrets } from './hearing/secrets.js'
import type { Table } from './hearing/table.js'
import { facts, protocols } from './protocols/index.js'

const start = workerData as WorkerStart
const port = parentPort!
const { key, seed, discretion } = start
const hearing = new Hearing({ protocols, facts, secrets: new Secrets(key), seed, discretion })
const { stations, conversations, telling } = hearing

let factParts: Int32Array<ArrayBuffer>[] = []
let batches = 0

telling.onFull = (): void => {
  if (telling.used > 0) factParts.push(telling.words.slice(0, telling.used))
  telling.emptied()
}

/** Rows that were left since the last message, copied out of their table. */
class Left {
  private rows: Int32Array<ArrayBuffer>[] = []
  private readonly table: Table

  constructor(table: Table) {
    this.table = table
  }

  add(row: number): void {
    const { words, rowWords } = this.table
    this.rows.push(words.slice(row, row + rowWords) as Int32Array<ArrayBuffer>)
  }

  take(): Int32Array<ArrayBuffer>[] {
    const taken = this.rows
    this.rows = []
    return taken
  }
}
const leftStations = new Left(stations.table)
const leftConversations = new Left(conversations.table)
stations.table.onEvict = row => leftStations.add(row)
hearing.onConversationLeft = row => leftConversations.add(row)

function send(last: boolean): void {
  telling.onFull()
  const message: FromWorker = {
    batch: batches++,
    facts: factParts,
    coverage: hearing.coverage.take(),
    stations: [...leftStations.take(), ...(last ? [stations.table.pack()] : [])],
    conversations: [...leftConversations.take(), ...(last ? [conversations.table.pack()] : [])],
    rowWords: {
      stations: stations.table.rowWords,
      conversations: conversations.table.rowWords,
    },
    ...(last ? { counts: countsOf(hearing) } : {}),
  }
  const all = [...message.facts, ...message.stations, ...message.conversations]
  port.postMessage(
    message,
    all.map(words => words.buffer as ArrayBuffer),
  )
  factParts = []
}

port.on('message', (message: ToWorker) => {
  if ('last' in message) {
    hearing.end(message.last)
    send(true)
    return
  }
  const { batch, list } = start.slots[message.slot]!
  batch.count = message.frames
  hearing.hear(batch, message.firstFrame, list, message.count)
  send(false)
})
