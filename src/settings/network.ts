/** Networks in CIDR form, as `networks.inside` lists them: `203.0.113.0/24`, `2001:db8::/32`. */

import { isIPv4, isIPv6 } from 'node:net'

/** All addresses whose first `bits` are those of `bytes`. */
export interface Network {
  /** As it was written. */
  readonly text: string
  readonly version: 4 | 6
  /** 4 or 16 bytes; those behind `bits` are zero. */
  readonly bytes: Uint8Array
  readonly bits: number
}

/** A shorter prefix than this would call half the Internet inside. */
const BITS_MIN = { 4: 8, 6: 16 } as const

/** The network, or in a few words how the text should read. */
export function readNetwork(text: string): Network | string {
  const [address = '', length, ...more] = text.split('/')
  const version = isIPv4(address) ? 4 : isIPv6(address) && !address.includes('%') ? 6 : 0
  if (version === 0 || more.length > 0) {
    return 'write an address and a prefix length, like 203.0.113.0/24 or 2001:db8::/32'
  }
  const bitsMax = version === 4 ? 32 : 128
  if (length === undefined) return `add a prefix length; ${address}/${bitsMax} is one address`
  const bits = /^(0|[1-9]\d{0,2})$/.test(length) ? Number(length) : NaN
  if (!(bits >= BITS_MIN[version] && bits <= bitsMax)) {
    return `the prefix length of IPv${version} is ${BITS_MIN[version]} to ${bitsMax} here`
  }
  const bytes = version === 4 ? bytes4(address) : bytes6(address)
  const base = masked(bytes, bits)
  if (!base.every((byte, i) => byte === bytes[i])) {
    return `bits are set behind the prefix; did you mean \`${addressText(base)}/${bits}\`?`
  }
  return { text, version, bytes, bits }
}

/** The same address with nothing behind the prefix. */
function masked(bytes: Uint8Array, bits: number): Uint8Array {
  return bytes.map((byte, i) => byte & (0xff00 >> Math.min(8, Math.max(0, bits - 8 * i))))
}

const bytes4 = (address: string): Uint8Array => Uint8Array.from(address.split('.'), Number)

/** Of an address that `isIPv6` knows to be one. */
function bytes6(address: string): Uint8Array {
  const [head = '', tail] = address.split('::')
  const left = groups(head)
  const right = tail === undefined ? [] : groups(tail)
  const gap = new Array<number>(16 - left.length - right.length).fill(0)
  return Uint8Array.from([...left, ...gap, ...right])
}

const groups = (text: string): number[] =>
  text === ''
    ? []
    : text.split(':').flatMap(part => (part.includes('.') ? [...bytes4(part)] : pair(part)))

function pair(hex: string): number[] {
  const number = parseInt(hex, 16)
  return [number >> 8, number & 0xff]
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const words = Array.from({ length: 8 }, (_, i) =>
    ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16),
  )
  // The URL standard writes addresses as RFC 5952 does.
  return new URL(`http://[${words.join(':')}]`).hostname.slice(1, -1)
}
