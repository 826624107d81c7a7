/** Where frames come from. Every source fills the same batches; nothing after it knows which. */

/** A chunk never holds more frames than this; the rest of it comes with the next batch. */
export const FRAMES_MAX = 16384

/** Bytes of one chunk: small enough to stay in a core's second-level cache. */
export const CHUNK_BYTES = 1 << 20

/** Of a VLAN's tag. */
const TAG_BYTES = 4

/** No record may claim more captured bytes than this. */
export const FRAME_BYTES_MAX = 262144

/**
 * Frames in one reused chunk of bytes: a struct of arrays. The bytes are valid until the batch is
 * filled again. All memory may be shared between threads.
 */
export class Batch {
  readonly bytes: Uint8Array
  count = 0
  /**
   * Where each frame's bytes begin, how many were captured, how many were on the wire: never fewer
   * than were captured, whatever the capture claims.
   */
  readonly at: Int32Array
  readonly length: Int32Array
  readonly wire: Int32Array
  /** When: whole seconds since 1970 (unsigned: read them with `>>> 0`), and microseconds. */
  readonly seconds: Int32Array
  readonly micros: Int32Array
  /** The pcap link type (1 Ethernet, 113 SLL, ...). */
  readonly link: Int32Array
  /** Which interface of the source, counted from 0. */
  readonly port: Int32Array
  /**
   * The VLAN that the kernel took out of the frame before it was captured; 0 is none. Only looked at
   * where `tagged` says that some frame has one.
   */
  readonly tag: Int32Array
  tagged = false

  /** Over bytes that are there already (a ring's), or with memory of its own. */
  constructor(
    bytes: number | Uint8Array = CHUNK_BYTES + FRAME_BYTES_MAX,
    shared = false,
    frames = FRAMES_MAX,
  ) {
    const memory = (size: number): ArrayBuffer =>
      shared ? (new SharedArrayBuffer(size) as unknown as ArrayBuffer) : new ArrayBuffer(size)
    this.bytes = typeof bytes === 'number' ? new Uint8Array(memory(bytes)) : bytes
    const column = (): Int32Array => new Int32Array(memory(frames * 4))
    this.at = column()
    this.length = column()
    this.wire = column()
    this.seconds = column()
    this.micros = column()
    this.link = column()
    this.port = column()
    this.tag = column()
  }
}

/** By how much a whole frame may be longer on the wire: the tag that was taken out of it. */
export const slackOf = ({ tagged }: Batch): number => (tagged ? TAG_BYTES : 0)

export interface Source {
  readonly name: string
  /**
   * Fills the batch with the next frames (at least one) and returns true, or returns false when
   * there are none left. A promise only where the bytes themselves come late (gzip, zstd, pipes).
   * Throws (or rejects with) a CaptureError if there is nothing here to read; once there were
   * frames, what goes wrong is a warning and the end.
   */
  fill(batch: Batch): boolean | Promise<boolean>
  /** What a person should know about the source itself: `cut off after 1,234 packets`. */
  readonly warnings: readonly string[]
  /** For progress: bytes consumed, and bytes in all, or 0 when nobody knows. */
  readonly done: number
  readonly total: number
  close(): void
}
