/**
 * How fast a full ring of 256 MB is walked: `node dist/test/prove/walk.js [INTERFACE]`. Of an
 * interface it waits until the ring is full; else frames of 64 bytes are put into memory. Nothing
 * looks at the frames, so this is what the ring itself costs.
 */

import { setTimeout as sleep } from 'node:timers/promises'
import { argv, stdout } from 'node:process'
import { addon } from '../../src/capture/addon.js'
import { everything, openGroup } from '../../src/capture/group.js'
import { RingEar } from '../../src/capture/ring.js'
import { fanoutProgram } from '../../src/layers/fanout.js'
import { MemoryRing } from '../capture/memory-ring.js'
import { granted } from '../native/blocks.js'

const BLOCK_BYTES = 512 << 10
const BLOCKS = 512
const ROUNDS = 5
const FULL = 0.99
const SECONDS_MAX = 20

function drain(ear: RingEar): void {
  const before = ear.statistics().walked
  const start = process.hrtime.bigint()
  while (ear.next()) ear.release()
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  const frames = ear.statistics().walked - before
  const rate = (frames / seconds / 1e6).toFixed(1)
  stdout.write(`${frames} frames in ${seconds.toFixed(3)} s: ${rate} million a second\n`)
}

function inMemory(): void {
  const ring = new MemoryRing(BLOCK_BYTES, BLOCKS)
  const ear = ring.ear()
  const frame = { bytes: new Uint8Array(60), nanos: 123_456_789 }
  const frames = Array.from({ length: BLOCK_BYTES / 128 }, () => frame)
  for (let round = 0; round < ROUNDS; round++) {
    for (let block = 0; block < BLOCKS; block++) {
      if (round === 0) ring.fill(block, frames)
      else ring.status(block, 1)
    }
    drain(ear)
  }
}

async function live(name: string): Promise<void> {
  const native = addon()
  const socket = granted(native.socket())
  const shape = { block_bytes: BLOCK_BYTES, blocks: BLOCKS }
  openGroup(native, {
    interface: name,
    sockets: [socket],
    shape: { ...shape, timeout_ms: 50, promiscuous: true, incoming_only: true },
    program: fanoutProgram(1),
    filter: everything(65535),
    snaplen: 65535,
  })
  const ear = new RingEar(native, { socket, ...shape, port: 0, link: 1 })
  for (let i = 0; i < SECONDS_MAX && ear.fill() < FULL; i++) await sleep(1000)
  drain(ear)
  ear.close()
  native.close(socket)
}

if (argv[2] === undefined) inMemory()
else await live(argv[2])
