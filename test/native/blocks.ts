/** Reads a ring's blocks for the tests: slowly, with a copy of each frame. */

import { join } from 'node:path'
import { type Addon, addon, builtIn, type RingShape } from '../../src/capture/addon.js'

export const ACCEPT = Uint32Array.of(6, 0, 0, 65_535)
const BLOCK_BYTES = 65_536
const BLOCKS = 8
const STATUS_AT = 8
const USER = 1

export const SHAPE: RingShape = {
  interface: 'near',
  block_bytes: BLOCK_BYTES,
  blocks: BLOCKS,
  timeout_ms: 10,
  promiscuous: true,
  incoming_only: false,
}

/** The path of what was built by that name. */
export const built = (name: string): string => join(builtIn() ?? '', 'native/build/Release', name)

/** The result, unless the call was refused. */
export function granted<T>(result: T): Exclude<T, { code: string }> {
  if (typeof result === 'object' && result !== null && 'code' in result) {
    throw new Error(JSON.stringify(result))
  }
  return result as Exclude<T, { code: string }>
}

export interface Ring {
  readonly socket: number
  readonly memory: ArrayBuffer
}

export function open(shape: Partial<RingShape> = {}, socket = granted(addon().socket())): Ring {
  granted(addon().ringOpen(socket, { ...SHAPE, ...shape }))
  return { socket, memory: granted(addon().ringMap(socket, BLOCK_BYTES * BLOCKS)) }
}

export function shut({ socket, memory }: Ring): void {
  addon().ringUnmap(memory)
  addon().close(socket)
}

/** All frames of the blocks that are ready; gives the blocks back. */
export function take(memory: ArrayBuffer): Buffer[] {
  const words = new Int32Array(memory)
  const frames: Buffer[] = []
  for (let block = 0; block < BLOCKS; block++) {
    const status = (block * BLOCK_BYTES + STATUS_AT) / 4
    if ((Atomics.load(words, status) & USER) === 0) continue
    frames.push(...framesOf(new DataView(memory, block * BLOCK_BYTES, BLOCK_BYTES)))
    Atomics.store(words, status, 0)
  }
  return frames
}

function framesOf(block: DataView): Buffer[] {
  const frames: Buffer[] = []
  let at = block.getUint32(16, true)
  for (let left = block.getUint32(12, true); left > 0; left--) {
    const start = block.byteOffset + at + block.getUint16(at + 24, true)
    const length = block.getUint32(at + 12, true)
    frames.push(Buffer.from(new Uint8Array(block.buffer, start, length).slice()))
    at += block.getUint32(at, true)
  }
  return frames
}

/** Waits and takes until there are as many frames, or for half a second. */
export function hear({ socket, memory }: Ring, count: number, native: Addon = addon()): Buffer[] {
  const ready = new Int32Array(1)
  const frames: Buffer[] = []
  for (let i = 0; i < 5 && frames.length < count; i++) {
    native.wait(Int32Array.of(socket), ready, -1, 100)
    frames.push(...take(memory))
  }
  return frames
}

/** A broadcast frame: its type and content follow the addresses. */
export function frame(rest: string, last = 1): Buffer {
  const head = `ffffffffffff0200000000${last.toString(16).padStart(2, '0')}${rest}`
  return Buffer.from(head.padEnd(120, '0'), 'hex')
}
