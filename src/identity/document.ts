/** An inventory as its writers walk it: strings only where there are few of them. */

import type { CaptureSummary } from '../model/capture.js'
import type { Finding } from '../model/finding.js'
import type { Claim, Property } from '../model/judge.js'
import type { LocationRecord } from '../model/device.js'
import type { Addresses } from './addresses.js'
import type { Evidence } from './evidence.js'
import type { TalkList } from './talks.js'

export interface Service {
  readonly transport: 'tcp' | 'udp'
  readonly port: number
  readonly protocol: string | null
}

/** A further address that is the same device, and why. */
export interface Join {
  readonly who: string
  readonly why: string
  /** 0 to 1. */
  readonly score: number
}

export interface Device {
  readonly id: string
  readonly macs: readonly string[]
  readonly ipv4: readonly string[]
  readonly ipv6: readonly string[]
  /** What gateways call it. */
  readonly subAddresses: readonly string[]
  readonly vlans: readonly number[]
  /** What its network is called, and where that is; null where nobody said. */
  readonly network: string | null
  readonly zone: string | null
  readonly site: string | null
  readonly timezone: string
  readonly location: LocationRecord | null
  readonly names: readonly string[]
  readonly category: string
  readonly kind: string
  readonly vendor: string | null
  readonly model: string | null
  readonly os: { readonly name: string; readonly version: string | null } | null
  readonly firmware: string | null
  readonly serial: string | null
  readonly confidence: Readonly<Partial<Record<Property, number>>>
  readonly randomizedMac: boolean
  readonly routed: boolean
  /** The id of the gateway that it stands behind. */
  readonly behind: string | null
  readonly joins: readonly Join[]
  /** Microseconds since 1970. */
  readonly firstSeen: number
  readonly lastSeen: number
  readonly packets: number
  readonly bytes: number
  readonly services: readonly Service[]
  /** Numbers of statements, in the order they were made. */
  readonly evidence: readonly number[]
  readonly claims: readonly Claim[]
  readonly risk: number
}

export interface InventoryDocument {
  readonly capture: CaptureSummary
  /** Hardware and network addresses that were not mistaken for further devices. */
  readonly phantoms: number
  readonly devices: readonly Device[]
  readonly conversations: TalkList
  /** What should be mended; left out where nobody looked. */
  readonly recommendations?: readonly Finding[]
  readonly evidence: Evidence
  readonly addresses: Addresses
  /** The text of a name that a conversation has by number. */
  readonly nameText: (name: number) => string
}
