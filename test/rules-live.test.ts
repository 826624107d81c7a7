/** Rules of a running sensor: its own are read again, people outrank them, and both can be asked why. */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { office } from '../fixtures/network/office.js'
import { publicKeyText, sealed } from '../src/rules/bundle.js'
import { shippedEntries } from '../src/conditions/files.js'
import { inOwnNet, send } from './native/own-net.js'
import { MAIN } from './program.js'

const PATIENCE_MS = 120_000

const rule = (kind: string): string => `- rule: own-terminal
  claim: {kind: ${kind}, vendor: Acme}
  confidence: 0.99
  when: {dhcp.vendor_class: Ingenico}
  why: Ours are so.
  examples:
    - given: {dhcp.vendor_class: Ingenico}
      claim: {vendor: Acme}
  counterexamples:
    - {dhcp.vendor_class: Other}
`

class Running {
  said = ''
  readonly child: ChildProcess
  private readonly folder: string

  constructor(folder: string, config: string) {
    this.folder = folder
    const env = { ...process.env, ONLOOKER_CONFIG: config, ONLOOKER_DATA_DIR: folder }
    this.child = spawn(execPath, [MAIN, 'run'], { env })
    this.child.stdout?.on('data', (text: Buffer) => (this.said += text.toString()))
    this.child.stderr?.on('data', (text: Buffer) => (this.said += text.toString()))
  }

  async says(pattern: RegExp): Promise<void> {
    const end = Date.now() + PATIENCE_MS
    while (!pattern.test(this.said)) {
      if (Date.now() > end) throw new Error(`it did not say ${String(pattern)}: ${this.said}`)
      await sleep(50)
    }
  }

  ask(...args: string[]): { stdout: string; stderr: string; status: number | null } {
    const env = { ...process.env, ONLOOKER_DATA_DIR: this.folder, ONLOOKER_CONFIG: '' }
    const { stdout, stderr, status } = spawnSync(execPath, [MAIN, ...args], {
      env,
      encoding: 'utf8',
    })
    return { stdout, stderr, status }
  }

  /** Of the device with this vendor class. */
  terminal(): { id: string; kind: string; vendor: string } | undefined {
    const { stdout } = this.ask('devices', '--json')
    const all = JSON.parse(stdout || '[]') as { id: string; kind: string; vendor: string }[]
    return all.find(({ vendor, kind }) => vendor === 'Acme' || kind === 'kiosk')
  }

  async end(): Promise<void> {
    this.child.kill('SIGTERM')
    await new Promise(resolve => this.child.on('exit', resolve))
  }
}

async function isKind(sensor: Running, kind: string): Promise<string> {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const found = sensor.terminal()
    if (found?.kind === kind) return found.id
    if (Date.now() > end)
      throw new Error(`it is no ${kind}: ${JSON.stringify(found)} ${sensor.said}`)
    await sleep(200)
  }
}

