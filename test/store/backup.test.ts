/** Backups are whole, of one moment, and say what they are; what is restored takes the store's place. */

import Database from 'better-sqlite3'
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkBackup, copyStore } from '../../src/store/backup.js'
import { StoreError } from '../../src/store/errors.js'
import { broughtPath, makeReady } from '../../src/store/restore.js'
import type { Store } from '../../src/store/store.js'
import { errorIn, folderFor, smallDisk, storeFor, storeIn } from './folders.js'
import { changes, device, idOf, NOON } from './records.js'

const silent = { now: () => NOON, progress: () => undefined }

function filled(t: Test, count: number): Store {
  const store = storeFor(t)
  const devices = Array.from({ length: count }, (_, i) => device(i))
  store.commit(changes({ devices }))
  const session = { csrf: '', address: 'local', created: NOON, expires: NOON, last_used: NOON }
  const times = { created: NOON, changed: NOON, last_login: null }
  store.people.putUser({ name: 'ann', password: 'hash', role: 'admin', disabled: false, ...times })
  store.people.putSession({ hash: 'somebody-is-logged-in', user: 'ann', ...session })
  return store
}

const idsIn = (store: Store): string[] => [...store.devices()].flat().map(({ id }) => id)

t.test('a backup is of the moment it began, however much is committed meanwhile', async t => {
  const store = filled(t, 20_000)
  const to = join(folderFor(t), 'copy')
  const steps: number[] = []
  let added = 20_000
  const progress = (step: string, done: number, total: number): void => {
    steps.push(done / total)
    // Without a view of its own each of these would make it begin anew.
    if (step === 'copying') store.commit(changes({ devices: [device(added++)] }))
  }
  const backup = await copyStore(store.path, to, { now: () => NOON, progress })
  t.match(backup, { sensor: 'test', made: NOON, devices: 20_000, bytes: statSync(to).size })
  t.ok(steps.length > 3, 'it tells how far it is')
  t.strictSame(steps.slice(0, -1), steps.slice(0, -1).toSorted(), 'and never goes back')
  t.equal(statSync(to).mode & 0o777, 0o600, 'for its owner alone')
  t.notOk(existsSync(`${to}-wal`), 'it is one file')
  t.equal(idsIn(store).length, added)
})

t.test('nobody is logged in, and accounts stay as they are', async t => {
  const store = filled(t, 1)
  const to = join(folderFor(t), 'copy')
  await copyStore(store.path, to, silent)
  t.notOk(readFileSync(to).includes('somebody-is-logged-in'), 'not a byte of it')
  const db = new Database(to, { readonly: true })
  t.same(db.prepare('SELECT name, password FROM users').all(), [{ name: 'ann', password: 'hash' }])
  db.close()
})

t.test(
  'what is restored takes the place at the next start, and what was there is set aside',
  async t => {
    const source = filled(t, 3)
    const copy = join(folderFor(t), 'copy')
    await copyStore(source.path, copy, silent)
    const folder = folderFor(t)
    const before = storeIn(folder)
    before.commit(changes({ devices: [device(77)] }))
    const epoch = epochOf(before.path)
    copyFileSync(copy, broughtPath(before.path))
    t.match(makeReady(before.path), { devices: 3 })
    t.same(idsIn(before), [idOf(77)], 'not while the one before is in use')
    before.close()
    const after = storeIn(folder)
    t.same(idsIn(after), [idOf(0), idOf(1), idOf(2)])
    t.match(after.replaced, /onlooker\.db\.before-restore-20261118T120000Z$/)
    t.match(new Database(after.replaced!).prepare('SELECT id FROM devices').get(), { id: idOf(77) })
    t.not(epochOf(after.path), epoch)
    t.not(epochOf(after.path), epochOf(source.path), 'its changes are numbered anew')
    t.equal(after.people.session('somebody-is-logged-in'), undefined)
    after.close()
    const again = storeIn(folder)
    t.equal(again.replaced, null)
    again.close()
  },
)

t.test('a log that is left alone is not taken for the log of what is restored', async t => {
  const source = filled(t, 3)
  const folder = folderFor(t)
  const path = join(folder, 'onlooker.db')
  await copyStore(source.path, broughtPath(path), silent)
  makeReady(path)
  // As if the power had gone between renaming the database and its log.
  copyFileSync(`${source.path}-wal`, `${path}-wal`)
  const after = storeIn(folder)
  t.same(idsIn(after).length, 3)
  t.equal(after.replaced, '')
  t.notOk(existsSync(`${path}-wal`) && statSync(`${path}-wal`).size > 1_000_000)
  after.close()
})

function epochOf(path: string): unknown {
  const db = new Database(path, { readonly: true })
  try {
    return db.prepare("SELECT value FROM meta WHERE name = 'epoch'").pluck().get()
  } finally {
    db.close()
  }
}

t.test('what cannot be restored is refused in a line that says why', async t => {
  const store = filled(t, 2000)
  const copy = join(folderFor(t), 'copy')
  await copyStore(store.path, copy, silent)
  const sound = readFileSync(copy)
  const spoilt = Buffer.from(sound)
  spoilt.fill(0x5a, 40_960, 81_920)
  const cases: readonly [string, (path: string) => void, RegExp][] = [
    ['text', path => writeFileSync(path, 'anything else'), /^not a backup of Onlooker: .*: name/],
    ['empty', path => writeFileSync(path, ''), /^not a backup of Onlooker/],
    ['noise amid it', path => writeFileSync(path, spoilt), /^the backup is damaged: .*: take/],
    ['cut', path => writeFileSync(path, sound.subarray(0, 50_000)), /^the backup is damaged/],
    [
      "somebody else's",
      path => void new Database(path).exec('CREATE TABLE theirs (a)').close(),
      /^not a backup of Onlooker/,
    ],
    [
      'newer',
      path => {
        writeFileSync(path, sound)
        const db = new Database(path)
        db.pragma('user_version = 99')
        db.close()
      },
      /^the backup is of a newer Onlooker/,
    ],
  ]
  for (const [name, make, line] of cases) {
    const path = join(folderFor(t), 'onlooker.db')
    make(broughtPath(path))
    const error = errorIn(() => checkBackup(broughtPath(path)))
    t.type(error, StoreError, name)
    t.match(error.message, line, name)
    t.notMatch(error.message, '\n', name)
    t.throws(() => makeReady(path), { message: error.message }, name)
    t.notOk(existsSync(`${path}.restored`), `${name}: nothing waits for the next start`)
  }
})

t.test('a store that is not there, and a disk without room, are told', async t => {
  const nowhere = join(folderFor(t), 'onlooker.db')
  t.match(await copyStore(nowhere, `${nowhere}.copy`, silent).catch(Object), { fault: 'missing' })
  t.notOk(existsSync(nowhere), 'and none is made')
  const disk = smallDisk(t, '1m')
  if (disk === undefined) {
    t.pass('no file systems of our own here: mounting takes root')
    return
  }
  const store = filled(t, 5000)
  const error = await copyStore(store.path, join(disk, 'copy'), silent).catch(Object)
  t.match(error, { fault: 'room', message: /^there is no room for a copy \(it takes \d+ MB\): / })
  t.notOk(existsSync(join(disk, 'copy')))
})
