/** Backups, restores and long lists of a running sensor: by the command line, and what is refused. */

import Database from 'better-sqlite3'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openStore } from '../../src/store/open.js'
import { BEGIN, changesOf, deviceOf, house, type House } from './house.js'
import { MAIN } from '../program.js'

function call(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return new Promise<{ status: number | null; out: string; error: string }>(resolve => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, ...environment },
    })
    const said = { out: '', error: '' }
    child.stdout.setEncoding('utf8').on('data', part => (said.out += String(part)))
    child.stderr.setEncoding('utf8').on('data', part => (said.error += String(part)))
    child.on('close', status => resolve({ status, ...said }))
  })
}

function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function inhabited(t: Test): Promise<House> {
  const known = await house(t)
  const devices = Array.from({ length: 200 }, (_, i) => deviceOf(`d${String(i)}`))
  known.store.commit(changesOf({ devices }))
  return known
}

const idsIn = (path: string): unknown[] => {
  const db = new Database(path, { readonly: true })
  try {
    return db.prepare('SELECT id FROM devices').pluck().all()
  } finally {
    db.close()
  }
}

t.test('a running sensor is backed up, and restored at its next start', async t => {
  const known = await inhabited(t)
  const file = join(folderFor(t), 'gate.db')
  const by = ['--socket', known.socket]
  const backup = await call(['backup', file, ...by])
  t.match(backup, { status: 0, out: /^backed up gate, 200 devices, as of .*: \/.*gate\.db\n$/ })
  t.match(backup.error, /fetching\nchecking\n/, 'it tells how far it is')
  t.equal(idsIn(file).length, 200)
  const left = readdirSync(known.folder).filter(name => name.includes('copy'))
  t.strictSame(left, [], 'nothing of it is left with the sensor')
  const before = readFileSync(file)
  const again = await call(['backup', file, ...by])
  t.match(again, { status: 2, error: /^onlooker: there is such a file already: .*--force\n$/ })
  t.strictSame(readFileSync(file), before)
  t.equal((await call(['backup', file, '--force', ...by])).status, 0)

  known.store.commit(changesOf({ devices: [deviceOf('later')] }))
  const restored = await call(['restore', file, ...by])
  t.match(restored, { status: 0, out: /^gate, 200 devices, .*it holds from the next start on/ })
  t.equal(idsIn(known.store.path).length, 201, 'not before')
  await known.api.stop()
  known.store.close()
  const store = openStore(known.folder, { now: () => BEGIN, sensor: 'gate' })
  t.equal([...store.devices()].flat().length, 200)
  t.equal(idsIn(store.replaced!).length, 201)
  store.close()
})

t.test('a sensor that does not run is backed up and restored in its folder', async t => {
  const folder = folderFor(t)
  const file = join(folderFor(t), 'backup')
  const here = { ONLOOKER_DATA_DIR: folder }
  const none = await call(['backup', file], here)
  t.match(none, { status: 1, error: /onlooker: there is no database: .*: start the sensor once/ })
  const options = { now: () => BEGIN, sensor: 'gate' }
  const store = openStore(folder, options)
  store.commit(changesOf({ devices: [deviceOf('d1')] }))
  store.close()
  t.match(await call(['backup', file], here), { status: 0, out: /^backed up gate, 1 device,/ })
  const held = openStore(folder, options)
  held.commit(changesOf({ devices: [deviceOf('d2')] }))
  const refused = await call(['restore', file], here)
  t.match(refused, { status: 1, error: /another sensor uses this folder \(pid \d+\): .*: stop it/ })
  held.close()
  const restored = await call(['restore', file], here)
  t.match(restored, { status: 0, out: /gate, 1 device, .*: restored; .*before-restore-/ })
  t.strictSame(idsIn(join(folder, 'onlooker.db')), ['d1'])
  const aside = readdirSync(folder).find(name => /before-restore-[^-]*$/.test(name))
  t.strictSame(idsIn(join(folder, aside!)), ['d1', 'd2'], 'set aside, not deleted')
})

t.test('what is no backup is refused, before and by the sensor', async t => {
  const known = await inhabited(t)
  const file = join(folderFor(t), 'notes.txt')
  writeFileSync(file, 'milk, eggs')
  const by = ['--socket', known.socket]
  t.match(await call(['restore', file, ...by]), {
    status: 1,
    error: /onlooker: not a backup of Onlooker: .*notes\.txt: name a file that onlooker backup/,
  })
  const send = (path: string, body = 'milk') => {
    const headers = { 'content-type': 'application/octet-stream' }
    return known.ask({ local: true, method: 'POST', path: `/api/v1/restore${path}`, headers, body })
  }
  t.match((await send('?at=7')).json(), { error: { message: 'the next byte is 0' } })
  t.match((await send('?at=0')).json(), { state: 'bringing', done: 4 })
  t.match((await send('?at=4', ', eggs')).json(), { state: 'bringing', done: 10 })
  const post = { local: true, method: 'POST' }
  t.equal((await known.ask({ ...post, path: '/api/v1/restore/check' })).status, 202)
  let state = 'working'
  let why = ''
  while (state === 'working') {
    const answer = await known.ask({ local: true, path: '/api/v1/restore' })
    ;({ state, why } = answer.json<{ state: string; why: string }>())
  }
  t.equal(state, 'failed')
  t.match(why, /^not a backup of Onlooker: name a file/)
  t.notMatch(why, known.folder, 'where it lies is nobody else’s business')
  t.notOk(existsSync(`${known.store.path}.restored`))
  t.equal((await known.ask({ ...post, path: '/api/v1/restore/check' })).status, 409)
})

t.test(
  'a list of a twenty thousand endpoints is read elsewhere, and committed in slices',
  async t => {
    const known = await inhabited(t)
    const rows = Array.from({ length: 20_000 }, (_, i) => `pc-${String(i)},,SN${String(i)}`)
    const file = join(folderFor(t), 'all.csv')
    writeFileSync(file, `host,mac,serial\n${rows.join('\n')}\n`)
    const slices: number[] = []
    const put = known.store.endpoints.put.bind(known.store.endpoints)
    known.store.endpoints.put = (source, generation, slice) => {
      slices.push(slice.length)
      put(source, generation, slice)
    }
    const brought = await call(['endpoints', 'import', file, '--socket', known.socket])
    t.match(brought, { status: 0, out: '20,000 endpoints of all.csv\n' })
    t.equal(slices.length, 80)
    t.ok(Math.max(...slices) <= 250, 'a small transaction each')
    t.equal([...known.store.endpoints.all()].length, 20_000)
    writeFileSync(file, `host,mac\n${'x'.repeat(1 << 26)}\n`)
    const large = await call(['endpoints', 'import', file, '--socket', known.socket])
    t.match(large, { status: 2, error: /^onlooker: larger than 64 MiB: .*: split it/ })
  },
)
