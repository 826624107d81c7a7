/** A day of steady traffic, time compressed: `node --expose-gc dist/test/prove/day.js [DEVICES] [HOURS]`. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SteadyNetwork, type Hour } from '../sensor/day.js'

const devices = Number(process.argv[2] ?? 10_000)
const hours = Number(process.argv[3] ?? 24)
const GROWTH_MAX = 0.05

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`

const folder = mkdtempSync(join(tmpdir(), 'onlooker-day-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const network = new SteadyNetwork(folder, devices)
const all: Hour[] = []
for (let hour = 0; hour < hours; hour++) {
  const one = await network.hour(hour)
  all.push(one)
  const { transactions, used_bytes, heap_bytes } = one
  say(
    `hour ${String(one.hour)}: ${transactions.toFixed(2)} transactions a second, ` +
      `database ${mib(used_bytes)}, heap ${mib(heap_bytes)}`,
  )
}
network.close()
const [first, last] = [all[0]!, all.at(-1)!]
const mean = all.reduce((sum, { transactions }) => sum + transactions, 0) / all.length
const growth = last.used_bytes / first.used_bytes - 1
const heap = last.heap_bytes / first.heap_bytes - 1
const isGood = mean < 1 && growth < GROWTH_MAX && heap < GROWTH_MAX
say(
  `${String(devices)} devices: ${mean.toFixed(2)} transactions a second on average, since the first ` +
    `hour database ${(growth * 100).toFixed(1)} % and heap ${(heap * 100).toFixed(1)} % larger: ` +
    (isGood ? 'good' : 'missed'),
)
process.exitCode = isGood ? 0 : 1
