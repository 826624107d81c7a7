/** Which rules hold: the shipped ones, or those of a bundle that was taken and is newer. */

import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bundleText, publicKeyOf, unsealed, type Bundle } from '../../rules/bundle.js'
import { compareVersions } from '../../rules/edition.js'
import { shippedEntries } from '../../conditions/files.js'
import { RuleError } from '../../conditions/entry.js'
import type { Settings } from '../../settings/load.js'
import { storeFolder } from '../../settings/places.js'
import { version } from '../version.js'

const BUNDLE_FILE = 'rules.bundle'
/** Where a sensor that the system runs keeps what it knows. */
const SYSTEM_FOLDER = '/var/lib/onlooker'

/** What comes with the program, as old as that is. */
export const shippedEdition = (): Bundle => ({
  version: /^[\d.]*\d/.exec(version())?.[0] ?? '0',
  entries: shippedEntries('rules'),
})

/** Throws a RuleError where the bundle that was taken is damaged, or signed by another key. */
export function currentEdition(settings: Settings): Bundle {
  const shipped = shippedEdition()
  const taken = takenBundle(settings)
  return taken !== undefined && compareVersions(taken.version, shipped.version) > 0
    ? taken
    : shipped
}

/** As `currentEdition`, but the shipped one where that would throw: and why. */
export function soundEdition(settings: Settings): { edition: Bundle; fault: string } {
  try {
    return { edition: currentEdition(settings), fault: '' }
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return { edition: shippedEdition(), fault: error.message }
  }
}

/** A bundle that may be taken: signed by whom is trusted. Throws a RuleError that says why not. */
export function trustedBundle(file: string, settings: Settings): { text: string; bundle: Bundle } {
  const { key } = settings.rules
  if (key === '') {
    throw new RuleError('rules.key is not set: write the public key of whom you trust there')
  }
  const text = bundleText(file)
  return { text, bundle: unsealed(text, publicKeyOf(key), file) }
}

/** From now on these rules hold: at once, or not at all. */
export function takeBundle(text: string, settings: Settings): void {
  const place = bundlePlace(settings)
  const beside = `${place}.${String(process.pid)}`
  try {
    mkdirSync(dirname(place), { recursive: true, mode: 0o750 })
    writeFileSync(beside, text, { mode: 0o644, flush: true })
    renameSync(beside, place)
  } catch (error) {
    rmSync(beside, { force: true })
    const { code = '' } = error as NodeJS.ErrnoException
    throw new Error(`${place}: it can't be written (${code}): be the sensor's user, or root`)
  }
}

/** Without a key nobody's bundle holds. */
function takenBundle(settings: Settings): Bundle | undefined {
  const place = bundlePlace(settings)
  if (settings.rules.key === '' || !existsSync(place)) return undefined
  return trustedBundle(place, settings).bundle
}

/** In the sensor's folder: the system's, where none is named or near. */
function bundlePlace(settings: Settings): string {
  const own = storeFolder(settings)
  const isNamed = settings.data.dir !== 'auto' || own !== storeFolder(settings, {})
  const isNear = isNamed || existsSync(own) || !existsSync(SYSTEM_FOLDER)
  return join(isNear ? own : SYSTEM_FOLDER, BUNDLE_FILE)
}
