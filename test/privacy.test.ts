/**
 * What nobody may know: secrets of all kinds and, where people want that, names. They go through
 * every protocol's fixtures, and then stand in no store, no export, no report and no message.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { pcap } from '../fixtures/build/capture.js'
import type { Frame } from '../fixtures/build/frames.js'
import { sourceOver } from '../src/capture/file.js'
import { Solo } from '../src/hearing/crew.js'
import { hearCapture, inputOf, type Spoken } from '../src/hearing/hear-capture.js'
import { readSource } from '../src/hearing/reading.js'
import { Secrets } from '../src/hearing/secrets.js'
import { secret, text } from '../src/model/fact.js'
import { isName, sameName, withoutNames, type NamesKnown } from '../src/model/names.js'
import { facts, protocols } from '../src/protocols/index.js'
import { Keeping } from '../src/sensor/keeping.js'
import { openStore } from '../src/store/open.js'
import { loadCases } from './prove/cases.js'
import { MAIN } from './program.js'

const KEY = new Uint8Array(32)
const NOW = 1_768_210_000_000
const HOUR_SECONDS = 3600
/** What fixtures send that no sensor may keep, besides what parsers know to be secret. */
const PLANTED = ['not-for-you', 'planted-secret', 'secret99', 'geheim', 'secret.doc', '/etc/secret']
/** Shorter ones stand in other words by chance. */
const LENGTH_MIN = 6

/** Every case begins an hour after the last one, so that none goes on with another's talk. */
const frames = (await loadCases()).flatMap((one, hour) =>
  one.frames.map((frame, i): Frame => ({
    ...frame,
    at: hour * HOUR_SECONDS + (frame.at ?? i / 1000),
  })),
)
const capture = pcap(frames)

/** All that is told, secrets as they are: by a sensor that is careless. */
const careless = facts.map(fact => (fact.form === secret ? { ...fact, form: text } : fact))
const { told } = await hearCapture(capture, { protocols, facts: careless })

const known = new Map(facts.map(fact => [fact.name, fact]))
const isTelling = (value: string): boolean => value.length >= LENGTH_MIN
const isSecret = ({ fact, value }: Spoken): boolean => {
  const { form, known: common } = known.get(fact)!
  return form === secret && common?.includes(value) !== true
}
const distinct = (values: readonly string[]): string[] => [
  ...new Set(values.map(value => value.toLowerCase()).filter(isTelling)),
]
/** What is told besides: some of it is a secret elsewhere. */
const words = told.filter(one => !isSecret(one) && !isName({ name: one.fact }))
const others = words.map(({ value }) => value.toLowerCase())
const secrets = distinct([...PLANTED, ...told.filter(isSecret).map(({ value }) => value)]).filter(
  value => !others.includes(value),
)
/** What a device says it is may be what it is called, too; and a single word may be a maker's name. */
const names = distinct(
  told.filter(({ fact }) => isName({ name: fact })).map(({ value }) => sameName(value)),
).filter(
  name =>
    /[-._ \d]/.test(name) && /[a-z]/.test(name) && !others.some(value => value.includes(name)),
)

async function hear(keeping: Keeping, names: NamesKnown): Promise<void> {
  const discretion = { exclude: [], names }
  const options = { protocols, facts, secrets: new Secrets(KEY), seed: 1, discretion }
  await readSource(sourceOver(inputOf(capture)), new Solo(options, keeping), () => {
    keeping.turn()
    return undefined
  })
}

/** All that the sensor keeps and gives out, as one text. */
async function keptWith(t: Test, names: NamesKnown): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const store = openStore(folder, { now: () => NOW, sensor: 'test' })
  const options = { store, facts, seed: 1, inside: [], site: null, learning_days: 7 }
  const keeping = new Keeping({ ...options, now: () => NOW })
  await hear(keeping, names)
  t.ok(keeping.finish(), 'all of it is written')
  while (store.index(50));
  const devices = [...store.devices()].flat()
  t.ok(devices.length > 20, `${String(devices.length)} devices`)
  const exported = devices.map(({ id }) => JSON.stringify(store.export(id)))
  store.close()
  const files = readdirSync(folder).map(file => readFileSync(join(folder, file), 'latin1'))
  return [...exported, ...files].join('\n').toLowerCase()
}

/** The report of `onlooker read`, and what it says besides. */
function reportWith(t: Test, names: NamesKnown): string {
  const folder = t.testdir({})
  const file = join(folder, 'all.pcap')
  const config = join(folder, 'onlooker.yaml')
  writeFileSync(file, capture)
  writeFileSync(config, `privacy: {names: ${names}}\n`)
  const args = [MAIN, 'read', file, '--json', '--config', config]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    ...{ encoding: 'utf8', maxBuffer: 1 << 28 },
  })
  t.equal(status, 0, stderr)
  return `${stdout}\n${stderr}`.toLowerCase()
}

const found = (within: string, what: readonly string[]): string[] =>
  what.filter(one => within.includes(one))

t.test('there is something to be found', t => {
  t.ok(secrets.length > 20, `${String(secrets.length)} secrets`)
  t.ok(names.length > 80, `${String(names.length)} names`)
  const bytes = Buffer.from(capture).toString('latin1').toLowerCase()
  t.same(found(bytes, PLANTED), PLANTED, 'it was sent')
  t.ok(new Set(told.map(({ fact }) => fact)).size > facts.length * 0.9, 'nearly every fact is told')
  t.end()
})

t.test('no secret is kept, exported or reported', async t => {
  t.same(found(await keptWith(t, 'full'), secrets), [], 'by the sensor')
  const report = reportWith(t, 'full')
  t.same(found(report, secrets), [], 'by read')
  t.ok(found(report, names).length > 60, 'but names are')
})

for (const how of ['hashed', 'off'] as const) {
  t.test(`no name is kept, exported or reported where names are ${how}`, async t => {
    const kept = await keptWith(t, how)
    t.same(found(kept, [...secrets, ...names]), [], 'by the sensor')
    t.equal(/name-[0-9a-f]{16}/.test(kept), how === 'hashed')
    const report = reportWith(t, how)
    t.same(found(report, [...secrets, ...names]), [], 'by read')
    t.equal(report.includes('"name 1"'), how === 'hashed')
    t.equal(report, reportWith(t, how), 'and twice the same')
  })
}

t.test('a name is the same whoever writes it, and is cut out of texts', t => {
  t.same(['NAS.local', 'nas.local.', 'Nas', 'NAS$'].map(sameName), ['nas', 'nas', 'nas', 'nas'])
  t.same(
    [
      ['220 mail.example.com ESMTP Postfix 3.5.6', '220 (name) ESMTP Postfix 3.5.6'],
      ['http://10.0.0.1:5000/desc.xml', 'http://10.0.0.1:5000/(name)'],
      ['Linux nas-7 5.10.55 x86_64', 'Linux (name) 5.10.55 x86_64'],
      ['fn=Kitchen', 'fn=(name)'],
      ['nginx/1.18.0', 'nginx/1.18.0'],
    ].filter(([written, cut]) => withoutNames(written!) !== cut),
    [],
  )
  t.end()
})
