/** `onlooker run`: the sensor. Comes to its sockets without privilege, then listens until it is stopped. */

import { isatty } from 'node:tty'
import { parseArgs } from 'node:util'
import { addon, builtIn } from '../capture/addon.js'
import { compileFilter } from '../capture/filter.js'
import { nameList } from '../sensor/interfaces.js'
import { LogStream, logger } from '../sensor/log.js'
import { roadOf, situation, type Road } from '../sensor/privilege.js'
import { OwnSockets, Sockets, type Supply } from '../sensor/sockets.js'
import { loadSettings, type Settings } from '../settings/load.js'
import { Refused } from '../settings/forms.js'
import { schema } from '../settings/schema.js'
import { CallError } from './errors.js'
import { availableHere, demandPrivilege } from './listening-to.js'

const ETHERNET = 1
const STDOUT = 1

export const RUN_OPTIONS = {
  config: { type: 'string' },
  interface: { type: 'string', short: 'i', multiple: true },
  workers: { type: 'string' },
  filter: { type: 'string' },
  'log-level': { type: 'string' },
} as const

/** What the call says; it wins over the settings. */
export interface Call {
  readonly config?: string | undefined
  readonly interface?: string[] | undefined
  readonly workers?: string | undefined
  readonly filter?: string | undefined
  readonly 'log-level'?: string | undefined
}

export async function run(args: string[]): Promise<void> {
  const call = parse(args)
  const settings = settingsFor(call)
  const sockets = socketsFor(settings)
  // Not before: what begins privileged and is replaced needs none of it.
  const { runSensor } = await import('./daemon.js')
  const stream = new LogStream(process.stdout)
  const log = logger(stream, logOptions(settings))
  await runSensor({
    addon: addon(),
    settings,
    reload: () => settingsFor(call),
    sockets,
    log,
    stream,
  })
}

function parse(args: string[]): Call {
  try {
    return parseArgs({ args, options: RUN_OPTIONS, strict: true }).values
  } catch (error) {
    throw new CallError(`${(error as Error).message.split('. ')[0]}: see onlooker help run`)
  }
}

/** The settings with what the call says, all of it looked at: also when they are read again. */
export function settingsFor(call: Call): Settings {
  const settings = availableHere(overlaid(loadSettings(call.config), call))
  const { capture } = settings
  if (capture.interfaces !== 'auto') checkNames(capture.interfaces)
  // A wrong filter is told before anything is opened.
  if (capture.filter.trim() !== '') compileFilter(capture.filter, ETHERNET)
  return settings
}

export function overlaid(settings: Settings, call: Call): Settings {
  const { capture, log } = schema
  const workers = call.workers === undefined ? undefined : Number(call.workers)
  return {
    ...settings,
    capture: {
      ...settings.capture,
      ...(call.interface && { interfaces: namesAsked(call.interface) }),
      ...given('workers', asked('workers', workers, call.workers, capture.workers.form)),
      ...given('filter', asked('filter', call.filter, call.filter, capture.filter.form)),
    },
    log: {
      ...settings.log,
      ...given('level', asked('log level', call['log-level'], call['log-level'], log.level.form)),
    },
  }
}

interface Readable<T> {
  readonly read: (written: unknown) => T | Refused
}

/** What a flag says, read as the settings would read it. */
function asked<T>(
  what: string,
  value: unknown,
  text: string | undefined,
  form: Readable<T>,
): T | undefined {
  if (value === undefined) return undefined
  const known = form.read(value)
  if (!(known instanceof Refused)) return known
  throw new CallError(`wrong ${what}: ${String(text)}: ${known.mend}`)
}

const given = <Name extends string, T>(name: Name, value: T | undefined): { [K in Name]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { [K in Name]: T })

function namesAsked(names: readonly string[]): string[] {
  const all = names.flatMap(name => name.split(',')).filter(name => name !== '')
  return [...new Set(all)]
}

function checkNames(names: readonly string[]): void {
  const known = addon()
    .interfaces()
    .map(({ name }) => name)
  const missing = names.filter(name => !known.includes(name))
  if (missing.length === 0) return
  throw new CallError(`no such interface: ${nameList(missing)}: name one of ${nameList(known)}`)
}

/** Rings need sockets that the launcher opened; what copies opens its own. */
function socketsFor({ capture }: Settings): Supply {
  if (capture.source === 'ring') return new Sockets(takeRoad())
  demandPrivilege(addon(), capture.source)
  return new OwnSockets(addon())
}

/** Comes to the sockets, if need be by way of the launcher: then this program ends here. */
function takeRoad(): readonly [number, number] {
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  const road = roadOf(situation(addon(), builtIn() ?? '.', process.env), command)
  if (road.by === 'sockets') return road.range
  if (road.by === 'none') throw new Error(road.why)
  return launch(road)
}

function launch(road: Road & { by: 'launcher' }): never {
  process.stderr.write(`onlooker: going on ${road.words}\n`)
  const environment = Object.entries(process.env).map(([name, value]) => `${name}=${value ?? ''}`)
  const { code } = addon().execute(road.path, [road.path, ...road.arguments], environment)
  throw new Error(`cannot start the launcher (${code}): ${road.path}: npm run setup builds it`)
}

export function logOptions({ log }: Settings) {
  const terminal = isatty(STDOUT)
  return {
    level: log.level,
    pretty: log.format === 'pretty' || (log.format === 'auto' && terminal),
    colour: terminal && process.env.NO_COLOR === undefined,
  }
}
