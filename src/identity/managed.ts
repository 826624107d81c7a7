/**
 * Which device is which managed endpoint: by serial number, else by hardware address, else by a
 * host name that only one device has. Kept of devices is only what some endpoint has too.
 */

import type { DeviceRecord, ManagedRecord, Time } from '../model/device.js'

/** A device that another agent looks after, as a list told us. */
export interface ManagedEndpoint {
  readonly source: string
  readonly hosts: readonly string[]
  readonly macs: readonly string[]
  readonly serial: string | null
  readonly agent: string | null
  readonly seen: Time | null
}

type Keys = Pick<ManagedEndpoint, 'hosts' | 'macs' | 'serial'>

const serialKey = (serial: string): string => `serial ${serial.toLowerCase()}`
const macKey = (mac: string): string => `mac ${mac}`
const hostKey = (host: string): string => `host ${host.toLowerCase()}`

export class Managed {
  /** Devices that are another endpoint now, or none any more, because of others. */
  readonly touched = new Set<string>()
  /** By key, the endpoints that have it, and the devices. */
  private readonly endpoints = new Map<string, ManagedEndpoint[]>()
  private readonly devices = new Map<string, Set<string>>()
  /** By device, its keys that endpoints have. */
  private readonly keys = new Map<string, readonly string[]>()

  /** Another list holds: all devices must be looked at again. */
  begin(): void {
    this.endpoints.clear()
    this.devices.clear()
    this.keys.clear()
  }

  add(endpoint: ManagedEndpoint): void {
    for (const key of keysOf(endpoint)) {
      const known = this.endpoints.get(key)
      if (known === undefined) this.endpoints.set(key, [endpoint])
      else known.push(endpoint)
    }
  }

  /** The record with the endpoint it is; the same record where that is what it says. */
  stamp(record: DeviceRecord): DeviceRecord {
    this.note(record)
    const managed = this.recordOf(record.id)
    return isSame(managed, record.managed) ? record : { ...record, managed }
  }

  forget(id: string): void {
    this.put(id, [])
    this.touched.delete(id)
  }

  /** The device that an endpoint is. */
  deviceOf({ hosts, macs, serial }: Keys): string | undefined {
    const bySerial = serial === null ? undefined : this.first(serialKey(serial))
    if (bySerial !== undefined) return bySerial
    for (const mac of macs) {
      const byMac = this.first(macKey(mac))
      if (byMac !== undefined) return byMac
    }
    const named = new Set(hosts.flatMap(host => [...(this.devices.get(hostKey(host)) ?? [])]))
    return named.size === 1 ? [...named][0] : undefined
  }

  private first(key: string): string | undefined {
    return this.devices.get(key)?.values().next().value
  }

  private note({ id, macs, names, serial, edits }: DeviceRecord): void {
    const hosts = [...names, ...(edits.name ? [edits.name] : [])]
    this.put(
      id,
      keysOf({ hosts, macs, serial }).filter(key => this.endpoints.has(key)),
    )
  }

  private put(id: string, keys: readonly string[]): void {
    const before = this.keys.get(id) ?? []
    for (const key of before) if (!keys.includes(key)) this.leave(key, id)
    for (const key of keys) if (!before.includes(key)) this.join(key, id)
    if (keys.length === 0) this.keys.delete(id)
    else this.keys.set(id, keys)
  }

  private join(key: string, id: string): void {
    const known = this.devices.get(key)
    if (known === undefined) this.devices.set(key, new Set([id]))
    else {
      this.touch(known)
      known.add(id)
    }
  }

  private leave(key: string, id: string): void {
    const known = this.devices.get(key)
    known?.delete(id)
    if (known?.size === 0) this.devices.delete(key)
    else if (known !== undefined) this.touch(known)
  }

  private touch(ids: Iterable<string>): void {
    for (const id of ids) this.touched.add(id)
  }

  private recordOf(id: string): ManagedRecord | null {
    for (const key of this.keys.get(id) ?? []) {
      const own = this.endpoints.get(key)?.find(endpoint => this.deviceOf(endpoint) === id)
      if (own !== undefined) return { source: own.source, agent: own.agent, seen: own.seen }
    }
    return null
  }
}

const keysOf = ({ hosts, macs, serial }: Keys): string[] => [
  ...new Set([
    ...(serial === null ? [] : [serialKey(serial)]),
    ...macs.map(macKey),
    ...hosts.map(hostKey),
  ]),
]

const isSame = (one: ManagedRecord | null, other: ManagedRecord | null): boolean =>
  one?.source === other?.source && one?.agent === other?.agent && one?.seen === other?.seen
