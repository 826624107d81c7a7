/** The sensor as a process: what it listens to, what signals do, and how it ends. */

import { availableParallelism, totalmem } from 'node:os'
import type { Addon } from '../capture/addon.js'
import { candidatesOf, choose, nothingToHear } from '../sensor/choose.js'
import { describe } from '../sensor/interfaces.js'
import { categoryOf } from '../model/kinds.js'
import type { LogStream, Logger } from '../sensor/log.js'
import { sample } from '../sensor/sample.js'
import { Sensor, type SensorParts } from '../sensor/sensor.js'
import { secretKey } from '../sensor/secret-key.js'
import { shapeFor, speedOf, type Shape } from '../sensor/shape.js'
import type { Supply } from '../sensor/sockets.js'
import { Watchdog, watchdogInterval } from '../sensor/watchdog.js'
import type { Settings } from '../settings/load.js'
import { sensorName, storeFolder } from '../settings/places.js'
import { bounds, openStore } from '../store/open.js'
import { Queries } from '../store/queries.js'
import { oneLine } from './errors.js'
import { sourcesFor } from './listening-to.js'
import { reloaded, reloadedRules, type Running } from './reload.js'
import { startingKnowledge } from './knowledge.js'
import { version } from './version.js'

const LISTENER = new URL('../listener.js', import.meta.url)

export interface Daemon {
  readonly addon: Addon
  readonly settings: Settings
  /** Reads the settings again; throws if they are wrong. */
  readonly reload: () => Settings
  readonly sockets: Supply
  readonly log: Logger
  readonly stream: LogStream
}

export async function runSensor(daemon: Daemon): Promise<void> {
  const { addon, settings, log, stream } = daemon
  const { names, why } = await namesFor(daemon, settings)
  const shape = shapeOf(settings, names)
  const { capture } = settings
  const sources = sourcesFor({ addon, sockets: daemon.sockets, capture, shape, names, why })
  for (const name of names) log.info(`hearing ${name}: ${why === '' ? 'as asked' : why}`)
  if (capture.source === 'ring') log.debug({ ...shape }, 'rings for each worker')
  else log.warn(`${capture.source} opens its own sockets: this process stays privileged to capture`)
  const ending = new Ending(log, stream)
  const { known, fault } = startingKnowledge(settings)
  if (fault !== '') log.error(`the shipped rules hold: ${fault}`)
  const { judge, registry, digest } = known
  const kept = storeFor(settings, log)
  const later: { running?: Running } = {}
  const parts = {
    ...kept,
    ...{ settings, judge, registry },
    sources,
    workers: shape.workers,
    program: LISTENER,
    addon,
    log,
    reloadRules: () => reloadedRules(later.running),
  }
  const sensor = await started(parts, ending)
  const running: Running = { ...daemon, sensor, shape, names, why, addon, rules: digest }
  later.running = running
  ending.listen(sensor, () => reloaded(running))
}

/** Where devices are kept, and the key of secrets beside it; one line if it can't be opened. */
export function storeFor(
  settings: Settings,
  log: Logger,
  folder = storeFolder(settings),
): Pick<SensorParts, 'folder' | 'store' | 'queries' | 'key'> {
  const store = openStore(folder, {
    now: () => Date.now(),
    sensor: sensorName(settings),
    ...bounds(settings),
    categoryOf,
    checkpoints_elsewhere: true,
  })
  if (store.aside !== null) {
    log.error(`the database was damaged: it lies at ${store.aside} now, and a new one was begun`)
  }
  if (store.replaced !== null) {
    const before = store.replaced === '' ? 'there was none before' : `before: ${store.replaced}`
    log.warn(`a restored database took its place: ${before}`)
  }
  return { folder, store, queries: new Queries(store.path), key: secretKey(folder) }
}

/** A sensor that has begun, with whom it tells how it is. */
export async function started(
  parts: Omit<SensorParts, 'version' | 'watchdog' | 'failed'>,
  ending: Ending,
): Promise<Sensor> {
  const { addon } = parts
  const interval_us = watchdogInterval(process.env, process.pid)
  const watchdog: Watchdog = new Watchdog(
    text => addon?.notify(text) ?? false,
    interval_us,
    () => sensor.account.isAlive,
  )
  const failed = (why: string): void => void ending.fail(why)
  const sensor: Sensor = new Sensor({ ...parts, version: version(), watchdog, failed })
  await sensor.start()
  return sensor
}

/** What is heard: what was named, else what is best of what is there. */
export async function namesFor(
  { addon, sockets }: Pick<Daemon, 'addon' | 'sockets'>,
  { capture }: Settings,
): Promise<{ names: readonly string[]; why: string }> {
  if (capture.interfaces !== 'auto') return { names: capture.interfaces, why: '' }
  const all = describe(addon.interfaces())
  const candidates = candidatesOf(all)
  const taken = sockets.take(candidates.length) ?? []
  const samples =
    candidates.length > 0 && taken.length > 0 ? await sample(addon, candidates, taken) : []
  const choice = choose(samples)
  if (choice === undefined) throw new Error(nothingToHear(all))
  return { names: [choice.name], why: choice.why }
}

export function shapeOf({ capture }: Settings, names: readonly string[]): Shape {
  // What copies has one worker, and no ring.
  const workers = capture.source === 'ring' ? capture.workers : 1
  return shapeFor(
    { ...capture, workers },
    {
      cores: availableParallelism(),
      memory_bytes: totalmem(),
      speeds: names.map(name => speedOf(name)),
    },
  )
}

/** How it ends: once in order, and at once if that is asked for twice. */
export class Ending {
  private readonly log: Logger
  private readonly stream: LogStream
  private sensor: Sensor | undefined
  private isEnding = false

  constructor(log: Logger, stream: LogStream) {
    this.log = log
    this.stream = stream
    // Nobody reads any more: that is no reason to end.
    process.stderr.on('error', () => undefined)
  }

  listen(sensor: Sensor, reload: () => Promise<void>): void {
    this.sensor = sensor
    process.on('SIGTERM', () => void this.end())
    process.on('SIGINT', () => void this.end())
    process.on('SIGHUP', () => void reload())
  }

  /** It can't go on. */
  async fail(why: string): Promise<void> {
    this.log.fatal(why)
    process.exitCode = 1
    await this.end()
  }

  private async end(): Promise<void> {
    if (this.isEnding) process.exit(1)
    this.isEnding = true
    try {
      this.log.info((await this.sensor?.stop()) ?? 'ended')
    } catch (error) {
      this.log.error(oneLine(error))
      process.exitCode = 1
    }
    await this.stream.end()
    process.exit(process.exitCode ?? 0)
  }
}
