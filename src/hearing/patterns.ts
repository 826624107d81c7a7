/** Patterns near the start of a message, by which a protocol is known wherever it is spoken. */

import { NOBODY } from './places.js'

/** A pattern might still match once there are more bytes. */
export const PERHAPS = -1

interface Pattern {
  readonly offset: number
  readonly bytes: Uint8Array
  readonly protocol: number
}

const NO_PATTERNS: Pattern[] = []

export class Patterns {
  /** Those that begin with the message, by their first byte; and those that lie further in. */
  private readonly starts: Pattern[][] = new Array<Pattern[]>(256).fill(NO_PATTERNS)
  private readonly deep: Pattern[] = []

  add(text: string, offset: number, protocol: number): void {
    const bytes = Uint8Array.from(unescaped(text))
    const pattern = { offset, bytes, protocol }
    const first = bytes[0]!
    if (offset > 0) this.deep.push(pattern)
    else if (this.starts[first] === NO_PATTERNS) this.starts[first] = [pattern]
    else this.starts[first]!.push(pattern)
  }

  /**
   * The protocol whose pattern these bytes match, NOBODY, or PERHAPS if they are too few. Patterns
   * shorter than `least` are not tried, nor those of protocols up to and including `after` in
   * the order in which they match.
   */
  match(bytes: Uint8Array, at: number, end: number, least = 0, after = NOBODY): number {
    const starts = this.starts[bytes[at]!]!
    if (starts.length === 0 && this.deep.length === 0) return NOBODY
    let passed = after === NOBODY
    let result = NOBODY
    for (let i = 0; i < starts.length + this.deep.length; i++) {
      const pattern = i < starts.length ? starts[i]! : this.deep[i - starts.length]!
      if (pattern.bytes.length < least) continue
      const matched = matches(pattern, bytes, at, end)
      if (matched === NOBODY) continue
      if (matched === PERHAPS) result = PERHAPS
      else if (passed && pattern.protocol !== after) return pattern.protocol
      else if (pattern.protocol === after) passed = true
    }
    return after === NOBODY ? result : NOBODY
  }

  /** The protocol whose pattern begins with this byte, or NOBODY. */
  beginning(byte: number): number {
    return this.starts[byte]![0]?.protocol ?? NOBODY
  }
}

/** The pattern's protocol, NOBODY, or PERHAPS where its beginning is there and the rest may come. */
function matches(pattern: Pattern, bytes: Uint8Array, at: number, end: number): number {
  const { offset, bytes: wanted, protocol } = pattern
  const from = at + offset
  const length = Math.min(wanted.length, end - from)
  if (length <= 0) return NOBODY
  for (let i = 0; i < length; i++) if (wanted[i] !== bytes[from + i]) return NOBODY
  if (length === wanted.length) return protocol
  return offset === 0 ? PERHAPS : NOBODY
}

function unescaped(pattern: string): number[] {
  const bytes: number[] = []
  for (let at = 0; at < pattern.length; at++) {
    const isEscaped = pattern.startsWith('\\x', at)
    bytes.push(isEscaped ? parseInt(pattern.slice(at + 2, at + 4), 16) : pattern.charCodeAt(at))
    if (isEscaped) at += 3
  }
  return bytes
}
