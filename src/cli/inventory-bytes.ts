/**
 * Writes JSON and its parts straight into bytes, a chunk at a time: numbers, times, addresses and
 * text without a string for each.
 */

const CHUNK_BYTES = 131_072
/** No single part that is written without a look at the room left is longer than this. */
const PART_BYTES = 4096

/** The last moment of the year 9999, which RFC 3339 can still write. */
const MILLIS_MAX = 253_402_300_799_999
const SECONDS_KEPT = 1024
/** The length of `"2026-01-31T23:59:59.`. */
const SECOND_BYTES = 21

const QUOTE = 0x22
const BACKSLASH = 0x5c
const ZERO = 0x30
const COLON = 0x3a
const COMMA = 0x2c
const DOT = 0x2e

const encoder = new TextEncoder()
export const bytesOf = (text: string): Uint8Array => encoder.encode(text)

const NULL = bytesOf('null')

/** Takes a chunk and must be done with it when it returns: the next one is the same bytes. */
export type Out = (chunk: Uint8Array) => void

export class ByteWriter {
  private readonly chunk = new Uint8Array(CHUNK_BYTES)
  private used = 0
  private readonly out: Out
  private readonly digits = new Uint8Array(24)
  private readonly groups = new Int32Array(8)
  /** Seconds as they are written, found by their last digits: most times share a few of them. */
  private readonly secondsKept = new Float64Array(SECONDS_KEPT).fill(NaN)
  private readonly secondTexts = new Uint8Array(SECONDS_KEPT * SECOND_BYTES)

  constructor(out: Out) {
    this.out = out
  }

  /** Makes room for parts of 4 KiB together. */
  room(): void {
    if (this.used > CHUNK_BYTES - PART_BYTES) this.flush()
  }

  flush(): void {
    if (this.used > 0) this.out(this.chunk.subarray(0, this.used))
    this.used = 0
  }

  byte(byte: number): void {
    this.chunk[this.used++] = byte
  }

  /** Bytes that are JSON already. */
  raw(bytes: Uint8Array): void {
    this.copy(bytes, 0, bytes.length)
  }

  copy(bytes: Uint8Array, at: number, length: number): void {
    if (length > CHUNK_BYTES - this.used) {
      this.flush()
      if (length > CHUNK_BYTES) return this.out(bytes.subarray(at, at + length))
    }
    const chunk = this.chunk
    let to = this.used
    const end = at + length
    for (let i = at; i < end; i++) chunk[to++] = bytes[i]!
    this.used = to
  }

  /** ASCII that needs no escape, without quotes. */
  word(text: string): void {
    this.room()
    const chunk = this.chunk
    let to = this.used
    for (let i = 0; i < text.length; i++) chunk[to++] = text.charCodeAt(i)
    this.used = to
  }

