/** What differs between two sets of rules, by their names. */

import type { Written } from '../conditions/entry.js'

export interface Difference {
  /** In the order of names; tables with how many rows. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

export function differenceOf(before: readonly Written[], after: readonly Written[]): Difference {
  const [old, now] = [named(before), named(after)]
  const added: string[] = []
  const changed: string[] = []
  for (const [name, entry] of now) {
    const was = old.get(name)
    if (was === undefined) added.push(described(name, entry))
    else if (isUnlike(was, entry)) changed.push(changes(name, was, entry))
  }
  const removed = [...old.keys()].filter(name => !now.has(name))
  return { added, removed, changed }
}

type Entry = Readonly<Record<string, unknown>>

function named(entries: readonly Written[]): Map<string, Entry> {
  const all = entries.map(({ entry }): [string, Entry] => {
    const [form = '', name] = Object.entries(entry as Entry)[0] ?? []
    return [`${form} ${String(name)}`, entry as Entry]
  })
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const isUnlike = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) !== JSON.stringify(other)

/** A table's rows, or other ways to write vendors. */
const rowsOf = (entry: Entry): Entry => (entry.rows ?? entry.names ?? {}) as Entry

function described(name: string, entry: Entry): string {
  const count = Object.keys(rowsOf(entry)).length
  return count === 0 ? name : `${name} (rows: ${String(count)})`
}

function changes(name: string, before: Entry, after: Entry): string {
  const [old, now] = [rowsOf(before), rowsOf(after)]
  const keys = Object.keys(now)
  const counts: [string, number][] = [
    ['+', keys.filter(key => !(key in old)).length],
    ['-', Object.keys(old).filter(key => !(key in now)).length],
    ['~', keys.filter(key => key in old && isUnlike(old[key], now[key])).length],
  ]
  const told = counts.filter(([, count]) => count > 0)
  if (told.length === 0) return name
  return `${name} (rows: ${told.map(([sign, count]) => `${sign}${String(count)}`).join(' ')})`
}
