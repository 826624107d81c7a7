/** This machine's own hardware addresses: what they say is no news about the network. */

import type { Seen } from '../capture/addon.js'

const NOBODY = '00:00:00:00:00:00'

/** The addresses of all interfaces, whether they are heard or not. */
export function ownAddresses(interfaces: readonly Pick<Seen, 'mac'>[]): ReadonlySet<string> {
  return new Set(interfaces.map(({ mac }) => mac).filter(mac => mac !== '' && mac !== NOBODY))
}

/** The same as numbers, to compare with what is heard. */
export function ownNumbers(interfaces: readonly Pick<Seen, 'mac'>[]): ReadonlySet<number> {
  return new Set([...ownAddresses(interfaces)].map(mac => parseInt(mac.replaceAll(':', ''), 16)))
}

/** An address as bytes; none is undefined. */
export function macBytes(mac: string): Uint8Array | undefined {
  const bytes = Uint8Array.from(mac.split(':'), part => parseInt(part, 16))
  return mac === '' || mac === NOBODY || bytes.length !== 6 ? undefined : bytes
}

/** Six bytes as one number. */
export function macNumber(bytes: Uint8Array, at: number): number {
  const high = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
  const low = (bytes[at + 3]! << 16) | (bytes[at + 4]! << 8) | bytes[at + 5]!
  return high * 0x1000000 + low
}
