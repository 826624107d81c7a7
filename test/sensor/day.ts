/** A steady network on simulated time: so many devices, each heard now and then, hour after hour. */

import { facts } from '../../src/protocols/index.js'
import { Keeping } from '../../src/sensor/keeping.js'
import { openStore } from '../../src/store/open.js'
import type { Store } from '../../src/store/store.js'
import { address, conversation, START, station, tell } from '../identity/load.js'

const HOUR_MS = 3_600_000
/** The control plane's rhythm, as `Rounds` has it. */
const TURN_MS = 250
const TEND_MS = 60_000
/** Each device is heard this often. */
const HEARD_MS = 300_000
const PACKETS = 40

/** What one hour came to. */
export interface Hour {
  readonly hour: number
  /** Write transactions a second. */
  readonly transactions: number
  readonly used_bytes: number
  readonly heap_bytes: number
}

const pair = (byte: number): string => (byte & 255).toString(16).padStart(2, '0')
const nobodyWaits = (): Promise<void> => Promise.resolve()

export class SteadyNetwork {
  readonly store: Store
  private readonly keeping: Keeping
  private readonly devices: number
  private passed = 0
  private heard = 0

  constructor(folder: string, devices: number) {
    const now = (): number => START * 1000 + this.passed
    const uptime = (): number => this.passed
    this.devices = devices
    this.store = openStore(folder, { now, uptime, sensor: 'day', durability: 'normal' })
    const options = { facts, seed: 1, inside: [], site: null, learning_days: 7 }
    this.keeping = new Keeping({ ...options, store: this.store, now })
  }

  /** Lets an hour pass, turn by turn. */
  async hour(hour: number): Promise<Hour> {
    const before = this.store.committed
    const end = (hour + 1) * HOUR_MS
    while (this.passed < end) {
      this.passed += TURN_MS
      const due = Math.floor((this.passed * this.devices) / HEARD_MS)
      while (this.heard < due) this.hear(this.heard++)
      while (this.keeping.turn());
      while (this.keeping.index());
      if (this.passed % TEND_MS === 0) await this.keeping.tend(nobodyWaits)
    }
    globalThis.gc?.()
    return {
      hour: hour + 1,
      transactions: (this.store.committed - before) / (HOUR_MS / 1000),
      used_bytes: this.store.sizes().used_bytes,
      heap_bytes: process.memoryUsage().heapUsed,
    }
  }

  /** Rows tell what was counted since the beginning; names are told again once an hour. */
  private hear(turn: number): void {
    const i = turn % this.devices
    const round = Math.floor(turn / this.devices)
    const mac = `3c:d9:2b:${pair(i >> 16)}:${pair(i >> 8)}:${pair(i)}`
    const ip = `10.${String(i >> 16)}.${String((i >> 8) & 255)}.${String(i & 255)}`
    const frame = this.passed
    const packets = PACKETS * (round + 1)
    this.keeping.station(station(mac, { frame: 0, until: frame, packets, vlan: i % 20 }))
    this.keeping.address(address(ip, mac, { frame: 0, until: frame, packets, vlan: i % 20 }))
    const server = { mac: '3c:d9:2b:ff:00:01', ip: '10.250.0.1', port: 443 }
    const amount = { frame: 0, until: frame, packets, vlan: i % 20, serves: true }
    this.keeping.conversation(conversation({ mac, ip }, server, { ...amount, protocol: 'tls' }))
    // Not all at once: what is said again is said at any time.
    if ((round + i) % (HOUR_MS / HEARD_MS) !== 0 && round > 0) return
    const where = { frame, vlan: i % 20 }
    this.keeping.tell(tell(ip, 'arp.mac', mac, where))
    this.keeping.tell(tell(mac, 'dhcp.hostname', `host-${String(i)}`, where))
    for (const service of ['_http._tcp', '_ipp._tcp', '_ssh._tcp']) {
      this.keeping.tell(tell(mac, 'mdns.service', service, where))
    }
  }

  close(): void {
    this.keeping.finish()
    this.store.close()
  }
}
