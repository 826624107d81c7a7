/** What addresses offer, as the live sensor learns it: no more of one address than is shown. */

import type { ServiceRecord } from '../model/device.js'
import type { ConversationHeard } from '../model/heard.js'
import { TCP, UDP } from './labels.js'
import { DEVICE_SERVICES_MAX, SERVICES_MAX } from './limits.js'

export class LiveServices {
  /** By address: what it serves, by transport and port. */
  private readonly served = new Map<number, Map<number, string | null>>()
  private count = 0

  /** True if that was not known of the address. */
  add(address: number, { transport, port, protocol }: ConversationHeard): boolean {
    if (transport !== TCP && transport !== UDP) return false
    const places = this.served.get(address) ?? new Map<number, string | null>()
    const place = (transport << 16) | port
    const known = places.get(place)
    if (known !== undefined && (known !== null || protocol === '')) return false
    if (known === undefined) {
      if (places.size === DEVICE_SERVICES_MAX || this.count === SERVICES_MAX) return false
      this.count++
    }
    this.served.set(address, places)
    places.set(place, protocol === '' ? null : protocol)
    return true
  }

  of(addresses: readonly number[]): ServiceRecord[] {
    return addresses.flatMap(address =>
      [...(this.served.get(address) ?? [])].map(([place, protocol]) => ({
        transport: place >>> 16 === TCP ? ('tcp' as const) : ('udp' as const),
        port: place & 0xffff,
        protocol,
        product: null,
        version: null,
      })),
    )
  }
}
