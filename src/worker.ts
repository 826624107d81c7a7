/** One worker of a pool that reads a file: it hears its share of every chunk. */

import { parentPort, workerData } from 'node:worker_threads'
import { TOLD_WORDS } from './hearing/conversation-rows.js'
import { countsOf } from './hearing/crew.js'
import { Hearing } from './hearing/hearing.js'
import type { FromWorker, ToWorker, WorkerStart } from './hearing/post.js'
import { Secrets } from './hearing/secrets.js'
import { copyTold, packTold } from './hearing/told-conversations.js'
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

  add(row: Int32Array<ArrayBuffer>): void {
    this.rows.push(row)
  }

  take(): Int32Array<ArrayBuffer>[] {
    const taken = this.rows
    this.rows = []
    return taken
  }
}
const leftStations = new Left()
const leftConversations = new Left()
stations.table.onEvict = row => {
  const { words, rowWords } = stations.table
  leftStations.add(words.slice(row, row + rowWords) as Int32Array<ArrayBuffer>)
}
hearing.onConversationLeft = row => {
  const told = { words: new Int32Array(TOLD_WORDS) }
  copyTold(conversations, row, told, 0)
  leftConversations.add(told.words)
}

function send(last: boolean): void {
  telling.onFull()
  const message: FromWorker = {
    batch: batches++,
    facts: factParts,
    coverage: hearing.coverage.take(),
    stations: [...leftStations.take(), ...(last ? [stations.table.pack()] : [])],
    conversations: [...leftConversations.take(), ...(last ? [packTold(conversations)] : [])],
    rowWords: {
      stations: stations.table.rowWords,
      conversations: TOLD_WORDS,
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
