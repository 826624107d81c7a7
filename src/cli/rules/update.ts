/** `onlooker rules update`: takes rules from a signed bundle, or says what that would change. */

import { existsSync } from 'node:fs'
import { PROPERTIES, type Property } from '../../model/judge.js'
import type { Device } from '../../identity/document.js'
import type { Bundle } from '../../rules/bundle.js'
import { checkEntries } from '../../rules/check.js'
import { differenceOf } from '../../rules/difference.js'
import { compareVersions } from '../../rules/edition.js'
import { RuleError } from '../../conditions/entry.js'
import { loadSettings, type Settings } from '../../settings/load.js'
import { printable } from '../columns.js'
import { CallError } from '../errors.js'
import { countText, plural } from '../inventory-words.js'
import { knowledgeOf, vocabulary, type Known } from '../knowledge.js'
import { parsed } from '../listing.js'
import { readFiles } from '../read.js'
import { writeOut } from '../stdout.js'
import { soundEdition, takeBundle, trustedBundle } from './bundles.js'

const OPTIONS = {
  config: { type: 'string' },
  'dry-run': { type: 'boolean' },
  capture: { type: 'string' },
} as const

export async function update(args: string[]): Promise<void> {
  const { values, positionals } = parsed(args, OPTIONS, 'rules')
  const [file] = positionals
  if (file === undefined || positionals.length > 1) {
    throw new CallError('name one bundle: onlooker rules update rules.bundle')
  }
  const { config, capture } = values as Readonly<Record<string, string | undefined>>
  if (capture !== undefined && !existsSync(capture)) throw new CallError(`no such file: ${capture}`)
  const settings = loadSettings(config)
  const { text, bundle } = trustedBundle(file, settings)
  const { edition, fault } = soundEdition(settings)
  if (fault !== '') writeOut(`the rules that were taken before are no good: ${fault}\n`)
  refuseOlder(bundle, edition)
  const after = checked(bundle, settings)
  tellDifference(edition, bundle)
  if (capture !== undefined) {
    await tellDevices(capture, knowledgeOf(edition, settings), after)
  }
  if (values['dry-run'] === true) return writeOut('nothing was changed\n')
  takeBundle(text, settings)
  writeOut(
    `version ${bundle.version} holds from the next start on; onlooker rules reload: at once\n`,
  )
}

function refuseOlder({ version }: Bundle, { version: before }: Bundle): void {
  if (compareVersions(version, before) > 0) return
  throw new CallError(
    `version ${version} is no newer than ${before}, which holds: take a newer one`,
  )
}

/** What it would know beside one's own rules; the whole bundle is refused for one fault. */
function checked(bundle: Bundle, settings: Settings): Known {
  const [fault] = checkEntries(bundle.entries, vocabulary(), []).faults
  if (fault !== undefined) throw refused(`${fault.place}: ${fault.what}`)
  try {
    return knowledgeOf(bundle, settings)
  } catch (error) {
    if (error instanceof RuleError) throw refused(error.message)
    throw error
  }
}

const refused = (why: string): CallError =>
  new CallError(`the bundle is refused, the old rules hold: ${why}`)

function tellDifference(before: Bundle, after: Bundle): void {
  const { added, removed, changed } = differenceOf(before.entries, after.entries)
  writeOut(`version ${before.version} -> ${after.version}\n`)
  for (const name of added) writeOut(`+ ${printable(name)}\n`)
  for (const name of removed) writeOut(`- ${printable(name)}\n`)
  for (const name of changed) writeOut(`~ ${printable(name)}\n`)
  const counts = [added, removed, changed].map(({ length }) => countText(length))
  writeOut(`rules and tables: ${counts[0]!} added, ${counts[1]!} removed, ${counts[2]!} changed\n`)
}

/** Devices of a capture that would be taken for something else. */
async function tellDevices(file: string, old: Known, now: Known): Promise<void> {
  const read = { files: [file], workers: 1, quiet: true }
  const before = await readFiles({ ...read, known: old })
  const after = await readFiles({ ...read, known: now })
  const known = new Map(before.devices.map(device => [device.id, device]))
  let count = 0
  for (const device of after.devices) {
    const was = known.get(device.id)
    const changes = PROPERTIES.flatMap(property => changeOf(property, was, device))
    if (changes.length === 0) continue
    count++
    const name = device.macs[0] ?? device.ipv4[0] ?? device.ipv6[0] ?? device.id
    writeOut(printable(`${name}: ${changes.join(', ')}`) + '\n')
  }
  const all = plural(after.devices.length, 'device')
  writeOut(`something else: ${countText(count)} of ${all} in ${printable(file)}\n`)
}

function changeOf(property: Property, before: Device | undefined, after: Device): string[] {
  const was = before === undefined ? null : valueOf(property, before)
  const is = valueOf(property, after)
  return was === is ? [] : [`${property} ${was ?? '(none)'} -> ${is ?? '(none)'}`]
}

function valueOf(property: Property, device: Device): string | null {
  if (property === 'os') return device.os?.name ?? null
  if (property === 'os_version') return device.os?.version ?? null
  return device[property]
}
