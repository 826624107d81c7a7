/** The machine's interfaces: what the system lists, and what kind of thing each of them is. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Seen } from '../capture/addon.js'

/** Where Linux describes interfaces. */
const FOLDER = '/sys/class/net'
const ETHERNET = 1
/** Names that container engines, hypervisors and VPNs give. */
const CONTAINERS =
  /^(docker|br-|virbr|vnet|cni|cali|flannel|cilium|kube|lxc|lxd|podman|nerdctl|zt|tailscale|tun|tap|wg|ppp|vpn)/
/** Device types that carry what another interface carries as well, or only this machine's own. */
const DERIVED = ['vlan', 'vxlan', 'geneve', 'wireguard', 'macvlan', 'macvtap', 'ipvlan', 'dummy']

/**
 * - physical: a network card, also a virtual machine's
 * - bond, bridge: made of others
 * - veth: one end of a virtual cable
 * - member: belongs to a bond or bridge that hears the same
 * - container: made by a container engine, a hypervisor or a VPN
 * - derived: shows a part of another interface again
 */
export type Kind =
  'physical' | 'bond' | 'bridge' | 'veth' | 'loopback' | 'member' | 'container' | 'derived'

export interface Interface extends Seen {
  readonly kind: Kind
  /** Frames since the interface came up, by its own count. */
  readonly received: number
}

/** Adds to what the addon lists what the system's files say. */
export function describe(seen: readonly Seen[], folder = FOLDER): Interface[] {
  return seen.map(one => ({
    ...one,
    kind: kindOf(one, join(folder, one.name)),
    received: count(join(folder, one.name, 'statistics', 'rx_packets')),
  }))
}

function kindOf({ name, loopback, hardware }: Seen, folder: string): Kind {
  const has = (file: string): boolean => existsSync(join(folder, file))
  if (loopback) return 'loopback'
  if (has('brport') || has('bonding_slave')) return 'member'
  if (has('device')) return 'physical'
  if (CONTAINERS.test(name)) return 'container'
  if (has('bonding')) return 'bond'
  if (has('bridge')) return 'bridge'
  const type = /^DEVTYPE=(.*)$/m.exec(text(join(folder, 'uevent')))?.[1] ?? ''
  if (hardware !== ETHERNET || DERIVED.includes(type)) return 'derived'
  // The two ends of a virtual cable name each other; nothing else without a type does.
  return count(join(folder, 'iflink')) === count(join(folder, 'ifindex')) ? 'derived' : 'veth'
}

/** A number from a file of one line; 0 if it can't be read, as when the interface just went. */
export function count(file: string): number {
  const number = Number(text(file))
  return Number.isFinite(number) ? number : 0
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    return ''
  }
}

/** `lo, eth0 and eth1`, for whoever named one that isn't there. */
export function nameList(names: readonly string[]): string {
  if (names.length < 2) return names[0] ?? 'none'
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`
}
