/** One worker that listens: it hears its rings in place, until it is told to stop. */

import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { addon } from './capture/addon.js'
import { monotonic } from './capture/monotonic.js'
import { RingEar, type RingMapping } from './capture/ring.js'
import { Listening } from './hearing/listening.js'
import type { EarPlan, LiveStart, Order } from './hearing/live-post.js'
import { Secrets } from './hearing/secrets.js'
import { facts, protocols } from './protocols/index.js'

const start = workerData as LiveStart
const { port } = start
const native = addon()

function openEar({ mapping, again, takes_over }: EarPlan): RingEar {
  const ring = mapping as RingMapping
  // Who died had discarded what came early.
  return new RingEar(native, { ...ring, early: again ? 0 : (ring.early ?? 0), takes_over })
}

function wait(sockets: Int32Array, ready: Int32Array, wake: number, timeout_ms: number): number {
  const count = native.wait(sockets, ready, wake, timeout_ms)
  if (wake >= 0) native.wakeClear(wake)
  return count
}

const listening = new Listening(
  start,
  { protocols, facts, secrets: new Secrets(start.key) },
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
