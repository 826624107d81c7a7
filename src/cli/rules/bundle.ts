/** `onlooker rules bundle`: makes one file of folders with rules, signed, to carry to sensors. */

import { readFileSync, writeFileSync } from 'node:fs'
import { privateKeyOf, publicKeyText, sealed } from '../../rules/bundle.js'
import { checkEntries } from '../../rules/check.js'
import { isVersion } from '../../rules/edition.js'
import { rulesIn } from '../../conditions/files.js'
import { CallError } from '../errors.js'
import { countText } from '../inventory-words.js'
import { vocabulary } from '../knowledge.js'
import { parsed } from '../listing.js'
import { writeOut } from '../stdout.js'

const OPTIONS = {
  key: { type: 'string' },
  out: { type: 'string' },
  version: { type: 'string' },
} as const

export function bundle(args: string[]): Promise<void> {
  const { values, positionals: folders } = parsed(args, OPTIONS, 'rules')
  const { key, out, version } = values as Readonly<Record<string, string | undefined>>
  if (folders.length === 0 || key === undefined || out === undefined) {
    throw new CallError('name folders, --key, --version and --out: see onlooker help rules')
  }
  if (!isVersion(version)) {
    throw new CallError('which version? numbers and dots, above the last: --version 1.4.0.2')
  }
  const entries = folders.flatMap(folder => reading(folder, () => rulesIn(folder)))
  const [fault, ...others] = checkEntries(entries, vocabulary(), []).faults
  if (fault !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${String(others.length)} more)`
    throw new CallError(`no bundle of rules that don't hold: ${fault.place}: ${fault.what}${more}`)
  }
  const secret = privateKeyOf(reading(key, () => readFileSync(key, 'utf8')))
  const text = sealed({ version, entries }, secret)
  reading(out, () => writeFileSync(out, text))
  writeOut(`${out}: ${countText(entries.length)} rules and tables, version ${version}\n`)
  writeOut(
    `sensors take it that have this in their settings: rules: {key: ${publicKeyText(secret)}}\n`,
  )
  return Promise.resolve()
}

/** What the system says of a file, in a line. */
function reading<T>(name: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new CallError(`${name}: ${code}: name another`)
  }
}
