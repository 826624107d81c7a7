/** The interfaces a pcapng section declares: what its frames are, and what its clocks count. */

/** More interfaces than this in one section is damage. */
const INTERFACES_MAX = 65536

const TIME_RESOLUTION = 9
const CHECKSUM_BYTES = 13
const TIME_OFFSET = 14

/** One row each, by the number a frame gives. */
export class Interfaces {
  count = 0
  /** What interface 0 of this section is called outside: sections don't share interfaces. */
  base = 0
  link = new Int32Array(4)
  /** 0 is no limit. */
  snaplen = new Int32Array(4)
  checksum = new Int32Array(4)
  /** Clock ticks in a second, and in a microsecond (or less than one: 0.001 is a millisecond). */
  perSecond = new Float64Array(4)
  perMicro = new Float64Array(4)
  /** Seconds to add. */
  offset = new Float64Array(4)

  /** Begins a new section. */
  clear(): void {
    this.base += this.count
    this.count = 0
  }

  /** Reads the interface description in [at, end), its options included; false if one too many. */
  declare(view: DataView, block: { at: number; end: number; little: boolean }): boolean {
    if (this.count === INTERFACES_MAX) return false
    if (this.count === this.link.length) this.grow()
    const { at, end, little } = block
    const row = this.count++
    this.link[row] = view.getUint16(at, little)
    this.snaplen[row] = view.getInt32(at + 4, little)
    this.checksum[row] = 0
    this.offset[row] = 0
    this.ticking(row, 6)
    let here = at + 8
    while (here + 4 <= end) {
      const kind = view.getUint16(here, little)
      const length = view.getUint16(here + 2, little)
      if (kind === 0 || here + 4 + length > end) break
      this.option(row, kind, view, { at: here + 4, length, little })
      here += 4 + ((length + 3) & ~3)
    }
    return true
  }

  private option(
    row: number,
    kind: number,
    view: DataView,
    value: { at: number; length: number; little: boolean },
  ): void {
    const { at, length, little } = value
    if (kind === TIME_RESOLUTION && length === 1) this.ticking(row, view.getUint8(at))
    if (kind === CHECKSUM_BYTES && length === 1) this.checksum[row] = view.getUint8(at)
    if (kind === TIME_OFFSET && length === 8) {
      const high = view.getInt32(little ? at + 4 : at, little)
      this.offset[row] = high * 2 ** 32 + view.getUint32(little ? at : at + 4, little)
    }
  }

  /** Powers of ten, or of two where the top bit says so. */
  private ticking(row: number, resolution: number): void {
    const power = resolution & 0x7f
    const perSecond = (resolution & 0x80) !== 0 ? 2 ** power : 10 ** power
    this.perSecond[row] = perSecond
    this.perMicro[row] = perSecond / 1e6
  }

  private grow(): void {
    const wider = <T extends Int32Array | Float64Array>(column: T, next: T): T => {
      next.set(column)
      return next
    }
    const size = this.count * 2
    this.link = wider(this.link, new Int32Array(size))
    this.snaplen = wider(this.snaplen, new Int32Array(size))
    this.checksum = wider(this.checksum, new Int32Array(size))
    this.perSecond = wider(this.perSecond, new Float64Array(size))
    this.perMicro = wider(this.perMicro, new Float64Array(size))
    this.offset = wider(this.offset, new Float64Array(size))
  }
}
