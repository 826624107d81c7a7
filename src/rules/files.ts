/** Rules in files: all `.yaml` below a folder, each a list of rules and tables. */

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSeq, LineCounter, parseDocument } from 'yaml'
import { RuleError, type Written } from './read-rules.js'

/** What comes with the program, and the same made ready when it was built: reading YAML is slow. */
const SHIPPED = fileURLToPath(new URL('../../../config/rules', import.meta.url))
const READY = fileURLToPath(new URL('../../rules.json', import.meta.url))

/** The shipped rules' entries. */
export function shippedRules(): Written[] {
  const files = filesIn(SHIPPED)
  if (existsSync(READY)) {
    const made = statSync(READY).mtimeMs
    if (files.every(file => statSync(file).mtimeMs <= made)) {
      return JSON.parse(readFileSync(READY, 'utf8')) as Written[]
    }
  }
  return rulesIn(SHIPPED)
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
