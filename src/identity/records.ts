/** A device's record from what is known now and what was recorded before; and what differs. */

import type {
  DeviceRecord,
  Edits,
  HistoryRecord,
  LocationRecord,
  Role,
  ServiceRecord,
  Time,
} from '../model/device.js'
import type { Profile } from './profiles.js'

export const DAY_MS = 86_400_000

/** What the profile doesn't tell. */
export interface Circumstances {
  readonly before: DeviceRecord | undefined
  readonly id: string
  readonly first: Time
  readonly last: Time
  readonly packets: number
  readonly bytes: number
  readonly roles: readonly Role[]
  readonly services: readonly ServiceRecord[]
  readonly isNew: boolean
  readonly site: string | null
  /** The device that it stands behind. */
  readonly behind: string | null
}

const NO_EDITS: Edits = {}

export function recordOf(profile: Profile, around: Circumstances): DeviceRecord {
  const { before, id, first, last, roles, services, isNew, site } = around
  const { joins, randomizedMac, routed, confidence } = profile
  return {
    id,
    macs: profile.macs,
    ipv4: profile.ipv4,
    ipv6: profile.ipv6,
    sub_addresses: profile.subAddresses,
    vlans: profile.vlans,
    names: profile.names,
    category: profile.category,
    kind: profile.kind,
    vendor: profile.vendor,
    model: profile.model,
    os: profile.os,
    firmware: profile.firmware,
    serial: profile.serial,
    confidence,
    randomized_mac: randomizedMac,
    routed,
    behind: around.behind,
    roles,
    site: profile.site ?? site,
    zone: profile.zone,
    timezone: profile.timezone,
    network: profile.network,
    location: locatedAt(profile.location, site),
    managed: before?.managed ?? null,
    services: joinServices(before?.services ?? [], services),
    first_seen: Math.min(first, before?.first_seen ?? Infinity),
    last_seen: Math.max(last, before?.last_seen ?? -Infinity),
    packets: around.packets,
    bytes: around.bytes,
    status: 'active',
    new: before?.new ?? isNew,
    phantoms: joins.length,
    risk: before?.risk ?? 0,
    edits: before?.edits ?? NO_EDITS,
  }
}

/** The sensor's own site is its devices', where nobody said another. */
const locatedAt = (location: LocationRecord | null, site: string | null): LocationRecord | null =>
  location === null ? null : { ...location, site: location.site ?? site }

/** Fields whose changes people want to read about. */
const FIELDS = [
  'names',
  'macs',
  'ipv4',
  'ipv6',
  'sub_addresses',
  'behind',
  'vlans',
  'network',
  'zone',
  'location',
  'category',
  'kind',
  'vendor',
  'model',
  'os',
  'firmware',
  'serial',
  'routed',
  'roles',
  'services',
] as const

/** Whether anything differs that is worth a write; times and amounts have a way of their own. */
export function differs(before: DeviceRecord | undefined, after: DeviceRecord): boolean {
  if (before === undefined) return true
  return (
    FIELDS.some(field => !isSame(before[field], after[field])) ||
    before.randomized_mac !== after.randomized_mac ||
    before.phantoms !== after.phantoms ||
    before.first_seen !== after.first_seen ||
    before.status !== after.status ||
    before.site !== after.site ||
    before.timezone !== after.timezone
  )
}

/** What changed, and by which statement where one says so. */
export function historyOf(
  before: DeviceRecord | undefined,
  after: DeviceRecord,
  { profile, at }: { profile: Profile; at: Time },
): HistoryRecord[] {
  if (before === undefined) return []
  return FIELDS.filter(field => !isSame(before[field], after[field])).map(field => ({
    device: after.id,
    at,
    field,
    before: before[field],
    after: after[field],
    because: profile.claims.find(claim => claim.property === field)?.fact ?? 'heard',
  }))
}

/** Lists of words are compared word by word, since nearly all fields are such; the few others as text. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (!Array.isArray(one) || !Array.isArray(other)) {
    return isThing(one) && isThing(other) && JSON.stringify(one) === JSON.stringify(other)
  }
  return one.length === other.length && one.every((item, i) => isSame(item, other[i]))
}

const isThing = (value: unknown): boolean => typeof value === 'object' && value !== null

/** A service once seen stays listed; a better name for it counts. */
function joinServices(
  before: readonly ServiceRecord[],
  now: readonly ServiceRecord[],
): readonly ServiceRecord[] {
  if (now.length === 0) return before
  const all = new Map(before.map(service => [`${service.transport}/${service.port}`, service]))
  for (const service of now) {
    const key = `${service.transport}/${service.port}`
    const known = all.get(key)
    if (known === undefined || known.protocol === null) all.set(key, service)
  }
  return [...all.values()].sort((a, b) => a.transport.localeCompare(b.transport) || a.port - b.port)
}
