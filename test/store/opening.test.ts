/** How the store opens what it finds: its own, older, newer, foreign, damaged, held, or not writable. */

import Database from 'better-sqlite3'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { StoreError } from '../../src/store/errors.js'
import { migrate } from '../../src/store/migrate.js'
import { MIGRATIONS } from '../../src/store/migrations/index.js'
import { DATABASE_FILE } from '../../src/store/open.js'
import { errorIn, folderFor, smallDisk, storeIn } from './folders.js'
import { changes, device, idOf } from './records.js'

const BUILT = new URL('../../src/store/', import.meta.url)

function openRaw(folder: string, work: (db: Database.Database) => void): void {
  const db = new Database(join(folder, DATABASE_FILE))
  work(db)
  db.close()
}

t.test('every earlier form of the database is brought to this one', t => {
  for (let version = 1; version <= MIGRATIONS.length; version++) {
    const folder = folderFor(t)
    openRaw(folder, db => migrate(db, MIGRATIONS.slice(0, version)))
    const store = storeIn(folder)
    store.commit(changes({ devices: [device(1)] }))
    t.equal(store.export(idOf(1))?.device.id, idOf(1), `version ${version}`)
    store.close()
    openRaw(folder, db => t.equal(db.pragma('user_version', { simple: true }), MIGRATIONS.length))
  }
  t.end()
})

t.test('a migration happens whole or not at all', t => {
  const folder = folderFor(t)
  storeIn(folder).close()
  openRaw(folder, db => {
    const broken = [...MIGRATIONS, 'CREATE TABLE more (a); CREATE TABLE more (a)']
    t.throws(() => migrate(db, broken))
    t.equal(db.pragma('user_version', { simple: true }), MIGRATIONS.length)
    t.equal(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'more'").pluck().get(), 0)
  })
  storeIn(folder).close()
  t.end()
})

t.test('a newer database is refused, and both versions named', t => {
  const folder = folderFor(t)
  storeIn(folder).close()
  openRaw(folder, db => db.pragma('user_version = 99'))
  const error = errorIn(() => storeIn(folder))
  t.match(error, { name: 'StoreError', fault: 'newer' })
  t.match(error.message, `version 99; this one knows up to ${MIGRATIONS.length}`)
  t.notMatch(error.message, '\n')
  t.same(
    readdirSync(folder).filter(name => name.includes('corrupt')),
    [],
  )
  t.end()
})

t.test("somebody else's database is refused and left as it is", t => {
  const folder = folderFor(t)
  openRaw(folder, db => db.exec('CREATE TABLE theirs (a)'))
  const before = readFileSync(join(folder, DATABASE_FILE))
  t.match(
    errorIn(() => storeIn(folder)),
    { fault: 'foreign' },
  )
  t.same(readFileSync(join(folder, DATABASE_FILE)), before)
  t.end()
})

t.test('a damaged database is set aside with its log, and a new one begun', t => {
  const damages: Record<string, (bytes: Buffer) => Buffer> = {
    'no database at all': () => Buffer.from('anything but a database, and long enough to see'),
    'pages of noise': bytes => bytes.fill(0x5a, 4096, bytes.length - 4096),
    'cut off': bytes => bytes.subarray(0, bytes.length / 2),
  }
  for (const [name, damage] of Object.entries(damages)) {
    const folder = folderFor(t)
    const first = storeIn(folder)
    first.commit(changes({ devices: Array.from({ length: 300 }, (_, i) => device(i)) }))
    first.close()
    const path = join(folder, DATABASE_FILE)
    const damaged = damage(readFileSync(path))
    writeFileSync(path, damaged)
    const store = storeIn(folder)
    t.match(store.aside, /onlooker\.db\.corrupt-20261118T120000Z$/, name)
    t.same(readFileSync(store.aside!), damaged, 'not a byte of it is lost')
    store.commit(changes({ devices: [device(1)] }))
    t.same([...store.devices()].flat().length, 1)
    store.close()
    writeFileSync(path, damaged)
    const again = storeIn(folder)
    t.match(again.aside, /corrupt-20261118T120000Z-2$/, 'the one before stays')
    again.close()
  }
  t.end()
})

t.test('damage that is found while it is in use is set aside at the next start', t => {
  const folder = folderFor(t)
  const first = storeIn(folder)
  first.commit(changes({ devices: [device(1)] }))
  first.condemn('row 1 missing from index')
  first.close()
  const store = storeIn(folder)
  t.match(readFileSync(`${store.aside}.damaged`, 'utf8'), /row 1 missing/)
  t.same([...store.devices()].flat(), [])
  store.close()
  const again = storeIn(folder)
  t.equal(again.aside, null)
  again.close()
  t.end()
})

t.test('a folder is one sensor, who is named to the second', async t => {
  const folder = folderFor(t)
  const holder = `
    import { lockFolder } from ${JSON.stringify(new URL('lock.js', BUILT).href)}
    lockFolder(${JSON.stringify(folder)})
    process.stdout.write('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', holder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  const error = errorIn(() => storeIn(folder))
  t.match(error, { fault: 'locked' })
  t.match(error.message, `pid ${child.pid}`)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const store = storeIn(folder)
  t.match(errorIn(() => storeIn(folder)).message, `pid ${process.pid}`)
  store.close()
  storeIn(folder).close()
})

t.test('a folder that may not be written is refused at start', t => {
  const folder = smallDisk(t, '4m')
  if (folder === undefined) {
    t.pass('no file systems of our own here: mounting takes root')
    t.end()
    return
  }
  storeIn(folder).close()
  spawnSync('mount', ['-o', 'remount,ro', folder])
  const error = errorIn(() => storeIn(folder))
  t.type(error, StoreError)
  t.match(error, { fault: 'readonly' })
  t.match(error.message, folder)
  t.end()
})
