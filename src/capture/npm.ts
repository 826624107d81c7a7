/** What the npm packages that capture have in common: loading them, and what their errors mean. */

import { createRequire } from 'node:module'
import { type CaptureFault, CaptureError } from './errors.js'
import type { RecordQueue } from './record-queue.js'

export interface NpmOptions {
  readonly interface: string
  /** In libpcap's language; '' is everything. */
  readonly filter: string
  /** Where its frames go. */
  readonly queue: RecordQueue
}

/** Both hear by callback on the main thread: they can't be loaded in another. */
export interface Feed {
  close(): void
}

/** How much of the kernel's memory they ask for. */
export const KERNEL_BYTES = 64 << 20

export const FRAME_BYTES = 65535

/** Loads an optional package: it may not be there, or be built for another Node. */
export function load(name: string): unknown {
  try {
    return createRequire(import.meta.url)(name)
  } catch {
    throw new CaptureError('package', name)
  }
}

/** Whatever they opened: some hundred bytes each time an interface is opened. */
const kept: object[] = []

/**
 * Keeps what they opened from ever being collected: their handles stay in the event loop after they
 * are closed, inside of memory that would be freed: cap crashed the process so.
 */
export function keep<Kept extends object>(opened: Kept): Kept {
  kept.push(opened)
  return opened
}

const LINKS: Readonly<Record<string, number>> = {
  NULL: 0,
  ETHERNET: 1,
  RAW: 101,
  LINUX_SLL: 113,
  IEEE802_11_RADIO: 127,
}

/** The number of a link type that they call by name, one with a prefix and one without. */
export function linkNumber(name: string, where: string): number {
  const known = LINKS[name.replace('LINKTYPE_', '')]
  const number = known ?? Number(/^Unknown linktype (\d+)$/.exec(name)?.[1] ?? NaN)
  if (Number.isNaN(number)) throw new CaptureError('capture', where, name)
  return number
}

const BY_WORDS: readonly (readonly [RegExp, CaptureFault])[] = [
  [/permi|not permitted|CAP_NET_RAW/i, 'privilege'],
  [/no such device|doesn't exist/i, 'interface'],
  [/not up|is down/i, 'down'],
]

/** They throw libpcap's words, if it has any. */
export function worded<Result>(options: NpmOptions, open: () => Result): Result {
  try {
    return open()
  } catch (error) {
    throw errorOf(
      String((error as Error).message)
        .replace(/\s+/g, ' ')
        .trim(),
      options,
    )
  }
}

function errorOf(words: string, options: NpmOptions): CaptureError {
  const fault = BY_WORDS.find(([pattern]) => pattern.test(words))?.[1]
  if (fault !== undefined) return new CaptureError(fault, options.interface)
  // What else they can refuse of what they are given is the filter.
  return options.filter !== '' && words !== ''
    ? new CaptureError('filter', options.filter, words)
    : new CaptureError('capture', options.interface, words)
}
