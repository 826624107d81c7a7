/**
 * Who holds which hardware addresses, as the IEEE publishes it in CSV, or as Wireshark's `manuf`
 * lists it; made into the form in which the registry is searched: a line of JSON for each prefix,
 * ordered by length and then by prefix.
 */

import { RuleError } from '../../conditions/entry.js'
import { csvRows } from './csv.js'

const ENTRIES_MAX = 500_000
const NAME_MAX = 200
/** Digits of prefixes that are looked for. */
const LENGTHS = [6, 7, 9]

export type Prefixes = Map<string, string>

export const isIeeeCsv = (text: string): boolean =>
  /^\uFEFF?"?Registry"?,"?Assignment"?,"?Organization Name"?/i.test(text.slice(0, 200))

export const isManuf = (text: string): boolean =>
  /^([\da-f]{2}[:-]){2,5}[\da-f]{2}(\/\d{2})?[ \t]+\S/im.test(text.slice(0, 20_000))

/** Adds what a file says. Throws a RuleError with the line of what is none. */
export function addIeeeCsv(text: string, file: string, into: Prefixes): void {
  csvRows(text, file).forEach(({ cells, line }, i) => {
    if (i === 0 || cells.length < 3) return
    const [, digits = '', name = ''] = cells
    if (!/^[\da-f]{6,9}$/i.test(digits)) {
      throw new RuleError(
        `${file}:${String(line)}: ${digits} is no assignment: it has 6 to 9 digits`,
      )
    }
    add(into, digits, name)
  })
}

export function addManuf(text: string, file: string, into: Prefixes): void {
  text.split(/\r?\n/).forEach((written, i) => {
    const line = written.replace(/#.*$/, '').trim()
    if (line === '') return
    const match = /^([\da-f:.-]+)(?:\/(\d{1,2}))?[ \t]+(\S+)(?:[ \t]+(.*))?$/i.exec(line)
    if (match === null) {
      throw new RuleError(`${file}:${String(i + 1)}: neither a prefix nor a comment: take it out`)
    }
    const [, written_prefix = '', bits, short = '', long = ''] = match
    const digits = written_prefix.replace(/[:.-]/g, '')
    const length = bits === undefined ? digits.length : Math.floor(Number(bits) / 4)
    // Single addresses and other lengths are no makers' blocks.
    if (LENGTHS.includes(length) && digits.length >= length) {
      add(into, digits.slice(0, length), long.trim() || short)
    }
  })
}

function add(into: Prefixes, digits: string, name: string): void {
  const plain = name.replace(/\s+/g, ' ').trim().slice(0, NAME_MAX)
  if (plain !== '' && into.size < ENTRIES_MAX) into.set(digits.toUpperCase(), plain)
}

export function registryOf(prefixes: Prefixes): Uint8Array | undefined {
  if (prefixes.size === 0) return undefined
  const keys = [...prefixes.keys()].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  const lines = keys.map(key => ` "${key}": ${JSON.stringify(prefixes.get(key))}`)
  return new TextEncoder().encode(`{\n${lines.join(',\n')}\n}\n`)
}
