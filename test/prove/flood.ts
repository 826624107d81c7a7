/** Millions of invented addresses: `node --expose-gc dist/test/prove/flood.js [FRAMES]`, 10,000,000 of them. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FloodedNetwork } from '../sensor/flood.js'

const frames = Number(process.argv[2] ?? 10_000_000)
const PARTS = 10
const MACHINES = 20
const GROWTH_MAX = 64 << 20

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`

const folder = mkdtempSync(join(tmpdir(), 'onlooker-flood-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const network = new FloodedNetwork(folder)
network.greet(MACHINES)
let resident = 0
let isGood = true
for (let part = 1; part <= PARTS; part++) {
  await network.suffer(frames / PARTS)
  globalThis.gc?.()
  const { rss } = process.memoryUsage()
  // What is full after the first tenth must be enough for the rest.
  if (part === 1) resident = rss
  const { devices } = network.keeping.counts()
  const { used_bytes } = network.store.sizes()
  isGood &&= devices === MACHINES && rss < resident + GROWTH_MAX
  say(
    `${String((frames / PARTS) * part)} frames: ${String(devices)} devices, ` +
      `${String(network.keeping.invented)} invented addresses, resident ${mib(rss)}, ` +
      `database ${mib(used_bytes)}, built anew ${String(network.keeping.rebuilt)} times`,
  )
}
network.close()
say(isGood ? 'good' : 'missed')
process.exitCode = isGood ? 0 : 1
