/** What the shipped patterns need, worked out when the program was built: it is much work for a start. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { needsOf, type Needs } from './literals.js'
import { LETTERS } from './pattern-tree.js'

export const NEEDS_FILE = fileURLToPath(new URL('../../needs.json', import.meta.url))

/** Words, and the letters to begin with as one bit each. */
type Packed = readonly [words: readonly string[] | null, start: string | null]

/** By how a pattern is written. */
export const packNeeds = (sources: Iterable<string>): string =>
  JSON.stringify(Object.fromEntries([...sources].map(source => [source, packed(needsOf(source))])))

let ready: Map<string, Packed> | undefined

/** The same as `needsOf`, at once for a shipped pattern. */
export function readyNeeds(source: string): Needs {
  ready ??= readReady()
  const known = ready.get(source)
  return known === undefined ? needsOf(source) : unpacked(known)
}

/** Without the file everything is worked out anew. */
function readReady(): Map<string, Packed> {
  try {
    return new Map(Object.entries(JSON.parse(readFileSync(NEEDS_FILE, 'utf8')) as object))
  } catch {
    return new Map()
  }
}

function packed({ words, start }: Needs): Packed {
  if (start === undefined) return [words ?? null, null]
  const bits = Buffer.alloc(Math.ceil(LETTERS / 8))
  for (let i = 0; i < LETTERS; i++) bits[i >> 3]! |= start[i]! << (i & 7)
  return [words ?? null, bits.toString('base64')]
}

function unpacked([words, start]: Packed): Needs {
  if (start === null) return { words: words ?? undefined, start: undefined }
  const bits = Buffer.from(start, 'base64')
  const letters = new Uint8Array(LETTERS)
  for (let i = 0; i < LETTERS; i++) letters[i] = (bits[i >> 3]! >> (i & 7)) & 1
  return { words: words ?? undefined, start: letters }
}