async function follows(t: Test): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  const rules = join(folder, 'rules')
  const config = join(folder, 'onlooker.yaml')
  mkdirSync(rules)
  writeFileSync(join(rules, 'own.yaml'), rule('atm'))
  writeFileSync(config, `capture: {interfaces: [near]}\nrules: {dirs: [${rules}]}\n`)
  const sensor = new Running(folder, config)
  t.teardown(() => {
    sensor.child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  await sensor.says(/answering at/)
  send('far', frames())
  const id = await isKind(sensor, 'atm')

  writeFileSync(join(rules, 'own.yaml'), rule('teapot'))
  sensor.child.kill('SIGHUP')
  await sensor.says(/new rules are refused, the old ones hold: .*own\.yaml:1: .*teapot is no kind/)
  t.equal(sensor.terminal()?.kind, 'atm')

  writeFileSync(join(rules, 'own.yaml'), rule('payment-terminal'))
  sensor.child.kill('SIGHUP')
  await sensor.says(/rules read again/)
  t.equal(await isKind(sensor, 'payment-terminal'), id)

  outranks(t, sensor, id)
  writeFileSync(join(rules, 'suggested.yaml'), sensor.ask('rules', 'suggest', id).stdout)
  t.match(sensor.ask('rules', 'check', rules).stdout, /2 rules and 0 rows of tables hold/)
  await sensor.end()
  await keeps(t, new Running(folder, config), id)
}

/** What a person says outranks rules, and can be made into one. */
function outranks(t: Test, sensor: Running, id: string): void {
  const explained = sensor.ask('rules', 'explain', id)
  t.match(
    explained.stdout,
    /vendor\n {2}Acme {2}\d+ %\n {4}0\.99 {2}own-terminal: dhcp\.vendor_class/,
  )
  t.match(sensor.ask('rules', 'suggest', id).stderr, /nobody said what .* is: say it first/)

  t.match(
    sensor.ask('devices', 'set', id, 'kind=kiosk', 'model=K 9').stdout,
    /edited .*: kind, model/,
  )
  t.equal(sensor.terminal()?.kind, 'kiosk', 'people outrank rules')
  t.match(
    sensor.ask('devices', 'set', id, 'colour=red').stderr,
    /nothing that can be set: colour=red/,
  )
  const suggested = sensor.ask('rules', 'suggest', id).stdout
  t.match(suggested, /^- rule: own-k-9-kiosk\n {2}claim:\n {4}kind: kiosk\n {4}model: K 9\n/)
  t.match(suggested, /dhcp\.vendor_class: Ingenico/)
}

/** Whoever starts anew still goes by what a person said, until that is taken back. */
async function keeps(t: Test, sensor: Running, id: string): Promise<void> {
  t.teardown(() => sensor.child.kill('SIGKILL'))
  await sensor.says(/answering at/)
  t.match(sensor.terminal(), { id, kind: 'kiosk', model: 'K 9' }, 'a correction is kept')
  t.match(sensor.ask('rules', 'explain', id).stdout, /a person says: kind kiosk, model K 9/)
  send('far', frames())
  t.equal(await isKind(sensor, 'kiosk'), id, 'and outranks what is heard again')
  t.match(sensor.ask('devices', 'set', id, 'kind=teapot').stderr, /kind/)
  t.equal(sensor.ask('devices', 'set', id, 'kind=', 'model=').status, 0)
  t.equal(await isKind(sensor, 'payment-terminal'), id, 'and can be taken back')
  t.match(sensor.ask('devices', 'show', id).stdout, /Because\n.*own-terminal/s)
  await sensor.end()
}

/** A sensor that hears a terminal, and goes by the bundles of whoever has this key. */
async function takes(t: Test): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  const config = join(folder, 'onlooker.yaml')
  const { privateKey } = generateKeyPairSync('ed25519')
  const key = publicKeyText(privateKey)
  writeFileSync(config, `capture: {interfaces: [near]}\nrules: {key: ${key}}\n`)
  const sensor = new Running(folder, config)
  t.teardown(() => {
    sensor.child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  await sensor.says(/answering at/)
  send('far', frames())
  const file = join(folder, 'new.bundle')
  const bundled = (version: string, kind: string): void => {
    const [entry] = parse(rule(kind)) as unknown[]
    const entries = [...shippedEntries('rules'), { place: 'own.yaml:1', entry }]
    writeFileSync(file, sealed({ version, entries }, privateKey))
  }
  bundled('9.1', 'atm')
  const update = sensor.ask('rules', 'update', file, '--config', config)
  t.match(update.stdout, /\+ rule own-terminal\n.*1 added, 0 removed, 0 changed/s)
  t.match(sensor.ask('rules', 'reload').stdout, /^\S+ rules of version 9\.1 hold now\n$/)
  await isKind(sensor, 'atm')
  t.match(sensor.ask('rules', 'reload').stdout, /held already/)

  const taken = join(folder, 'rules.bundle')
  const whole = readFileSync(taken, 'utf8')
  writeFileSync(taken, whole.replace('"atm"', '"ups"'))
  sensor.child.kill('SIGHUP')
  await sensor.says(/new rules are refused, the old ones hold: .*it was changed or cut/)
  t.match(sensor.ask('rules', 'reload').stderr, /old ones hold: .*rules\.bundle: it was changed/)
  t.equal(sensor.terminal()?.kind, 'atm')

  bundled('9.2', 'kiosk')
  t.equal(sensor.ask('rules', 'update', file, '--config', config).status, 0)
  sensor.child.kill('SIGHUP')
  await sensor.says(/rules read again: .* version 9\.2/)
  await isKind(sensor, 'kiosk')
  writeFileSync(taken, whole.slice(0, 2000))
  await sensor.end()

  const next = new Running(folder, config)
  await next.says(/the shipped rules hold: .*rules\.bundle: it was changed or cut/)
  await next.says(/answering at/)
  await next.end()
}

await inOwnNet(import.meta.url, () => {
  t.test('rules are read again, people outrank them, and both tell why', follows)
  t.test('a bundle is taken while it runs; a damaged one changes nothing', takes)
})

/** Frames of the office that fit a cable. */
function frames(): Uint8Array[] {
  const all = [...office().frames].map(({ bytes }) => bytes)
  return all.filter(bytes => bytes.length <= 1514).slice(0, 12_000)
}
