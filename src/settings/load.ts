/** Which configuration holds: the one named in the call, else by the environment, else the system's. */

import { settingsIn } from './document.js'
import { readText, refusal } from './file.js'
import { defaults, type Settings } from './schema.js'

export { SettingsError } from './errors.js'
export type { Network } from './network.js'
export type { LogLevel, Settings } from './schema.js'

const SYSTEM_FILE = '/etc/onlooker/onlooker.yaml'

/** Where to look, when the call names nothing. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly systemFile: string
}

const here = (): Surroundings => ({ environment: process.env, systemFile: SYSTEM_FILE })

/**
 * The settings of `path` (what --config names), else of $ONLOOKER_CONFIG, else of the system's file
 * if there is one, else the defaults. Throws a SettingsError: a file that was named must be there.
 */
export function loadSettings(path?: string, { environment, systemFile } = here()): Settings {
  const named = path ?? (environment.ONLOOKER_CONFIG || undefined)
  const file = named ?? systemFile
  const text = readText(file)
  if (text !== undefined) return settingsIn(text, file)
  if (named !== undefined) throw refusal('ENOENT', named)
  return defaults()
}
