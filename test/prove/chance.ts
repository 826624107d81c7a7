/** Chance that can be repeated, and what it does to frames. */

/** A small generator of pseudo-random numbers (mulberry32): the same seed, the same frames. */
export class Chance {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    return limit <= 1 ? 0 : this.word() % limit
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}

/** Values that lie at the edges of what lengths and counts can say. */
const EDGES = [0, 1, 2, 3, 4, 0x3f, 0x40, 0x7f, 0x80, 0xc0, 0xfe, 0xff]

/** Writes a frame (one of them, or this) spoilt by chance over `into`, and returns its length. */
export function spoil(
  chance: Chance,
  frames: readonly Uint8Array[],
  into: Uint8Array,
  frame = chance.pick(frames),
): number {
  const room = into.length
  if (chance.below(64) === 0) return noise(chance, into, chance.below(Math.min(room, 1600)))
  let length = Math.min(frame.length, room)
  into.set(frame.subarray(0, length))
  for (let blows = chance.below(6); blows > 0 && length > 0; blows--) {
    length = strike(chance, frames, into, length)
  }
  return length
}

function noise(chance: Chance, into: Uint8Array, length: number): number {
  for (let i = 0; i < length; i++) into[i] = chance.word()
  return length
}

/**
 * One change: a byte, an edge, a length that lies, a cut, a piece doubled, left out, or taken from
 * another frame. Nothing grows by more than 64 bytes at once.
 */
function strike(
  chance: Chance,
  frames: readonly Uint8Array[],
  into: Uint8Array,
  length: number,
): number {
  const at = chance.below(length)
  const count = Math.min(1 + chance.below(24), length - at)
  switch (chance.below(10)) {
    case 0:
      return at
    case 1:
      into.copyWithin(at, at + count, length)
      return length - count
    case 2: {
      const moved = Math.min(count, into.length - length)
      into.copyWithin(at + moved, at, length)
      return length + moved
    }
    case 3: {
      const other = chance.pick(frames)
      const from = chance.below(other.length)
      into.set(other.subarray(from, Math.min(from + count, other.length)), at)
      return length
    }
    case 4:
      into[at] = chance.word()
      return length
    case 5:
      into[at]! ^= 1 << chance.below(8)
      return length
    case 6:
      return lie(chance, into, length, at)
    case 7:
      return spliced(chance, frames, into, at)
    default:
      into[at] = chance.pick(EDGES)
      return length
  }
}

/** Two bytes that may be a length say almost what is left, or far more. */
function lie(chance: Chance, into: Uint8Array, length: number, at: number): number {
  const left = length - at
  const said = chance.pick([0, 1, left - 2, left - 1, left, left + 1, length, 0x7fff, 0xffff])
  const isLittle = chance.below(2) === 1
  into[at] = isLittle ? said : said >> 8
  if (left > 1) into[at + 1] = isLittle ? said >> 8 : said
  return length
}

/** Goes on as another frame does. */
function spliced(
  chance: Chance,
  frames: readonly Uint8Array[],
  into: Uint8Array,
  at: number,
): number {
  const other = chance.pick(frames)
  const from = chance.below(other.length)
  const count = Math.min(other.length - from, into.length - at)
  into.set(other.subarray(from, from + count), at)
  return at + count
}
