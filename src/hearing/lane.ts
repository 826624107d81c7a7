/**
 * A bounded queue of records in shared memory, from a worker to the main thread: nothing is
 * allocated to fill or to empty it, and when it is full the worker is told so at once.
 *
 * Two positions, in words and without end, say how far it was filled and emptied; a record is two
 * words (its length with them, and its kind) and a body that lies in one piece at an even place.
 */

const FILLED = 0
/** In a cache line of its own, since another thread writes it. */
const EMPTIED = 16
const POSITIONS_WORDS = 32

const HEAD = 2
/** Fills the end of the memory where a record did not fit in one piece. */
const GAP = 0
export const FACT = 1
export const STATION = 2
export const CONVERSATION = 3

export function laneMemory(words: number): SharedArrayBuffer {
  return new SharedArrayBuffer((POSITIONS_WORDS + words) * 4)
}

export class Lane {
  readonly words: Int32Array
  /** The same memory; index with (body + word) >> 1. */
  readonly reals: Float64Array
  readonly capacity: number
  private readonly positions: Int32Array
  private readonly mask: number
  /** This end's own position; what lies beyond it is not published, or not given back. */
  private own: number
  /** The other end's position, when it was looked at last. */
  private other: number

  constructor(memory: SharedArrayBuffer, end: 'worker' | 'main') {
    const bytes = POSITIONS_WORDS * 4
    this.positions = new Int32Array(memory, 0, POSITIONS_WORDS)
    this.words = new Int32Array(memory, bytes)
    this.reals = new Float64Array(memory, bytes)
    this.capacity = this.words.length
    this.mask = this.capacity - 1
    const [own, other] = end === 'worker' ? [FILLED, EMPTIED] : [EMPTIED, FILLED]
    this.own = Atomics.load(this.positions, own)
    this.other = Atomics.load(this.positions, other)
  }

  // The worker's end.

  /**
   * Opens a record and returns where its body goes, or -1 if there is no room for it and for so
   * many words more.
   */
  open(kind: number, length: number, reserve = 0): number {
    const size = (length + HEAD + 1) & ~1
    const at = this.own & this.mask
    const gap = at + size > this.capacity ? this.capacity - at : 0
    if (!this.hasRoom(gap + size + reserve)) return -1
    if (gap > 0) this.head(at, gap, GAP)
    this.own = (this.own + gap + size) | 0
    const place = gap > 0 ? 0 : at
    this.head(place, size, kind)
    return place + HEAD
  }

  /** Lets the other end see all records that were opened. */
  publish(): void {
    Atomics.store(this.positions, FILLED, this.own)
  }

  /** The part of it that is in use. */
  get share(): number {
    this.other = Atomics.load(this.positions, EMPTIED)
    return ((this.own - this.other) | 0) / this.capacity
  }

  private hasRoom(words: number): boolean {
    if (((this.own - this.other) | 0) + words <= this.capacity) return true
    this.other = Atomics.load(this.positions, EMPTIED)
    return ((this.own - this.other) | 0) + words <= this.capacity
  }

  private head(at: number, size: number, kind: number): void {
    this.words[at] = size
    this.words[at + 1] = kind
  }

  // The main thread's end.

  /** Looks how far the worker has filled it. */
  look(): void {
    this.other = Atomics.load(this.positions, FILLED)
  }

  /** The body of the next record that was there when it was looked at last, or -1. */
  next(): number {
    while (this.own !== this.other) {
      const at = this.own & this.mask
      if (this.words[at + 1] !== GAP) return at + HEAD
      this.own = (this.own + this.words[at]!) | 0
    }
    return -1
  }

  /** The kind of the record whose body this is. */
  kind(body: number): number {
    return this.words[body - 1]!
  }

  /** Is done with the next record. */
  drop(): void {
    this.own = (this.own + this.words[this.own & this.mask]!) | 0
  }

  /** Gives back the room of all records that were dropped. */
  giveBack(): void {
    Atomics.store(this.positions, EMPTIED, this.own)
  }

  /** How far it was filled when it was looked at, and whether the next record comes after that. */
  get filled(): number {
    return this.other
  }

  isBefore(position: number): boolean {
    return ((this.own - position) | 0) < 0
  }

  /** The part that waited when it was looked at last. */
  get waiting(): number {
    return ((this.other - this.own) | 0) / this.capacity
  }
}
