/** A scene of facts and rows, and what an inventory makes of it. */

import { writeJson } from '../../src/cli/inventory-json.js'
import { Inventory } from '../../src/identity/inventory.js'
import { Vendors } from '../../src/identity/vendors.js'
import type { AddressHeard, ConversationHeard, StationHeard, Told } from '../../src/model/heard.js'
import { Knowledge } from '../../src/rules/knowledge.js'
import { readRules } from '../../src/rules/read-rules.js'
import { EMPTY, station } from './load.js'

export const REGISTRY = new TextEncoder().encode(
  [
    '{',
    ' "000C29": "VMware, Inc.\\n3401 Hillview",',
    ' "3CD92B": "Hewlett Packard\\n11445 Compaq Center",',
    ' "70B3D5": "IEEE Registration Authority\\n445 Hoes Lane",',
    ' "D8FEE3": "D-Link \\"International\\"\\nSingapore",',
    ' "70B3D5F": "Half a byte Ltd",',
    ' "70B3D5F2F": "Whole byte Ltd"',
    '}',
  ].join('\n'),
)

export const A = '3c:d9:2b:00:00:01'
export const B = '00:0c:29:00:00:02'
export const ROUTER = 'd8:fe:e3:00:00:fe'
export const VIRTUAL = '00:00:5e:00:01:07'

export interface Json {
  readonly devices: readonly {
    readonly id: string
    readonly macs: readonly string[]
    readonly ipv4: readonly string[]
    readonly ipv6: readonly string[]
    readonly names: readonly string[]
    readonly vlans: readonly number[]
    readonly vendor: string | null
    readonly model: string | null
    readonly routed: boolean
    readonly joined: readonly object[]
    readonly randomized_mac: boolean
    readonly packets: number
    readonly services: readonly object[]
    readonly evidence: readonly { readonly fact: string; readonly value: string }[]
    readonly first_seen: string
    readonly last_seen: string
  }[]
  readonly conversations: readonly {
    readonly from: string
    readonly to: string
    readonly scope: string
    readonly protocol: string
    readonly port: number | null
    readonly name: string | null
    readonly packets: number
    readonly bytes_out: number
    readonly bytes_in: number
    readonly community_id: string | null
    readonly round_trip_smallest_us: number | null
    readonly round_trip_last_us: number | null
  }[]
}

export interface Scene {
  readonly told?: readonly Told[]
  readonly stations?: readonly StationHeard[]
  readonly addresses?: readonly AddressHeard[]
  readonly conversations?: readonly ConversationHeard[]
}

/** Believes one fact. */
const STATED = {
  rule: 'stated',
  claim: { model: '$value' },
  confidence: 0.9,
  when: { 'snmp.model': '/./' },
  why: 'It says so.',
  examples: [{ given: { 'snmp.model': 'X1' }, claim: { model: 'X1' } }],
  counterexamples: [{ 'snmp.model': '' }],
}
const JUDGE = new Knowledge(readRules([{ place: 'scene', entry: STATED }], new Set(['snmp.model'])))

/** What an inventory makes of a scene, as everybody gets to see it. */
export function read(scene: Scene, seed = 1): Json {
  const inventory = new Inventory({ seed, judge: JUDGE, vendors: new Vendors(() => REGISTRY) })
  for (const told of scene.told ?? []) inventory.tell(told)
  for (const row of scene.stations ?? []) inventory.station(row)
  for (const row of scene.addresses ?? []) inventory.address(row)
  for (const row of scene.conversations ?? []) inventory.conversation(row)
  let json = ''
  writeJson(inventory.finish(EMPTY), chunk => (json += Buffer.from(chunk).toString()))
  return JSON.parse(json) as Json
}

/** `mac: its addresses`, or `routed: ...` and `no mac: ...`, one line a device. */
export const holders = (scene: Scene): string[] =>
  read(scene).devices.map(({ macs, ipv4, ipv6, routed }) => {
    const who = macs[0] ?? (routed ? 'routed' : 'no mac')
    return `${who}: ${[...ipv4, ...ipv6].join(' ')}`.trimEnd()
  })

export const both = [station(A, { frame: 1 }), station(B, { frame: 2 })]
