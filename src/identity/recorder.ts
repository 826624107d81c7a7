/** Writes devices down: those whose record differs from what was recorded before. */

import type { DeviceRecord, HistoryRecord, Role, ServiceRecord, Time } from '../model/device.js'
import type { Claim, Property, Verdict, Verdicts } from '../model/judge.js'
import { placeOfCategory } from './ends.js'
import type { Entities, Entity } from './entities.js'
import type { LiveServices } from './live-services.js'
import { differs, historyOf, recordOf } from './records.js'
import type { LiveTables } from './live-tables.js'
import type { Profile } from './profiles.js'

export interface Recalled {
  readonly site?: string | null
  /** What was recorded of a device. */
  readonly recall: (id: string) => DeviceRecord | undefined
  /** Whether a device heard first now in this VLAN is new, or still being learned. */
  readonly isNews?: (vlans: readonly number[], now: Time) => boolean
}

export interface Written {
  readonly devices: DeviceRecord[]
  readonly history: HistoryRecord[]
}

/** A device as it looks now. */
interface Look {
  readonly profile: Profile
  readonly services: readonly ServiceRecord[]
  readonly roles: readonly Role[]
}

interface Kept {
  readonly entities: Entities
  readonly services: LiveServices
}

export class Recorder {
  private readonly tables: LiveTables
  private readonly entities: Entities
  private readonly services: LiveServices
  private readonly around: Recalled
  /** Devices whose record must be told whatever was recorded. */
  private readonly lost = new Set<string>()

  constructor(tables: LiveTables, { entities, services }: Kept, around: Recalled) {
    this.tables = tables
    this.entities = entities
    this.services = services
    this.around = around
  }

  /** Adds the records of these that differ from what was recorded, and what differs. */
  record(entities: Iterable<Entity>, now: Time, into: Written): void {
    for (const entity of entities) {
      if (entity.nodes.length > 0) this.recordOne(entity, now, into)
    }
  }

  /** What was told of a device was lost on its way. */
  forget(id: string): void {
    this.lost.add(id)
  }

  /** What rules conclude of a device, the surest first. */
  claims(entity: Entity): readonly Claim[] {
    if (entity.nodes.length === 0) return []
    return this.look(entity, this.around.recall(entity.id)).profile.claims
  }

  private look(entity: Entity, before: DeviceRecord | undefined): Look {
    const { profiles } = this.tables
    const addresses = profiles.addressesOf(entity.nodes)
    const services = this.services.of(addresses)
    const heard = this.tables.all.roles.of(entity.nodes)
    const roles = [...new Set([...entity.roles, ...heard])].sort()
    const manner = { services, roles, before: verdictsOf(before) }
    return { profile: profiles.of(entity.nodes, addresses, manner), services, roles }
  }

  private recordOne(entity: Entity, now: Time, { devices, history }: Written): void {
    const { nodes } = this.tables.all
    const { recall, isNews, site = null } = this.around
    const before = recall(entity.id)
    const { profile, services, roles } = this.look(entity, before)
    entity.place = placeOfCategory(profile.category)
    const after = recordOf(profile, {
      before,
      id: entity.id,
      first: Math.round(Math.min(...entity.nodes.map(node => nodes.first(node))) / 1000),
      last: Math.round(Math.max(...entity.nodes.map(node => nodes.last(node))) / 1000),
      roles,
      services,
      packets: entity.packets,
      bytes: entity.bytes,
      behind: this.gatewayOf(entity),
      isNew: before === undefined && (isNews?.(profile.vlans, now) ?? false),
      site,
    })
    if (!this.lost.delete(entity.id) && !differs(before, after)) return
    // A whole record tells the whole amount.
    entity.toldPackets = entity.packets
    entity.toldBytes = entity.bytes
    devices.push(after)
    history.push(...historyOf(before, after, { profile, at: now }))
  }

  /** The device that a station stands behind. */
  private gatewayOf({ id, nodes }: Entity): string | null {
    const gateway = this.tables.all.nodes.gateway(nodes)
    const behind = gateway < 0 ? undefined : this.entities.of(gateway)?.id
    return behind === undefined || behind === id ? null : behind
  }
}

/** What was thought of a device when it was recorded. */
function verdictsOf(before: DeviceRecord | undefined): Verdicts {
  if (before === undefined) return {}
  const { kind, vendor, model, os, firmware, serial, confidence } = before
  const thought = {
    ...{ kind: kind === 'unknown' ? null : kind, vendor, model },
    ...{ os: os?.name ?? null, firmware, serial },
  }
  const verdicts: Partial<Record<Property, Verdict>> = {}
  for (const [property, value] of Object.entries(thought) as [Property, string | null][]) {
    if (value !== null) verdicts[property] = { value, confidence: confidence[property] ?? 0 }
  }
  return verdicts
}
