/** `onlooker read`: capture files in, an inventory out. */

import { randomBytes } from 'node:crypto'
import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { openFiles } from '../capture/file.js'
import { filtered } from '../capture/filter.js'
import type { Source } from '../capture/source.js'
import { Solo, type Crew, type Listener } from '../hearing/crew.js'
import { OPEN, type Discretion } from '../hearing/discretion.js'
import { Pool } from '../hearing/pool.js'
import { readSource, type Reading } from '../hearing/reading.js'
import { Secrets } from '../hearing/secrets.js'
import type { InventoryDocument } from '../identity/document.js'
import { Inventory } from '../identity/inventory.js'
import { Vendors } from '../identity/vendors.js'
import type { CaptureSummary } from '../model/capture.js'
import { facts, protocols } from '../protocols/index.js'
import { adviceFor, advised } from './advising.js'
import { knowledgeFor, shippedKnowledge, type Known } from './knowledge.js'
import { loadSettings, type Network } from '../settings/load.js'
import type { NamedNetwork } from '../settings/named-networks.js'
import { CallError } from './errors.js'
import { writeCsv } from './inventory-csv.js'
import { writeHtml } from './inventory-html.js'
import { writeJson } from './inventory-json.js'
import { writeTable } from './inventory-table.js'
import { NumberedNames } from './numbered-names.js'
import { Progress } from './progress.js'
import { READING_SEED } from './reading-seed.js'
import { writeOut } from './stdout.js'

/** Below this, starting a thread costs more than it brings. */
const POOL_BYTES_MIN = 64 * 1024 * 1024
const WORKERS_MAX = 16
/** More hear no faster: one thread walks the file for all. */
const WORKERS_USEFUL = 6
/** With fewer cores, walking, hearing and compiling get in each other's way: one thread was as fast. */
const POOL_CORES_MIN = 4
const WORKER = new URL('../worker.js', import.meta.url)

export const OUTPUT_OPTIONS = {
  json: { type: 'boolean' },
  csv: { type: 'boolean' },
  html: { type: 'string' },
  workers: { type: 'string' },
  quiet: { type: 'boolean' },
} as const

interface Output {
  readonly json?: boolean | undefined
  readonly csv?: boolean | undefined
  readonly html?: string | undefined
  readonly quiet?: boolean | undefined
}

interface Asked extends Output {
  readonly files: readonly string[]
  readonly workers: number | undefined
  readonly filter?: string | undefined
  readonly inside?: readonly Network[]
  readonly places?: readonly NamedNetwork[]
  readonly timezone?: string
  readonly discretion?: Discretion
  /** After so many days of silence what was wrong is taken for mended. */
  readonly resolve_days?: number
  /** Who says what a device is, and who holds which address: what is shipped, unless another is named. */
  readonly known?: Pick<Known, 'judge' | 'registry'>
}

export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parse(args)
  if (values.html !== undefined) checkPlace(values.html)
  if (positionals.length === 0)
    throw new CallError('no file named: onlooker read: try onlooker read office.pcap')
  const settings = loadSettings(values.config)
  const workers =
    workersAsked(values.workers) ??
    (settings.read.workers === 'auto' ? undefined : settings.read.workers)
  const { inside, names: places } = settings.networks
  const discretion = { exclude: settings.capture.exclude, names: settings.privacy.names }
  const known = knowledgeFor(settings)
  const { timezone } = settings.sensor
  const { resolve_days } = settings.recommendations
  const how = {
    ...{ files: positionals, workers, inside, places, timezone, discretion, known, resolve_days },
  }
  const document = await readFiles({ ...values, ...how })
  present(document, values)
}

/** Reads capture files as one and says who was there. */
export async function readFiles(asked: Asked): Promise<InventoryDocument> {
  const progress = new Progress(asked.quiet === true)
  let source = openFiles(asked.files)
  if (asked.filter !== undefined) source = filtered(source, asked.filter)
  const { inside = [], discretion = OPEN, workers = workersFor(asked.files) } = asked
  const { known = shippedKnowledge(), places = [], timezone = 'UTC' } = asked
  const { judge } = known
  const vendors = new Vendors(known.registry)
  const advice = adviceFor()
  const isTimed = (fact: string): boolean => advice.reads(fact)
  const inventory = new Inventory({
    ...{ seed: READING_SEED, judge, vendors, inside, places, timezone, isTimed },
  })
  const listener = discretion.names === 'hashed' ? new NumberedNames(inventory) : inventory
  const crew = hire(workers, { listener, inside, discretion })
  const stop = stopOnSignals(source)
  try {
    const reading = await readSource(stop.source, crew, now => progress.show(now, source))
    progress.clear()
    const warnings = [...source.warnings, ...stop.warnings]
    for (const warning of warnings) process.stderr.write(`onlooker: warning: ${warning}\n`)
    const document = inventory.finish(summary(reading, warnings))
    return advised(document, advice, asked.resolve_days)
  } finally {
    progress.clear()
    stop.release()
  }
}

