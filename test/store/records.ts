/** Records for tests of the store: a device by its number, and all that may be said of it. */

import type { Changes } from '../../src/model/changes.js'
import type {
  ConversationRecord,
  DeviceRecord,
  FactRecord,
  KeyRecord,
  Time,
} from '../../src/model/device.js'

/** A Wednesday. */
export const NOON: Time = Date.UTC(2026, 10, 18, 12)

const KINDS = ['camera', 'printer', 'laptop', 'phone', 'switch', 'plc', 'server', 'tv'] as const
const CATEGORIES = ['iot', 'iot', 'computer', 'mobile', 'network', 'ot', 'server', 'iot'] as const
const VENDORS = ['D-Link', 'HP', 'Lenovo', 'Apple', 'Cisco', 'Siemens', 'Dell', 'Samsung'] as const

export const idOf = (number: number): string => number.toString(16).padStart(16, '0')

export const macOf = (number: number): string =>
  (0x02_00_00_00_00_00 + number)
    .toString(16)
    .padStart(12, '0')
    .replace(/..(?=.)/g, '$&:')

export const ipOf = (number: number): string =>
  `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`

export function device(number: number, more: Partial<DeviceRecord> = {}): DeviceRecord {
  const kind = number % KINDS.length
  return {
    id: idOf(number),
    ...{ macs: [macOf(number)], ipv4: [ipOf(number)], ipv6: [], vlans: [number % 40] },
    names: [`${KINDS[kind]!}-${number}`],
    ...{ category: CATEGORIES[kind]!, kind: KINDS[kind]!, vendor: VENDORS[kind]! },
    model: `Model ${number % 300}`,
    os: { name: 'Linux', version: null },
    ...{ firmware: null, serial: `SN${number}`, confidence: { kind: 0.9, vendor: 0.99 } },
    ...{ network: null, timezone: 'UTC', location: null, managed: null },
    ...{ randomized_mac: false, routed: false, roles: [], site: null, zone: null },
    services: [{ transport: 'tcp', port: 80, protocol: 'http', product: null, version: null }],
    ...{ first_seen: NOON, last_seen: NOON + number, packets: number * 7, bytes: number * 700 },
    ...{
      status: 'active',
      new: false,
      phantoms: 0,
      behind: null,
      sub_addresses: [],
      risk: number % 101,
      edits: {},
    },
    ...more,
  }
}

export function fact(number: number, what: number, more: Partial<FactRecord> = {}): FactRecord {
  return {
    device: idOf(number),
    subject: what % 4 === 0 ? `ip ${ipOf(number)}` : `mac ${macOf(number)}@${number % 40}`,
    fact: `protocol${what % 10}.name${what}`,
    value: `value ${what} of ${number}`,
    protocol: `protocol${what % 10}`,
    ...{ first: NOON, last: NOON + what, count: 1 },
    ...more,
  }
}

export const key = (number: number, more: Partial<KeyRecord> = {}): KeyRecord => ({
  ...{ kind: 'mac', value: `1/10/${macOf(number)}`, device: idOf(number), proof: 'frame' },
  ...{ first: NOON, last: NOON },
  ...more,
})

export const talk = (
  from: number,
  to: string,
  more: Partial<ConversationRecord> = {},
): ConversationRecord => ({
  ...{ from: idOf(from), to, transport: 'tcp', port: 443, protocol: 'tls', name: 'example.org' },
  ...{ scope: 'iot-to-internet', packets: 10, bytes_out: 100, bytes_in: 1000 },
  ...{ community_id: null, round_trip_smallest_us: null, round_trip_last_us: null },
  ...{ first_seen: NOON, last_seen: NOON + 1000 },
  ...more,
})

export const changes = (more: Partial<Changes> = {}): Changes => ({
  at: NOON,
  ...{ devices: [], presence: [], facts: [], keys: [], holdings: [], history: [] },
  ...{ merges: [], conversations: [], findings: [], forgotten: [] },
  ...more,
})
