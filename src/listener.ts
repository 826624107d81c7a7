/** One worker that listens: it hears its rings in place, until it is told to stop. */

import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { addon } from './capture/addon.js'
import { monotonic } from './capture/monotonic.js'
import type { Ear } from './capture/ear.js'
import { openEar as earOf, type EarMapping } from './capture/open-ear.js'
import { Listening } from './hearing/listening.js'
import type { EarPlan, LiveStart, Order } from './hearing/live-post.js'
import { Secrets } from './hearing/secrets.js'
import { facts, protocols } from './protocols/index.js'

const start = workerData as LiveStart
const { port } = start
const native = addon()

function openEar({ mapping, again, takes_over }: EarPlan): Ear {
  const wanted = mapping as EarMapping
  if (wanted.source === 'libpcap' || wanted.source === 'queue') return earOf(native, wanted)
  // Who died had discarded what came early.
  return earOf(native, { ...wanted, early: again ? 0 : (wanted.early ?? 0), takes_over })
}

function wait(sockets: Int32Array, ready: Int32Array, wake: number, timeout_ms: number): number {
  const count = native.wait(sockets, ready, wake, timeout_ms)
  if (wake >= 0) native.wakeClear(wake)
  return count
}

const listening = new Listening(
  start,
  { protocols, facts, secrets: new Secrets(start.key), discretion: start.discretion },
  {
    openEar,
    wait,
    fault: socket => native.socketError(socket),
    order: () => receiveMessageOnPort(port)?.message as Order | undefined,
    report: report => port.postMessage(report),
    now: monotonic(),
    wall: () => Date.now(),
  },
)
listening.run()
port.close()
