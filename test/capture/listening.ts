/** Groups of rings on the cable of a test, and what they hear. */

import { setTimeout as sleep } from 'node:timers/promises'
import { type Addon, addon } from '../../src/capture/addon.js'
import { type Group, type GroupOptions, openGroup } from '../../src/capture/group.js'
import { RingEar } from '../../src/capture/ring.js'
import { fanoutProgram } from '../../src/layers/fanout.js'
import { granted } from '../native/blocks.js'

export const SHAPE = {
  block_bytes: 1 << 16,
  blocks: 16,
  timeout_ms: 8,
  promiscuous: true,
  incoming_only: true,
}

export function sockets(native: Addon, count: number): number[] {
  return Array.from({ length: count }, () => granted(native.socket()))
}

export function optionsOf(workers: number, more: Partial<GroupOptions> = {}): GroupOptions {
  return {
    interface: 'near',
    sockets: more.sockets ?? sockets(addon(), workers),
    shape: SHAPE,
    program: fanoutProgram(workers),
    snaplen: 65535,
    ...more,
  }
}

export interface Crew {
  readonly group: Group
  readonly ears: readonly RingEar[]
  close(): void
}

/** A group and the ears of its members, all in one thread. */
export function listen(workers: number, more: Partial<GroupOptions> = {}): Crew {
  const options = optionsOf(workers, more)
  const group = openGroup(addon(), options)
  const { block_bytes, blocks } = options.shape
  const ears = group.sockets.map((socket, i) => {
    const early = group.early[i]!
    return new RingEar(addon(), { socket, block_bytes, blocks, port: 3, link: 1, early })
  })
  const close = (): void => {
    for (const ear of ears) ear.close()
    group.close()
  }
  return { group, ears, close }
}

export interface Heard {
  readonly member: number
  readonly bytes: Uint8Array
  readonly tag: number
  readonly wire: number
  readonly seconds: number
  readonly port: number
}

const LOOKS_MAX = 200
const LOOK_MS = 5

/** Whatever all members hear until there are so many frames, or a second is over. */
export async function heard(ears: readonly RingEar[], wanted: number): Promise<Heard[]> {
  const frames: Heard[] = []
  for (let i = 0; i < LOOKS_MAX && frames.length < wanted; i++) {
    ears.forEach((ear, member) => {
      for (; ear.next(); ear.release()) frames.push(...framesOf(ear, member))
    })
    await sleep(LOOK_MS)
  }
  return frames
}

function framesOf({ batch }: RingEar, member: number): Heard[] {
  return Array.from({ length: batch.count }, (_, i) => ({
    member,
    bytes: batch.bytes.slice(batch.at[i]!, batch.at[i]! + batch.length[i]!),
    tag: batch.tagged ? batch.tag[i]! : 0,
    wire: batch.wire[i]!,
    seconds: batch.seconds[i]! >>> 0,
    port: batch.port[i]!,
  }))
}
