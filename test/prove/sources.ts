/**
 * What a live source costs: `node dist/test/prove/sources.js SOURCE INTERFACE SECONDS`, with SOURCE
 * one of ring, libpcap, cap, pcap, while somebody sends. Nothing looks at the frames.
 */

import { setImmediate } from 'node:timers/promises'
import { argv, cpuUsage, stdout } from 'node:process'
import { addon } from '../../src/capture/addon.js'
import { openCap } from '../../src/capture/cap.js'
import { CopyingEar } from '../../src/capture/copying.js'
import type { Ear } from '../../src/capture/ear.js'
import { everything, openGroup } from '../../src/capture/group.js'
import { openLibpcap } from '../../src/capture/libpcap.js'
import { openNpmPcap } from '../../src/capture/npm-pcap.js'
import { RecordQueue } from '../../src/capture/record-queue.js'
import { RingEar } from '../../src/capture/ring.js'
import { fanoutProgram } from '../../src/layers/fanout.js'
import { granted } from '../native/blocks.js'

const [, , source = 'ring', name = 'near', seconds = '3'] = argv

const SHAPE = { block_bytes: 512 << 10, blocks: 128 }
const SNAPLEN = 65535
const CUT = 4
const WAIT_MS = 20

function ring(): Ear {
  const socket = granted(addon().socket())
  const shape = { ...SHAPE, timeout_ms: 50, promiscuous: true, incoming_only: true }
  const program = fanoutProgram(1)
  const filter = everything(SNAPLEN)
  openGroup(addon(), {
    interface: name,
    sockets: [socket],
    shape,
    program,
    filter,
    snaplen: SNAPLEN,
  })
  return new RingEar(addon(), { socket, ...SHAPE, port: 0, link: 1 })
}

function copying(): Ear {
  if (source === 'libpcap') {
    const options = { interface: name, snaplen: SNAPLEN, promiscuous: true, filter: '' }
    return new CopyingEar(openLibpcap(addon(), options))
  }
  const queue = new RecordQueue(name)
  const open = source === 'cap' ? openCap : openNpmPcap
  open({ interface: name, filter: '', queue })
  return new CopyingEar(queue)
}

const ear = source === 'ring' ? ring() : copying()
const waits = Int32Array.of(ear.socket)
const ready = new Int32Array(1)
let octets = 0
let frames = 0
const start = cpuUsage()
const end = Date.now() + Number(seconds) * 1000
while (Date.now() < end) {
  for (let i = 0; i < CUT && ear.next(); i++) {
    frames += ear.batch.count
    for (let k = 0; k < ear.batch.count; k++) octets += ear.batch.wire[k]!
    ear.release()
  }
  if (ear.socket >= 0) addon().wait(waits, ready, -1, WAIT_MS)
  else if (source !== 'libpcap') await setImmediate()
}
const { user, system } = cpuUsage(start)
const { received, dropped } = ear.statistics()
const cost = (part: number): string => ((part * 1000) / Math.max(frames, 1)).toFixed(0)
stdout.write(
  `${source}: ${frames} frames (${octets} bytes), ${received} received, ${dropped} dropped; ` +
    `${cost(user)} ns user and ${cost(system)} ns system a frame\n`,
)
process.exit(0)
