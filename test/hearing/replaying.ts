/** A live worker whose ears play frames from memory; and which fails over one kind of frame. */

import { receiveMessageOnPort, workerData } from 'node:worker_threads'
import { Listening } from '../../src/hearing/listening.js'
import type { LiveStart, Order } from '../../src/hearing/live-post.js'
import { Secrets } from '../../src/hearing/secrets.js'
import { facts, protocols } from '../../src/protocols/index.js'
import type { Protocol } from '../../src/protocols/protocol.js'
import { ReplayEar, type Replay } from './replay.js'

/** An ethertype for experiments: a frame of it is more than this parser can bear. */
const faulty: Protocol = {
  name: 'faulty',
  standard: 'none',
  tells: 'nothing',
  heard: ['ether/88b5'],
  facts: [],
  parse: () => {
    throw new Error('the parser fell over')
  },
}

const start = workerData as LiveStart
const { port, discretion } = start
const asleep = new Int32Array(new SharedArrayBuffer(4))

new Listening(
  start,
  { protocols: [...protocols, faulty], facts, secrets: new Secrets(start.key), discretion },
  {
    openEar: plan => new ReplayEar(plan.mapping as Replay),
    wait: (_sockets, _ready, _wake, timeout_ms) => {
      Atomics.wait(asleep, 0, 0, Math.min(timeout_ms, 5))
      return 0
    },
    fault: () => '',
    order: () => receiveMessageOnPort(port)?.message as Order | undefined,
    report: report => port.postMessage(report),
    now: () => performance.now(),
    wall: () => Date.now(),
  },
).run()
port.close()