  /** A JSON string, or null. */
  text(text: string | null): void {
    if (text === null) return this.raw(NULL)
    this.room()
    if (text.length > PART_BYTES / 8) return this.raw(bytesOf(JSON.stringify(text)))
    const chunk = this.chunk
    let to = this.used
    chunk[to++] = QUOTE
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (!isPlain(code)) return this.raw(bytesOf(JSON.stringify(text)))
      chunk[to++] = code
    }
    chunk[to++] = QUOTE
    this.used = to
  }

  /** A JSON string of these bytes if all of them can stand as they are; else false, and nothing. */
  plainBytes(bytes: Uint8Array, at: number, length: number): boolean {
    const end = at + length
    if (bytes[at] === 0x20 || bytes[end - 1] === 0x20) return false
    this.room()
    const { chunk } = this
    let to = this.used
    chunk[to++] = QUOTE
    for (let i = at; i < end; i++) {
      const byte = bytes[i]!
      if (!isPlain(byte)) return false
      chunk[to++] = byte
    }
    chunk[to++] = QUOTE
    this.used = to
    return true
  }

  /** A whole number, or null if it is none. */
  number(value: number): void {
    if (!(value >= 0 && value <= 0x7fffffff && Math.floor(value) === value)) {
      if (Number.isFinite(value)) this.word(String(value))
      else this.raw(NULL)
      return
    }
    let rest = value | 0
    if (rest < 10) return this.byte(ZERO + rest)
    const digits = this.digits
    let count = 0
    while (rest > 0) {
      const tenth = (rest / 10) | 0
      digits[count++] = ZERO + rest - tenth * 10
      rest = tenth
    }
    while (count > 0) this.chunk[this.used++] = digits[--count]!
  }

  /** Microseconds since 1970 as a JSON string in RFC 3339, to the millisecond; else null. */
  time(micros: number): void {
    if (!Number.isFinite(micros)) return this.raw(NULL)
    const millis = Math.min(Math.max(Math.floor(micros / 1000), 0), MILLIS_MAX)
    const second = Math.floor(millis / 1000)
    const slot = second % SECONDS_KEPT
    if (this.secondsKept[slot] !== second) this.keepSecond(slot, second)
    this.copy(this.secondTexts, slot * SECOND_BYTES, SECOND_BYTES)
    const rest = millis - second * 1000
    const tens = (rest / 10) | 0
    const hundreds = (rest / 100) | 0
    const { chunk } = this
    const to = this.used
    chunk[to] = ZERO + hundreds
    chunk[to + 1] = ZERO + tens - hundreds * 10
    chunk[to + 2] = ZERO + rest - tens * 10
    chunk[to + 3] = 0x5a
    chunk[to + 4] = QUOTE
    this.used = to + 5
  }

  private keepSecond(slot: number, second: number): void {
    const text = `"${new Date(second * 1000).toISOString().slice(0, 20)}`
    encoder.encodeInto(text, this.secondTexts.subarray(slot * SECOND_BYTES))
    this.secondsKept[slot] = second
  }

  /** An address of 4 bytes in decimals, or of 16 as RFC 5952 has it. */
  address(bytes: Uint8Array, length: number, at = 0): void {
    if (length !== 4) return this.address6(bytes, at)
    for (let i = 0; i < 4; i++) {
      if (i > 0) this.chunk[this.used++] = DOT
      this.decimal(bytes[at + i]!)
    }
  }

  /** A hardware address as a JSON string. */
  mac(bytes: Uint8Array, at: number): void {
    const { chunk } = this
    let to = this.used
    for (let i = 0; i < 6; i++) {
      const byte = bytes[at + i]!
      chunk[to++] = i === 0 ? QUOTE : COLON
      chunk[to++] = digit(byte >> 4)
      chunk[to++] = digit(byte & 0xf)
    }
    chunk[to++] = QUOTE
    this.used = to
  }

  /** Up to 1000 bytes as a JSON string of decimals. */
  list(bytes: Uint8Array, at: number, length: number): void {
    this.chunk[this.used++] = QUOTE
    for (let i = 0; i < length; i++) {
      if (i > 0) this.chunk[this.used++] = COMMA
      this.decimal(bytes[at + i]!)
    }
    this.chunk[this.used++] = QUOTE
  }

  /** A number below 1000. */
  private decimal(value: number): void {
    const { chunk } = this
    let to = this.used
    const tens = (value / 10) | 0
    const hundreds = (value / 100) | 0
    if (hundreds > 0) chunk[to++] = ZERO + hundreds
    if (tens > 0) chunk[to++] = ZERO + tens - hundreds * 10
    chunk[to++] = ZERO + value - tens * 10
    this.used = to
  }

  private address6(bytes: Uint8Array, at: number): void {
    const groups = this.groups
    for (let i = 0; i < 8; i++) groups[i] = (bytes[at + 2 * i]! << 8) | bytes[at + 2 * i + 1]!
    let from = -1
    let longest = 1
    for (let i = 0, run = 0; i < 8; i++) {
      run = groups[i] === 0 ? run + 1 : 0
      if (run > longest) {
        longest = run
        from = i - run + 1
      }
    }
    for (let i = 0; i < 8; i++) {
      if (i === from) {
        this.byte(COLON)
        this.byte(COLON)
        i += longest - 1
        continue
      }
      if (i > 0 && i !== from + longest) this.byte(COLON)
      this.hex(groups[i]!)
    }
  }

  private hex(group: number): void {
    let shift = group > 0xfff ? 12 : group > 0xff ? 8 : group > 0xf ? 4 : 0
    for (; shift >= 0; shift -= 4) {
      this.byte(digit((group >> shift) & 0xf))
    }
  }
}

const digit = (value: number): number => (value < 10 ? ZERO : 0x57) + value

/** Printable ASCII that JSON takes as it is. */
const isPlain = (code: number): boolean =>
  code >= 0x20 && code <= 0x7e && code !== QUOTE && code !== BACKSLASH
