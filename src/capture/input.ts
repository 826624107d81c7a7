/** Bytes in order, from a file or from a pipe: what lies below every capture format. */

import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { isatty } from 'node:tty'
import { CaptureError, captureError } from './errors.js'

export interface Input {
  readonly name: string
  /** Puts up to `length` of the next bytes at `at` and returns how many; 0 is the end. */
  read(into: Uint8Array, at: number, length: number): number | Promise<number>
  /** Bytes taken from the disk or pipe so far, and how many there are, or 0 when nobody knows. */
  readonly done: number
  readonly total: number
  /** Why it ended too early: '' if it did not. */
  readonly fault: '' | 'cut off' | 'damaged'
  close(): void
}

/** `-` is the standard input. */
export function openInput(path: string): Input {
  try {
    const fd = path === '-' ? 0 : openSync(path, 'r')
    return inputOver(fd, path === '-' ? 'stdin' : path)
  } catch (error) {
    throw captureError(error, path === '-' ? 'stdin' : path)
  }
}

function inputOver(fd: number, name: string): Input {
  const stat = fstatSync(fd)
  if (stat.isDirectory()) {
    if (fd > 2) closeSync(fd)
    throw new CaptureError('directory', name)
  }
  if (isatty(fd)) throw new CaptureError('terminal', name)
  if (stat.isFile()) return new FileInput(fd, name)
  // A socket waits in the event loop; a read of the pipe itself would hold up the whole thread.
  const pipe = stat.isFIFO() || stat.isSocket()
  return new StreamInput(
    pipe ? new Socket({ fd, readable: true, writable: false }) : createReadStream('', { fd }),
    name,
  )
}

/** A file on a disk: read without waiting, to its true end, even while it grows. */
class FileInput implements Input {
  readonly name: string
  readonly fault = ''
  done = 0
  private readonly size: number
  private readonly fd: number
  private open = true

  constructor(fd: number, name: string) {
    this.fd = fd
    this.name = name
    this.size = fstatSync(fd).size
  }

  get total(): number {
    return Math.max(this.size, this.done)
  }

  read(into: Uint8Array, at: number, length: number): number {
    if (!this.open) return 0
    try {
      const count = readSync(this.fd, into, at, length, null)
      this.done += count
      return count
    } catch (error) {
      throw captureError(error, this.name)
    }
  }

  close(): void {
    if (!this.open) return
    this.open = false
    if (this.fd > 2) closeSync(this.fd)
  }
}

/** A pipe, or whatever else Node gives as a stream; never read further ahead than its own buffer. */
export class StreamInput implements Input {
  readonly name: string
  readonly total = 0
  done = 0
  fault: Input['fault'] = ''
  private readonly stream: Readable
  private chunk: Uint8Array = new Uint8Array(0)
  private chunkAt = 0
  private ended = false
  private failure: unknown
  private wake: (() => void) | undefined

  constructor(stream: Readable, name: string) {
    this.stream = stream
    this.name = name
    const again = (): void => this.wake?.()
    const end = (): void => {
      this.ended = true
      again()
    }
    stream.on('readable', again).on('end', end).on('close', end)
    stream.on('error', error => {
      this.failure ??= error
      end()
    })
  }

  read(into: Uint8Array, at: number, length: number): number | Promise<number> {
    const count = this.take(into, at, length)
    if (count > 0) return count
    if (this.ended) return this.finish()
    return new Promise<void>(resolve => (this.wake = resolve)).then(() =>
      this.read(into, at, length),
    )
  }

  /** Moves what has already come. */
  private take(into: Uint8Array, at: number, length: number): number {
    let taken = 0
    while (taken < length) {
      if (this.chunkAt === this.chunk.length) {
        const next = this.stream.read() as Uint8Array | null
        if (next === null) break
        this.chunk = next
        this.chunkAt = 0
      }
      const count = Math.min(length - taken, this.chunk.length - this.chunkAt)
      into.set(this.chunk.subarray(this.chunkAt, this.chunkAt + count), at + taken)
      this.chunkAt += count
      taken += count
    }
    this.done += taken
    return taken
  }

  private finish(): number {
    if (this.failure === undefined) return 0
    if (this.failure instanceof CaptureError) throw this.failure
    const code = String((this.failure as { code?: unknown }).code ?? '')
    this.fault =
      code === 'Z_BUF_ERROR' || code === 'ZSTD_error_srcSize_wrong' ? 'cut off' : 'damaged'
    return 0
  }

  close(): void {
    this.ended = true
    this.stream.destroy()
  }
}
