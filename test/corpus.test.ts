/** Real and malformed captures, where there are any beside the repository: each is read whole and soon. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { CaptureError } from '../src/capture/errors.js'
import { openFile } from '../src/capture/file.js'
import type { Batch, Source } from '../src/capture/source.js'
import { writeJson } from '../src/cli/inventory-json.js'
import { Solo } from '../src/hearing/crew.js'
import { readSource } from '../src/hearing/reading.js'
import { Secrets } from '../src/hearing/secrets.js'
import { Inventory } from '../src/identity/inventory.js'
import { Vendors } from '../src/identity/vendors.js'
import { facts, protocols } from '../src/protocols/index.js'

const folder = fileURLToPath(new URL('../../../shared/captures', import.meta.url))
const index = join(folder, 'INDEX.csv')

/** The index counts no further. */
const COUNTED_MAX = 20_000
const MS_PER_MB_MAX = 2000
/** A file is given at least so long: the machine may be busy. */
const MS_MIN = 4000
/** So many files are heard as one capture, since most are small. */
const FILES_AT_ONCE = 100

interface Row {
  readonly file: string
  readonly packets: number
}

/** Reads one file behind the other and notes what is not as it should be. */
class Series implements Source {
  readonly name = 'series'
  readonly warnings: readonly string[] = []
  readonly done = 0
  readonly total = 0
  /** The file that is being read. */
  file = ''
  readonly wrong: string[] = []
  private readonly rows: readonly Row[]
  private next = 0
  private source: Source | undefined
  private count = 0
  private begun = 0

  constructor(rows: readonly Row[]) {
    this.rows = rows
  }

  async fill(batch: Batch): Promise<boolean> {
    for (;;) {
      this.source ??= this.open()
      if (this.source === undefined) return false
      if (await this.fillFrom(this.source, batch)) return true
      this.finish()
    }
  }

  close(): void {
    this.source?.close()
  }

  private open(): Source | undefined {
    this.file = this.rows[this.next]?.file ?? ''
    this.count = 0
    this.begun = performance.now()
    return this.file === '' ? undefined : openFile(join(folder, this.file))
  }

  private async fillFrom(source: Source, batch: Batch): Promise<boolean> {
    try {
      if (!(await source.fill(batch))) return false
      if (batch.count === 0) this.wrong.push(`${this.file}: true without a frame`)
      this.count += batch.count
      return true
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      this.wrong.push(`${this.file}: ${error.message}`)
      return false
    }
  }

  private finish(): void {
    this.source?.close()
    this.source = undefined
    const { packets } = this.rows[this.next++]!
    const took_ms = performance.now() - this.begun
    const megabytes = statSync(join(folder, this.file)).size / 1e6
    if (Math.min(this.count, COUNTED_MAX) !== packets)
      this.wrong.push(`${this.file}: ${this.count} of ${packets}`)
    if (took_ms > Math.max(MS_MIN, MS_PER_MB_MAX * megabytes))
      this.wrong.push(`${this.file}: ${Math.round(took_ms)} ms`)
  }
}

function rowsOfIndex(): Row[] {
  const [head = '', ...lines] = readFileSync(index, 'utf8').trim().split(/\r?\n/)
  const column = head.split(',').indexOf('packets')
  return lines.map(line => {
    const cells = line.split(',')
    return { file: cells[0]!, packets: Number(cells[column]) }
  })
}

const vendors = new Vendors()

/** Reads the files as `onlooker read --json` does. */
async function read(series: Series): Promise<void> {
  const inventory = new Inventory({ vendors })
  const secrets = new Secrets(new Uint8Array(32))
  const solo = new Solo({ protocols, facts, secrets, seed: 1 }, inventory)
  const { counts, ...reading } = await readSource(series, solo, () => undefined)
  const { tallies, undecoded: reasons } = counts
  const capture = { ...reading, undecoded: 0, reasons, protocols: tallies, warnings: [] }
  let json = ''
  writeJson(inventory.finish(capture), chunk => (json += Buffer.from(chunk).toString('latin1')))
  JSON.parse(json)
}

t.test('captures of many programs and devices are read whole, and soon', async t => {
  if (!existsSync(index)) {
    t.pass('no shared captures here: nothing to compare')
    return
  }
  const rows = rowsOfIndex()
  for (let i = 0; i < rows.length; i += FILES_AT_ONCE) {
    const series = new Series(rows.slice(i, i + FILES_AT_ONCE))
    try {
      await read(series)
      t.strictSame(series.wrong, [], `files from ${i + 1} on`)
    } catch (error) {
      t.fail(series.file, { thrown: error })
    }
  }
})
