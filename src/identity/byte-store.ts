/** Values copied out of records that will be filled again: bytes in chunks, found by one number. */

const CHUNK_BITS = 18
const CHUNK_BYTES = 1 << CHUNK_BITS

export class ByteStore {
  private readonly chunks: Uint8Array[] = []
  private readonly max: number
  private used = CHUNK_BYTES

  constructor(max: number) {
    this.max = max
  }

  /** Keeps a copy and returns its place, or -1 when there is no room; a value fits one chunk. */
  keep(bytes: Uint8Array, at: number, length: number): number {
    if (length > CHUNK_BYTES) return -1
    if (this.used + length > CHUNK_BYTES) {
      if ((this.chunks.length + 1) * CHUNK_BYTES > this.max) return -1
      this.chunks.push(new Uint8Array(CHUNK_BYTES))
      this.used = 0
    }
    const chunk = this.chunks[this.chunks.length - 1]!
    const to = this.used
    for (let i = 0; i < length; i++) chunk[to + i] = bytes[at + i]!
    this.used += length
    return (this.chunks.length - 1) * CHUNK_BYTES + to
  }

  /** The chunk that a place lies in, and where in it. */
  chunk(place: number): Uint8Array {
    return this.chunks[place >>> CHUNK_BITS]!
  }

  offset(place: number): number {
    return place & (CHUNK_BYTES - 1)
  }

  /** True if these bytes are what was kept at this place. */
  holds(place: number, bytes: Uint8Array, at: number, length: number): boolean {
    const chunk = this.chunk(place)
    const from = this.offset(place)
    for (let i = 0; i < length; i++) if (chunk[from + i] !== bytes[at + i]) return false
    return true
  }
}
