/** Real captures, where there are any beside the repository: every frame is found, quickly. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import t from 'tap'
import { CaptureError } from '../../src/capture/errors.js'
import { openFile } from '../../src/capture/file.js'
import { Batch } from '../../src/capture/source.js'

const folder = fileURLToPath(new URL('../../../../shared/captures', import.meta.url))
const index = join(folder, 'INDEX.csv')

/** The index counts no further. */
const COUNTED_MAX = 20_000
const MS_PER_MB_MAX = 2000

type Row = { file: string; packets: number }

function rows(): Row[] {
  const [head = '', ...lines] = readFileSync(index, 'utf8').trim().split(/\r?\n/)
  const column = head.split(',').indexOf('packets')
  return lines.map(line => {
    const cells = line.split(',')
    return { file: cells[0]!, packets: Number(cells[column]) }
  })
}

/** '' if the file is as the index says, else what is not. */
async function check(row: Row, batch: Batch): Promise<string> {
  const path = join(folder, row.file)
  const start = performance.now()
  let count = 0
  try {
    const source = openFile(path)
    while (await source.fill(batch)) {
      count += batch.count
      if (batch.count === 0) return `${row.file}: true without a frame`
    }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return `${row.file}: ${error.message}`
  }
  if (Math.min(count, COUNTED_MAX) !== row.packets) return `${row.file}: ${count}/${row.packets}`
  const allowed_ms = MS_PER_MB_MAX * Math.max(statSync(path).size / 1e6, 1)
  return performance.now() - start > allowed_ms ? `${row.file}: too slow` : ''
}

t.test('shared captures have as many packets as their index says', async t => {
  if (!existsSync(index)) return t.pass('no shared captures here: nothing to compare')
  const batch = new Batch()
  const wrong: string[] = []
  for (const row of rows()) {
    const what = await check(row, batch)
    if (what !== '') wrong.push(what)
  }
  return t.same(wrong, [])
})