/** Writes the inventory where and how it was asked for. */
export function present(document: InventoryDocument, how: Output): void {
  if (how.html !== undefined) writePage(document, how.html)
  const { isTTY, columns } = process.stdout
  if (how.json) writeJson(document, writeOut)
  else if (how.csv) writeCsv(document, writeOut)
  else if (how.html === undefined)
    writeTable(document, { width: isTTY ? columns : 0, colour: isTTY }, writeOut)
}

export function workersAsked(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= WORKERS_MAX) return count
  throw new CallError(`wrong number of workers: ${text}: give 1 to ${WORKERS_MAX}`)
}

function parse(args: string[]) {
  const options = {
    ...OUTPUT_OPTIONS,
    filter: { type: 'string' },
    config: { type: 'string' },
  } as const
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true, strict: true })
    if (parsed.values.json && parsed.values.csv)
      throw new Error('--json and --csv exclude each other')
    return parsed
  } catch (error) {
    throw new CallError(`${(error as Error).message.split('. ')[0]}: see onlooker help read`)
  }
}

function hire(
  workers: number,
  { listener, ...how }: { listener: Listener; inside: readonly Network[]; discretion: Discretion },
): Crew {
  const key = randomBytes(32)
  const options = { protocols, facts, secrets: new Secrets(key), seed: READING_SEED, ...how }
  return workers === 1
    ? new Solo(options, listener)
    : new Pool(options, listener, { count: workers, program: WORKER, key })
}

function workersFor(files: readonly string[]): number {
  const bytes = files.reduce((sum, file) => sum + sizeOf(file), 0)
  const cores = availableParallelism()
  if (bytes < POOL_BYTES_MIN || cores < POOL_CORES_MIN) return 1
  return Math.min(cores, WORKERS_USEFUL)
}

function sizeOf(file: string): number {
  return file === '-' ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0)
}

/** On Ctrl-C or SIGTERM the source ends early; what was heard until then is still told. */
function stopOnSignals(source: Source): {
  source: Source
  warnings: string[]
  release: () => void
} {
  const warnings: string[] = []
  let stopped = false
  const stop = (signal: string): void => {
    if (stopped) process.exit(1)
    stopped = true
    warnings.push(`stopped by ${signal}: what follows was not read`)
    source.close()
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  const release = (): void => {
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
  }
  return { source, warnings, release }
}

function summary(reading: Reading, warnings: readonly string[]): CaptureSummary {
  const { counts } = reading
  const undecoded = Object.values(counts.undecoded).reduce((sum, count) => sum + count, 0)
  return {
    packets: reading.packets,
    bytes: reading.bytes,
    first: reading.first,
    last: reading.last,
    truncated: reading.truncated,
    undecoded,
    reasons: sorted(counts.undecoded),
    protocols: counts.tallies.map(tally => ({ ...tally, faults: sorted(tally.faults) })),
    duplicates: counts.duplicates,
    broken_checksums: counts.brokenChecksums,
    coverage: counts.coverage,
    census: reading.census,
    warnings,
  }
}

/** Which worker met a thing first must not show. */
function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Says before hours of reading that its page will find no place. */
function checkPlace(file: string): void {
  const folder = dirname(resolve(file))
  const found = statSync(folder, { throwIfNoEntry: false })
  if (found?.isDirectory() !== true)
    throw new CallError(`no such folder: ${folder}: make it, or name another for --html`)
}

function writePage(document: InventoryDocument, file: string): void {
  try {
    const page = openSync(file, 'w')
    writeHtml(document, text => void writeSync(page, text))
    closeSync(page)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CallError(`cannot write (${code}): ${file}: check the folder and its permissions`)
  }
}
