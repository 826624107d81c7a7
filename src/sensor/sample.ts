/**
 * A moment's look at interfaces, to choose one by: the kernel counts the frames to others, and not
 * one of them is read.
 */

import type { Addon } from '../capture/addon.js'
import type { Sample } from './choose.js'
import { describe, type Interface } from './interfaces.js'
import { ownAddresses } from './own-traffic.js'

export const SAMPLE_MS = 1500
const ETHERNET = 1
const SNAPLEN = 64
/** A ring must have a shape, though nobody reads this one. */
const SHAPE = {
  block_bytes: 131_072,
  blocks: 2,
  timeout_ms: 50,
  promiscuous: true,
  incoming_only: true,
}
/** A filter with more addresses than this would be longer than the kernel takes. */
const OWN_MAX = 64

/** Counts for `wait_ms` what each interface carries; takes one socket for each, and closes it. */
export async function sample(
  addon: Addon,
  interfaces: readonly Interface[],
  sockets: readonly number[],
  wait_ms = SAMPLE_MS,
): Promise<Sample[]> {
  const filter = addon.compile(toOthers(addon), ETHERNET, SNAPLEN)
  if ('error' in filter) throw new Error(`cannot choose an interface: ${filter.error}: name one`)
  interfaces.forEach(({ name }, i) => {
    // One that can't be heard is one that carries nothing.
    if (addon.ringOpen(sockets[i]!, { ...SHAPE, interface: name }) !== undefined) return
    addon.ringFilter(sockets[i]!, filter.instructions)
  })
  const counts = new Uint32Array(3)
  for (const socket of sockets) addon.statistics(socket, counts)
  await new Promise(resolve => setTimeout(resolve, wait_ms))
  const later = new Map(describe(addon.interfaces()).map(one => [one.name, one.received]))
  return interfaces.map(({ name, received }, i) => {
    const known = addon.statistics(sockets[i]!, counts) === undefined
    addon.close(sockets[i]!)
    const now = later.get(name) ?? received
    return { name, foreign: known ? counts[0]! : 0, received: Math.max(0, now - received) }
  })
}

/** Frames to one station that is not this machine. */
function toOthers(addon: Addon): string {
  const own = [...ownAddresses(addon.interfaces())].slice(0, OWN_MAX)
  return ['not ether multicast', ...own.map(mac => `not ether dst ${mac}`)].join(' and ')
}
