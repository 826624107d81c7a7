/**
 * The daemon's log: one line an event, as JSON, or as text where a person looks on. A reader that
 * stops reading neither holds the daemon up nor ends it: lines that find no room are counted.
 */

import type { Writable } from 'node:stream'
import { pino, type DestinationStream, type Logger } from 'pino'
import type { LogLevel } from '../settings/schema.js'

export type { Logger } from 'pino'

/** Lines wait for a slow reader up to this many bytes; then new ones are dropped and counted. */
export const WAITING_BYTES_MAX = 262_144
/** How long the last lines may take when the daemon ends. */
const LAST_MS = 500
const POLL_MS = 10
const COLOURS: Readonly<Record<string, number>> = { debug: 90, info: 36, warn: 33, error: 31 }
/** What a line says anyway, in its own place. */
const PLACED = ['level', 'time', 'msg']
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

/** A stream of lines that never waits for whoever reads it, and outlives them. */
export class LogStream implements DestinationStream {
  /** Lines that found no room, or nobody to read them. */
  dropped = 0
  private readonly out: Writable
  private gone = false

  /** `out` is standard output: a pipe there takes what it can and keeps the rest. */
  constructor(out: Writable) {
    this.out = out
    // Nobody reads any more, or the disk is full: the daemon goes on without a log.
    out.on('error', () => (this.gone = true))
  }

  write(line: string): void {
    if (this.gone || this.out.writableLength > WAITING_BYTES_MAX) this.dropped++
    else this.out.write(line)
  }

  /** Lets the last lines out, but waits for no reader that has stopped reading. */
  async end(): Promise<void> {
    const tries = LAST_MS / POLL_MS
    for (let i = 0; i < tries && !this.gone && this.out.writableLength > 0; i++) {
      await new Promise(resolve => setTimeout(resolve, POLL_MS))
    }
  }
}

export interface LogOptions {
  readonly level: LogLevel
  readonly pretty: boolean
  readonly colour: boolean
}

/** A logger over a stream; text for people is made of the same records as JSON. */
export function logger(stream: DestinationStream, options: LogOptions): Logger {
  const { level, pretty, colour } = options
  const target = pretty ? { write: (line: string) => stream.write(shown(line, colour)) } : stream
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: label => ({ level: label }) },
    },
    target,
  )
}

/** `12:34:56 warn  eth1 went away interface=eth1` */
export function shown(line: string, colour: boolean): string {
  const record = JSON.parse(line) as Record<string, unknown>
  const level = String(record.level)
  const word = level.padEnd(5)
  const more = Object.entries(record)
    .filter(([name]) => !PLACED.includes(name))
    .map(([name, value]) => `${name}=${valueText(value)}`)
  const painted = colour ? `\x1b[${String(COLOURS[level] ?? 0)}m${word}\x1b[0m` : word
  return `${[String(record.time).slice(11, 19), painted, plain(String(record.msg)), ...more].join(' ')}\n`
}

const valueText = (value: unknown): string =>
  plain(typeof value === 'string' ? value : JSON.stringify(value))

/** What came from a network or a file name must not move the cursor. */
const plain = (text: string): string => text.replace(CONTROLS, ' ')
