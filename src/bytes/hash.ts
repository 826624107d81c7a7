/** Hashes for bounded tables: seeded, so that a stranger cannot choose who collides with whom. */

export const mix = (hash: number, word: number): number => {
  const folded = Math.imul(hash ^ word, 0x9e3779b1)
  return folded ^ (folded >>> 15)
}

/** Hashes `length` bytes, four at a time. */
export function hashBytes(seed: number, bytes: Uint8Array, at: number, length: number): number {
  let hash = seed ^ Math.imul(length, 0x85ebca6b)
  const end = at + length
  let i = at
  for (; i + 4 <= end; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    hash = Math.imul(hash ^ word, 0x9e3779b1)
    hash ^= hash >>> 15
  }
  for (; i < end; i++) {
    hash = Math.imul(hash ^ bytes[i]!, 0x01000193)
    hash ^= hash >>> 13
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}
