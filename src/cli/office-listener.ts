/** The worker of `onlooker demo --live`: as one that listens, but what it hears is the generated office. */

import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { monotonic } from '../capture/monotonic.js'
import { Listening } from '../hearing/listening.js'
import type { LiveStart, Order } from '../hearing/live-post.js'
import { Secrets } from '../hearing/secrets.js'
import { facts, protocols } from '../protocols/index.js'
import { OfficeEar } from './office-ear.js'

const start = workerData as LiveStart
const { port } = start
const pause = new Int32Array(new SharedArrayBuffer(4))

const listening = new Listening(
  start,
  { protocols, facts, secrets: new Secrets(start.key), discretion: start.discretion },
  {
    openEar: ({ mapping }) => new OfficeEar((mapping as { seed: number }).seed, () => Date.now()),
    wait: (_sockets, _ready, _wake, timeout_ms) => {
      Atomics.wait(pause, 0, 0, timeout_ms)
      return 0
    },
    fault: () => '',
    order: () => receiveMessageOnPort(port)?.message as Order | undefined,
    report: report => port.postMessage(report),
    now: monotonic(),
    wall: () => Date.now(),
  },
)
listening.run()
port.close()
