/** SIGHUP: reads the settings again, and does what they say now, as far as that can be done live. */

import { thousands } from '../bytes/thousands.js'
import type { RulesRead } from '../api/call.js'
import type { Sensor } from '../sensor/sensor.js'
import type { Shape } from '../sensor/shape.js'
import type { Sources } from '../sensor/sources.js'
import type { Settings } from '../settings/load.js'
import type { Daemon } from './daemon.js'
import { oneLine } from './errors.js'
import { knowledgeFor } from './knowledge.js'
import { sourcesFor } from './listening-to.js'

export interface Running extends Omit<Daemon, 'settings'> {
  settings: Settings
  readonly sensor: Sensor
  readonly shape: Shape
  names: readonly string[]
  /** What the rules in force were read from, in short. */
  rules: string
  /** Ends with the last reading of rules that was asked for. */
  reading?: Promise<void>
  why: string
}

/** Takes effect with the next start only. */
const FIXED = [
  'sensor.site',
  'sensor.timezone',
  'capture.workers',
  'capture.source',
  'capture.exclude',
  'networks.inside',
  'networks.names',
  'data.dir',
  'store.disk_max',
  'store.conversations_days',
  'store.names_days',
  'store.devices_days',
  'store.durability',
  'learning.days',
  'privacy.names',
  'log.format',
]
/** Rings must be opened again for it. */
const REOPENING = [
  'capture.interfaces',
  'capture.snaplen',
  'capture.promiscuous',
  'capture.mode',
  'capture.ring_block_bytes',
  'capture.ring_blocks',
  'capture.ring_timeout_ms',
]

/** Every setting that differs, as `section.key`. */
export function differences(before: Settings, after: Settings): string[] {
  return Object.entries(after).flatMap(([section, keys]) =>
    Object.entries(keys as Record<string, unknown>)
      .filter(([key, value]) => {
        const was = (before[section as keyof Settings] as Record<string, unknown>)[key]
        return JSON.stringify(was) !== JSON.stringify(value)
      })
      .map(([key]) => `${section}.${key}`),
  )
}

export async function reloaded(running: Running): Promise<void> {
  const { log, settings: before } = running
  let after: Settings
  try {
    after = running.reload()
  } catch (error) {
    log.error(`the new settings are refused, the old ones hold: ${oneLine(error)}`)
    return
  }
  const changed = differences(before, after)
  const later = changed.filter(key => FIXED.includes(key))
  const now = changed.filter(key => !FIXED.includes(key))
  try {
    await apply(running, after, now)
  } catch (error) {
    log.error(`the new settings are refused, the old ones hold: ${oneLine(error)}`)
    return
  }
  running.settings = after
  running.sensor.settle(after)
  const words = now.length === 0 ? 'nothing changed' : `changed: ${now.join(', ')}`
  log.info(`settings read again: ${words}`)
  if (later.length > 0) log.warn(`only with the next start: ${later.join(', ')}`)
  await reloadRules(running)
}

/** Rules may have changed although the settings have not; what is wrong anywhere changes nothing. */
async function reloadRules(running: Running): Promise<void> {
  try {
    await reloadedRules(running)
  } catch (error) {
    running.log.error(`the new rules are refused, the old ones hold: ${oneLine(error)}`)
  }
}

/** Reads all rules again, one reading after the other; throws where the new are refused. */
export function reloadedRules(running: Running | undefined): Promise<RulesRead> {
  if (running === undefined) return Promise.reject(new Error('it is still starting: ask again'))
  const reading = (running.reading ?? Promise.resolve()).then(() => readRulesAgain(running))
  running.reading = reading.then(
    () => undefined,
    () => undefined,
  )
  return reading
}

async function readRulesAgain(running: Running): Promise<RulesRead> {
  const { log, sensor, settings } = running
  const { judge, registry, digest, version } = knowledgeFor(settings)
  const told = { version, rules: judge.size, changed: digest !== running.rules }
  if (!told.changed) return told
  await sensor.rejudge(judge, registry)
  running.rules = digest
  log.info(`rules read again: ${thousands(judge.size)} of them, version ${version}`)
  return told
}

async function apply(running: Running, after: Settings, changed: readonly string[]): Promise<void> {
  const { sensor, log } = running
  const has = (key: string): boolean => changed.includes(key)
  // Only a ring's filter can be exchanged while it is open.
  const reopening = after.capture.source === 'ring' ? REOPENING : [...REOPENING, 'capture.filter']
  if (changed.some(key => reopening.includes(key))) await reopen(running, after)
  else if (has('capture.filter')) sensor.refilter(after.capture.filter)
  if (has('http.listen')) log.info(`answering at ${await sensor.answer(after)}`)
  if (has('log.level')) log.level = after.log.level
}

/** The number of workers stays; each gets rings of the new shape. */
async function reopen(running: Running, after: Settings): Promise<void> {
  const { addon, sockets, sensor, shape, settings, names, why } = running
  const { interfaces, ring_block_bytes: block_bytes, ring_blocks } = after.capture
  const next = interfaces === 'auto' ? { names, why } : { names: interfaces, why: '' }
  const blocks = ring_blocks === 'auto' ? shape.blocks : ring_blocks
  const posts = (capture: Settings['capture'], listed: typeof next, rings: Shape): Sources =>
    sourcesFor({ addon, sockets, capture, shape: rings, ...listed })
  const needed = next.names.length * shape.workers
  if (after.capture.source === 'ring' && needed > sockets.left) {
    throw new Error(
      `${String(needed)} sockets are needed and ${String(sockets.left)} are left: restart the sensor`,
    )
  }
  await sensor.reopen(posts(after.capture, next, { ...shape, block_bytes, blocks }), () =>
    posts(settings.capture, { names, why }, shape),
  )
  running.names = next.names
  running.why = next.why
}
