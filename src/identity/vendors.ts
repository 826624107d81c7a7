/**
 * Who a hardware address was sold to, by the IEEE's registry.
 *
 * The registry is 5 MB of JSON and takes long to parse. It has one entry a line, ordered by the
 * length of the prefix and then by the prefix, so the few that are needed are found in its bytes.
 */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Holders of blocks that are sold on, or who won't be named. */
const NOBODY = new Set(['IEEE Registration Authority', 'Private'])

/** So many answers are remembered. */
const BLOCKS_MAX = 65_536
/** After so many searches the registry is parsed. */
const SEARCHES_MAX = 4096

const LINE = 0x0a
const QUOTE = 0x22

export interface Vendor {
  readonly name: string
  /** `3c:d9:2b`, or with half a byte more: `8c:1f:64:ff:b`. */
  readonly prefix: string
}

/** Whose software makes addresses that begin so; no registry has them. */
const MADE: ReadonlyMap<string, string> = new Map([
  ['525400', 'QEMU'],
  ['FA163E', 'OpenStack'],
  ['42010A', 'Google Cloud'],
  ['04013A', 'DigitalOcean'],
])

/** The maker of an address that software makes, or null. */
export function makerOf(mac: Uint8Array): Vendor | null {
  const prefix = digits(mac, 6)
  const name = MADE.get(prefix)
  return name === undefined ? null : vendor(name, prefix)
}

export const readRegistry = (): Uint8Array =>
  readFileSync(fileURLToPath(import.meta.resolve('oui-data')))

export class Vendors {
  private registry: Uint8Array | undefined
  /** All entries, once so many were searched for that parsing them is cheaper. */
  private entries: Map<string, string> | undefined
  private searches = 0
  private read: () => Uint8Array
  /** By the first three bytes: whose they are; a name that is nobody's where they are sold on. */
  private readonly blocks = new Map<number, Vendor | null>()

  constructor(read: () => Uint8Array = readRegistry) {
    this.read = read
  }

  /** The vendor of a universally administered address, or null. */
  of(mac: Uint8Array): Vendor | null {
    if ((mac[0]! & 2) !== 0) return null
    const block = (mac[0]! << 16) | (mac[1]! << 8) | mac[2]!
    let whole = this.blocks.get(block)
    if (whole === undefined) {
      const name = this.find(digits(mac, 6))
      whole = name === null ? null : vendor(name, digits(mac, 6))
      if (this.blocks.size < BLOCKS_MAX) this.blocks.set(block, whole)
    }
    if (whole !== null && !NOBODY.has(whole.name)) return whole
    for (const length of [9, 7]) {
      const part = this.find(digits(mac, length))
      if (part !== null && !NOBODY.has(part)) return vendor(part, digits(mac, length))
    }
    return null
  }

  /** Another registry holds from now on. */
  readAgain(read: () => Uint8Array = readRegistry): void {
    this.read = read
    this.blocks.clear()
    this.close()
  }

  /** Forgets the registry's bytes: most are not needed again. */
  close(): void {
    this.registry = undefined
    this.entries = undefined
    this.searches = 0
  }

  private find(prefix: string): string | null {
    const bytes = (this.registry ??= this.read())
    if (this.entries === undefined && ++this.searches <= SEARCHES_MAX) return search(bytes, prefix)
    this.entries ??= new Map(Object.entries(JSON.parse(textOf(bytes)) as Record<string, string>))
    const entry = this.entries.get(prefix)
    return entry === undefined ? null : firstLine(entry)
  }
}

/** The first line of a prefix's entry, by bisection. */
function search(bytes: Uint8Array, prefix: string): string | null {
  let low = 0
  let high = bytes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const start = middle === 0 ? 0 : bytes.lastIndexOf(LINE, middle - 1) + 1
    const key = keyAt(bytes, start)
    // The braces stand on lines of their own, before all entries and behind them.
    const order = key === '' ? (start === 0 ? 1 : -1) : compare(prefix, key)
    if (order === 0) return nameAt(bytes, start + key.length)
    const end = bytes.indexOf(LINE, middle)
    if (order < 0) high = start
    else low = end < 0 ? bytes.length : end + 1
  }
  return null
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()

const vendor = (name: string, prefix: string): Vendor => ({
  name,
  prefix: prefix.toLowerCase().replace(/..(?=.)/g, '$&:'),
})

function digits(mac: Uint8Array, count: number): string {
  let text = ''
  for (let i = 0; text.length < count; i++) text += mac[i]!.toString(16).padStart(2, '0')
  return text.slice(0, count).toUpperCase()
}

/** The prefix that a line is about; '' for the lines with braces. */
function keyAt(bytes: Uint8Array, start: number): string {
  const from = bytes.indexOf(QUOTE, start)
  if (from < 0 || from > start + 2) return ''
  const to = bytes.indexOf(QUOTE, from + 1)
  return to < 0 || to > from + 10 ? '' : textOf(bytes.subarray(from + 1, to))
}

/** The value on a line is a JSON string; the name is its first line. */
function nameAt(bytes: Uint8Array, from: number): string | null {
  const end = bytes.indexOf(LINE, from)
  const line = textOf(bytes.subarray(from, end < 0 ? bytes.length : end))
  const value = /:\s*("(?:[^"\\]|\\.)*")/.exec(line)
  if (!value) return null
  return firstLine(JSON.parse(value[1]!) as string)
}

function firstLine(entry: string): string | null {
  const name = entry.split('\n')[0]!.trim()
  return name === '' ? null : name
}

/** Shorter prefixes come first; a line without one comes before all. */
function compare(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}
