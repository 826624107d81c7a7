/**
 * A small memory of what was worked out from some bytes, by two hashes of them: on a steady network
 * nothing has to be worked out twice. Newcomers take the place of the oldest of their few.
 */

const WAYS = 4

export class Memo {
  private readonly sets: number
  private readonly first: Int32Array
  private readonly second: Int32Array
  private readonly values: string[]
  private readonly hands: Uint8Array

  /** Room for `size` values: a power of two. */
  constructor(size: number) {
    this.sets = size / WAYS
    this.first = new Int32Array(size)
    this.second = new Int32Array(size)
    this.values = Array.from({ length: size }, () => '')
    this.hands = new Uint8Array(this.sets)
  }

  /** What was remembered for these hashes, or ''. */
  recall(first: number, second: number): string {
    const from = (first & (this.sets - 1)) * WAYS
    for (let i = from; i < from + WAYS; i++) {
      if (this.first[i] === first && this.second[i] === second) return this.values[i]!
    }
    return ''
  }

  remember(first: number, second: number, value: string): void {
    const set = first & (this.sets - 1)
    const i = set * WAYS + this.hands[set]!
    this.hands[set] = (this.hands[set]! + 1) % WAYS
    this.first[i] = first
    this.second[i] = second
    this.values[i] = value
  }
}
