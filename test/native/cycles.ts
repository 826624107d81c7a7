/** Opens, maps, unmaps and closes rings over and over, in many threads. */

import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { RingShape } from '../../src/capture/addon.js'
import { built } from './blocks.js'

/** The kernel takes 30 ms to open and end a ring, waiting: so many threads do it at once. */
const THREADS = 16

const CYCLER = `
  const { parentPort, workerData: { path, shape } } = require('node:worker_threads')
  const native = require(path)
  function cycle(left) {
    const socket = native.socket()
    const refused = native.ringOpen(socket, shape)
    if (refused !== undefined) throw new Error(JSON.stringify(refused))
    native.ringUnmap(native.ringMap(socket, shape.block_bytes * shape.blocks))
    native.close(socket)
    if (left > 1) setImmediate(cycle, left - 1)
    else parentPort.postMessage('done')
  }
  parentPort.on('message', cycle)
`

export interface Use {
  readonly descriptors: number
  readonly mappings: number
  /** Memory that no file stands behind (RssAnon), in KiB. */
  readonly kib: number
}

export function use(): Use {
  const maps = readFileSync('/proc/self/maps', 'utf8').split('\n')
  const status = readFileSync('/proc/self/status', 'utf8')
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    mappings: maps.filter(line => line.includes('socket:')).length,
    kib: Number(/RssAnon:\s+(\d+)/.exec(status)?.[1]),
  }
}

/** What is in use before and after `count` rings; threads and their warming up don't count. */
export async function cycles(shape: RingShape, count: number): Promise<[before: Use, after: Use]> {
  const workerData = { path: built('onlooker.node'), shape }
  const threads = Array.from(
    { length: THREADS },
    () => new Worker(CYCLER, { eval: true, workerData }),
  )
  const each = async (rings: number): Promise<unknown> =>
    Promise.all(
      threads.map(async thread => {
        thread.postMessage(rings)
        return once(thread, 'message')
      }),
    )
  await each(20)
  const before = use()
  await each(Math.ceil(count / THREADS))
  const after = use()
  await Promise.all(threads.map(async thread => thread.terminate()))
  return [before, after]
}
