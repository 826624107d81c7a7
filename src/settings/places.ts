/** What `auto` means for the sensor's name and the folder of its data: the host and the environment say. */

import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import type { Settings } from './schema.js'

/** The command line's socket, in the sensor's own folder. */
export const SOCKET_FILE = 'onlooker.sock'

type Environment = Readonly<Record<string, string | undefined>>

export function sensorName({ sensor }: Settings, host = hostname()): string {
  return sensor.name === 'auto' ? host : sensor.name
}

/** `data.dir`, else $ONLOOKER_DATA_DIR, else $STATE_DIRECTORY, else the user's own. */
export function storeFolder({ data }: Settings, environment: Environment = process.env): string {
  if (data.dir !== 'auto') return data.dir
  const named = environment.ONLOOKER_DATA_DIR || undefined
  // systemd separates several by colons; the first is ours.
  const state = environment.STATE_DIRECTORY?.split(':')[0] || undefined
  return named ?? state ?? join(homedir(), '.local/share/onlooker')
}
