/** Measures the store: `node dist/test/prove/store-speed.js [DEVICES] [FACTS]`, 100,000 with 20 facts each. */

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Backlog } from '../../src/store/backlog.js'
import { openStore } from '../../src/store/open.js'
import { Queries } from '../../src/store/queries.js'
import type { Ask } from '../../src/store/paging.js'
import { changes, device, fact, ipOf, key, NOON, talk } from '../store/records.js'

const devices = Number(process.argv[2] ?? 100_000)
const facts = Number(process.argv[3] ?? 20)
if (!(devices > 0 && facts > 0)) {
  process.stderr.write('usage: node dist/test/prove/store-speed.js [DEVICES] [FACTS]\n')
  process.exit(2)
}
const CHANGED_A_SECOND = 2000
const ASKED = 40
const BUDGET_MS = 8

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`
const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`
const numbers = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, i) => from + i)

function quantiles(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): string => sorted[Math.floor((sorted.length - 1) * share)]!.toFixed(1)
  return `p50 ${at(0.5)} p99 ${at(0.99)} max ${at(1)} ms`
}

const folder = mkdtempSync(join(tmpdir(), 'onlooker-speed-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
const options = { now: () => NOON, sensor: 'speed', checkpoints_elsewhere: true }
let store = openStore(folder, options)

function fill(): void {
  const begun = performance.now()
  for (let from = 0; from < devices; from += 100) {
    const some = numbers(Math.min(100, devices - from), from)
    store.commit(
      changes({
        devices: some.map(number => device(number)),
        facts: some.flatMap(number => numbers(facts).map(what => fact(number, what))),
        keys: some.flatMap(number => [
          key(number),
          key(number, { kind: 'ip', value: `1/10/${ipOf(number)}`, proof: 'neighbour' }),
        ]),
        conversations: some.map(number => talk(number, '203.0.113.7')),
      }),
    )
  }
  const took = performance.now() - begun
  const each = ((took * 1000) / devices / (facts + 4)).toFixed(1)
  say(`fill: ${devices} devices x ${facts} facts in ${seconds(took)} (${each} us a row)`)
}

function load(): void {
  const opened = performance.now()
  store.close()
  store = openStore(folder, options)
  say(`open with quick_check: ${seconds(performance.now() - opened)}`)
  const begun = performance.now()
  let count = 0
  for (const chunk of store.devices()) count += chunk.length
  const keyed = performance.now()
  let keys = 0
  for (const chunk of store.keys()) keys += chunk.length
  const done = performance.now()
  say(
    `load: ${count} devices in ${seconds(keyed - begun)}, ${keys} keys in ${seconds(done - keyed)}`,
  )
}

/** A second of changed facts: returns what the turns took. */
function change(backlog: Backlog, turn: number): number[] {
  const some = numbers(CHANGED_A_SECOND / 10, (turn * 7919) % devices).map(n => n % devices)
  const times: number[] = []
  backlog.add(
    changes({
      at: NOON + turn * 1000,
      facts: some.flatMap(n =>
        numbers(10).map(what => fact(n, what, { last: NOON + turn * 1000 })),
      ),
    }),
  )
  for (;;) {
    const begun = performance.now()
    const done = backlog.drain(store, NOON + turn * 1000, 0)
    times.push(performance.now() - begun)
    if (done || backlog.trouble) return times
  }
}

/** Seconds one after the other, while the other thread copies the log. */
async function changeForAWhile(): Promise<void> {
  const backlog = new Backlog()
  const before = process.cpuUsage()
  const times: number[] = []
  for (const turn of numbers(20, 1)) {
    times.push(...change(backlog, turn))
    await queries.ask('checkpoint', {})
  }
  const { user, system } = process.cpuUsage(before)
  const share = (user + system) / 1e6 / 20
  say(`${CHANGED_A_SECOND} changed facts a second: ${(share * 100).toFixed(1)} % of a core`)
  say(`one transaction of a backlog: ${quantiles(times)}`)
}

async function ask(queries: Queries, what: string, asked: Ask): Promise<void> {
  const backlog = new Backlog()
  const times: number[] = []
  await queries.ask('devices', asked)
  for (const turn of numbers(ASKED, 100)) {
    const begun = performance.now()
    const answer = queries.ask('devices', asked)
    // A tenth of a second's changes beside each question, as if ten were asked a second.
    const some = numbers(20, (turn * 7919) % devices).map(n => n % devices)
    backlog.add(changes({ facts: some.flatMap(n => numbers(10).map(w => fact(n, w))) }))
    backlog.drain(store, NOON, BUDGET_MS)
    await answer
    times.push(performance.now() - begun)
  }
  say(`devices ${what}: ${quantiles(times)}`)
}

fill()
const { database_bytes } = store.sizes()
say(`database ${mib(database_bytes)}, log ${mib(statSync(`${store.path}-wal`).size)}`)
load()
const queries = new Queries(store.path)
await queries.ask('checkpoint', {})
await changeForAWhile()
const filter = { category: 'iot', status: 'active' }
await ask(queries, 'filter and sort by risk', { filter, sort: '-risk' })
await ask(queries, 'filter and sort by name', { filter, sort: 'name' })
await ask(queries, 'newest first', { sort: '-last_seen' })
await ask(queries, 'search', { q: 'printer-9' })
await ask(queries, 'search for nothing there', { q: 'no such thing' })
await ask(queries, 'by address', { filter: { ip: ipOf(4711) } })
const begun = performance.now()
let exported = 0
for await (const batch of queries.each('devices', { sort: 'id' })) exported += batch.length
say(`export of ${exported} devices: ${seconds(performance.now() - begun)}`)
const rss = process.memoryUsage()
say(`heap ${mib(rss.heapUsed)}, resident ${mib(rss.rss)}`)
await queries.close()
store.close()
