/** Rules in files: all `.yaml` below a folder, each a list of entries, and the same made ready. */

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSeq, LineCounter, parseDocument } from 'yaml'
import { RuleError, type Written } from './entry.js'

export const SHIPPED = ['rules', 'recommendations'] as const
export type Shipped = (typeof SHIPPED)[number]

/** What comes with the program, and the same made ready when it was built: reading YAML is slow. */
export const shippedFolder = (name: Shipped): string =>
  fileURLToPath(new URL(`../../../config/${name}`, import.meta.url))
export const readyFile = (name: Shipped): string =>
  fileURLToPath(new URL(`../../${name}.json`, import.meta.url))

/** As it was made ready, unless a file is newer. */
export function shippedEntries(name: Shipped): Written[] {
  const folder = shippedFolder(name)
  const ready = readyFile(name)
  if (existsSync(ready)) {
    const made = statSync(ready).mtimeMs
    if (filesIn(folder).every(file => statSync(file).mtimeMs <= made)) {
      return JSON.parse(readFileSync(ready, 'utf8')) as Written[]
    }
  }
  return rulesIn(folder)
}

/** All entries below a folder. Throws a RuleError for what is no YAML. */
export function rulesIn(folder: string): Written[] {
  return filesIn(folder).flatMap(file => entriesOf(file, relative(folder, file)))
}

/** Its first line, without the place that is told before it. */
const plainly = (message: string): string =>
  (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(name => join(folder, name))
}

function entriesOf(file: string, name: string): Written[] {
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(file, 'utf8'), { lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined) {
    const line = String(error.linePos?.[0].line ?? 1)
    throw new RuleError(`${name}:${line}: ${plainly(error.message)}: mend the YAML here`)
  }
  const list = document.contents
  if (list === null) return []
  if (!isSeq(list)) throw new RuleError(`${name}:1: a file is a list of rules: begin each with a -`)
  const values = document.toJS() as unknown[]
  return list.items.map((item, i) => {
    const at = (item as { range?: readonly [number, number, number] }).range?.[0] ?? 0
    return { place: `${name}:${String(lines.linePos(at).line)}`, entry: values[i] }
  })
}
