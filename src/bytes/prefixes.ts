/** Networks by their prefixes: whether an address lies in one of them. */

export interface Prefix {
  /** The network's own address, of 4 or 16 bytes; those behind `bits` are zero. */
  readonly bytes: Uint8Array
  readonly bits: number
}

/** Whether the address of `length` bytes at `at` lies in one of these networks. */
export function isWithin(
  prefixes: readonly Prefix[],
  bytes: Uint8Array,
  at: number,
  length: number,
): boolean {
  for (let i = 0; i < prefixes.length; i++) {
    const prefix = prefixes[i]!
    if (prefix.bytes.length === length && begins(prefix, bytes, at)) return true
  }
  return false
}

function begins({ bytes: network, bits }: Prefix, bytes: Uint8Array, at: number): boolean {
  const whole = bits >> 3
  for (let i = 0; i < whole; i++) if (bytes[at + i] !== network[i]) return false
  const left = bits & 7
  return left === 0 || ((bytes[at + whole]! ^ network[whole]!) & (0xff00 >> left) & 0xff) === 0
}
