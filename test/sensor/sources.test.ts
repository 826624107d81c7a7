/** Whatever the sensor listens by, it hears what is sent, and knows what became of each frame. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath, exit } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { office } from '../../fixtures/network/office.js'
import { load } from '../../src/capture/npm.js'
import { availableHere } from '../../src/cli/listening-to.js'
import { defaults, type Settings } from '../../src/settings/schema.js'
import { built } from '../native/blocks.js'
import { inOwnNet, ip, plug, send } from '../native/own-net.js'
import { listening, PATIENCE_MS, talk, type Measured } from './measuring.js'
import { MAIN } from '../program.js'

type Kind = Settings['capture']['source']

const FRAMES = 3000
const LEAVE_MS = 500

/** Frames of the office that fit a cable, some of them tagged. */
function frames(): Uint8Array[] {
  const taken: Uint8Array[] = []
  for (const { bytes } of office().frames) {
    if (bytes.length <= 1514) taken.push(bytes)
    if (taken.length === FRAMES) break
  }
  return taken
}

const sent = frames()
let octets = 0
let facts: readonly string[] = []

const isThere = (kind: Kind): boolean => {
  try {
    return kind === 'ring' || kind === 'libpcap' || load(kind) !== undefined
  } catch {
    return false
  }
}

async function hears(t: Test, source: Kind): Promise<void> {
  const measured = await listening(t, ['near'], { source })
  t.match(measured.sources.list, [{ name: 'near', kind: source, state: 'open' }])
  // The slowest of them loses what comes all at once.
  for (let i = 0; i < FRAMES; i += 500) {
    send('far', sent.slice(i, i + 500))
    await sleep(20)
  }
  await measured.all(FRAMES)
  const line = measured.ledger()
  t.match(line, { received: FRAMES, dropped: 0, walked: FRAMES, waiting: 0, exact: true })
  const [ledger] = measured.heard.ledger
  const told = [...new Set(measured.told.facts.map(({ text }) => text))].sort()
  if (source === 'ring') {
    octets = ledger!.octets
    facts = told
  }
  t.equal(ledger!.octets, octets, 'as many bytes')
  t.ok(told.length > 20)
  t.strictSame(told, facts, 'which tell the same')
  t.match(measured.reading('near'), { unicast: { ours: 0 }, cut: 0 })
}

/** The kernel's own greetings would be heard as well by what can't leave them out. */
function silence(): void {
  for (const end of ['near', 'far']) {
    writeFileSync(`/proc/sys/net/ipv6/conf/${end}/disable_ipv6`, '1')
  }
}

async function until(measured: Measured, state: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS
  while (measured.sources.list[0]!.state !== state) {
    if (Date.now() > end) throw new Error(`in vain: ${state}: ${measured.sources.list[0]!.why}`)
    await measured.sources.look()
    await sleep(20)
  }
}

async function returns(t: Test, source: Kind): Promise<void> {
  const measured = await listening(t, ['near'], { source, filter: 'udp port 5000' })
  send('far', [...talk(100), ...sent.slice(0, 50).filter(frame => frame[23] === 6)])
  await measured.all(100)
  t.equal(measured.ledger().walked, 100, 'only what the filter lets through')
  ip('link', 'set', 'near', 'down')
  await until(measured, 'down')
  ip('link', 'set', 'near', 'up')
  await until(measured, 'open')
  send('far', talk(100))
  await measured.all(200)
  ip('link', 'del', 'near')
  await until(measured, 'gone')
  t.equal(measured.sources.list[0]!.why, 'the interface is not there')
  plug()
  silence()
  await until(measured, 'open')
  send('far', talk(100))
  await measured.all(300)
  t.match(measured.ledger(), { walked: 300, exact: true })
}

async function refuses(t: Test, source: Kind): Promise<void> {
  await t.rejects(listening(t, ['nowhere'], { source }), /^no such interface: nowhere: /)
  await t.rejects(listening(t, ['near'], { source, filter: 'wrong (' }), {
    message: /^wrong filter \(.+\): wrong \(: see man pcap-filter/,
  })
}

/** The npm packages let the event loop end with the next frame only, and there will be none. */
function leave(): void {
  setTimeout(() => exit(), LEAVE_MS).unref()
}

function demands(t: Test): void {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-sources-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const config = join(folder, 'onlooker.yaml')
  for (const source of ['libpcap', 'cap', 'pcap']) {
    writeFileSync(config, `capture: {interfaces: [near], source: ${source}}\n`)
    const words = ['--sockets', '1', '--', execPath, MAIN, 'run', '--config', config]
    const { status, stderr } = spawnSync(built('onlooker-launch'), words, { encoding: 'utf8' })
    t.equal(status, 1)
    t.match(
      stderr,
      /^onlooker: may not capture \(EPERM\): \w+ opens its own sockets.*capture\.source to ring.*\n$/,
    )
  }
  t.end()
}

t.test('where there are no rings, libpcap takes their place', t => {
  const settings = defaults()
  t.equal(availableHere(settings, 'linux').capture.source, 'ring')
  t.equal(availableHere(settings, 'freebsd').capture.source, 'libpcap')
  const capture = { ...settings.capture, source: 'cap' } as const
  t.equal(availableHere({ ...settings, capture }, 'darwin').capture.source, 'cap')
  t.end()
})

await inOwnNet(import.meta.url, () => {
  silence()
  for (const source of ['ring', 'libpcap', 'cap', 'pcap'] as const) {
    t.test(`by ${source}`, async t => {
      if (!isThere(source)) {
        t.pass(`the npm package ${source} is not installed here`)
        return
      }
      await t.test('it hears what is sent', t => hears(t, source))
      await t.test('and what comes when its interface is back', t => returns(t, source))
      await t.test('and refuses with one line', t => refuses(t, source))
    })
  }
  t.test('what opens its own sockets says that it may not', demands)
  t.teardown(leave)
})
