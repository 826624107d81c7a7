/**
 * Writes JSON and its parts straight into bytes, a chunk at a time: numbers, times, addresses and
 * text without a string for each.
 */

const CHUNK_BYTES = 131_072
/** No single part that is written without a look at the room left is longer than this. */
const PART_BYTES = 4096

const DAY_SECONDS = 86_400
/** The last second of the year 9999, which RFC 3339 can still write. */
const SECONDS_MAX = 253_402_300_799

const QUOTE = 0x22
const BACKSLASH = 0x5c
const ZERO = 0x30
const COLON = 0x3a
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
  private day = NaN
  private date = NULL

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
    for (let i = at; i < end; i++) if (!isPlain(bytes[i]!)) return false
    this.room()
    this.byte(QUOTE)
    this.copy(bytes, at, length)
    this.byte(QUOTE)
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
    const millis = Math.floor(micros / 1000)
    const seconds = Math.min(Math.max(Math.floor(millis / 1000), 0), SECONDS_MAX)
    const day = Math.floor(seconds / DAY_SECONDS)
    if (day !== this.day) {
      this.day = day
      this.date = bytesOf(`"${new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 11)}`)
    }
    this.raw(this.date)
    const second = seconds - day * DAY_SECONDS
    this.two((second / 3600) | 0)
    this.byte(COLON)
    this.two(((second / 60) | 0) % 60)
    this.byte(COLON)
    this.two(second % 60)
    this.byte(DOT)
    const rest = Math.min(Math.max(millis - seconds * 1000, 0), 999)
    this.byte(ZERO + ((rest / 100) | 0))
    this.two(rest % 100)
    this.byte(0x5a)
    this.byte(QUOTE)
  }

  /** An address of 4 bytes in decimals, or of 16 as RFC 5952 has it. */
  address(bytes: Uint8Array, length: number): void {
    if (length !== 4) return this.address6(bytes)
    for (let i = 0; i < 4; i++) {
      if (i > 0) this.byte(DOT)
      this.number(bytes[i]!)
    }
  }

  private address6(bytes: Uint8Array): void {
    const groups = this.groups
    for (let i = 0; i < 8; i++) groups[i] = (bytes[2 * i]! << 8) | bytes[2 * i + 1]!
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
      const digit = (group >> shift) & 0xf
      this.byte(digit < 10 ? ZERO + digit : 0x57 + digit)
    }
  }

  private two(value: number): void {
    this.chunk[this.used++] = ZERO + ((value / 10) | 0)
    this.chunk[this.used++] = ZERO + (value % 10)
  }
}

/** Printable ASCII that JSON takes as it is. */
const isPlain = (code: number): boolean =>
  code >= 0x20 && code <= 0x7e && code !== QUOTE && code !== BACKSLASH
