/** A disk that fills up under a running sensor: it hears on, says so, and writes again by itself. */

import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { neighbours } from './traffic.js'
import { Daemon } from './daemon.js'
import { Mirror, whyNoMirror } from './mirror.js'
import { until } from './until.js'

/** Much happens on a busy machine before this is over. */
const PATIENCE_MS = 280_000
/** A busy machine takes its time for everything. */
const SOON_MS = 120_000
const DISK = '12m'
const A_PART = 300

/** A small disk where the sensor keeps what it knows; undefined where nobody may mount one. */
function smallData(mirror: Mirror): string | undefined {
  const folder = join(mirror.folder, 'data')
  mkdirSync(folder)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder])
  return mounted.status === 0 ? folder : undefined
}

/** Not a page is left. */
function fill(folder: string): string {
  const ballast = join(folder, 'ballast')
  const { bavail, bsize } = statfsSync(folder)
  try {
    for (let left = bavail; left >= 0; left--) {
      writeFileSync(ballast, Buffer.alloc(bsize), { flag: 'a' })
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
  return ballast
}

const stored = async (daemon: Daemon): Promise<number> => {
  const { text } = await daemon.ask('/api/v1/counts')
  return (JSON.parse(text) as { devices: number }).devices
}

async function bearsAFullDisk(t: Test, mirror: Mirror): Promise<void> {
  const folder = smallData(mirror)
  if (folder === undefined) {
    t.pass('no file systems of our own here: mounting takes root')
    return
  }
  const daemon = await new Daemon(mirror).ready(SOON_MS)
  mirror.send(neighbours(0, A_PART))
  await until('the first are stored', async () => (await stored(daemon)) >= A_PART, SOON_MS)
  t.equal((await daemon.metrics()).sum('store_writes'), 1)

  const ballast = fill(folder)
  mirror.send(neighbours(A_PART, 2 * A_PART))
  await until('it says so', async () => (await daemon.ask('/readyz')).status === 503, SOON_MS)
  const { text } = await daemon.ask('/readyz')
  t.match(text, /the disk is full/, 'and why')
  t.match(text, /make room on it/, 'and the mend')
  mirror.send(neighbours(2 * A_PART, 3 * A_PART))
  const frames = neighbours(0, 3 * A_PART).length
  const { heard, dropped } = await daemon.accountsFor(frames)
  t.strictSame([heard, dropped], [frames, 0], 'it hears on')
  const full = await daemon.metrics()
  t.equal(full.sum('store_writes'), 0)
  t.ok(full.sum('waiting_devices_entries') > 0, 'the newest wait in memory')
  t.equal(full.sum('waiting_devices_dropped_total'), 0)
  t.equal((await daemon.ask('/healthz')).status, 200, 'it is alive')
  t.ok((await stored(daemon)) >= A_PART, 'and what is stored can be asked')

  rmSync(ballast)
  await until(
    'it is ready again',
    async () => (await daemon.ask('/readyz')).status === 200,
    SOON_MS,
  )
  await until('all are stored', async () => (await stored(daemon)) >= 3 * A_PART, SOON_MS)
  t.equal((await daemon.metrics()).sum('store_writes'), 1)
  t.match(daemon.said, /the disk is full.*the newest waits in memory meanwhile/)
  t.match(daemon.said, /the store writes again/)
  const known = await stored(daemon)
  t.equal(await daemon.end(), 0)
  const again = await new Daemon(mirror).ready(SOON_MS)
  t.equal(await stored(again), known, 'nothing of it is lost')
  t.equal(await again.end(), 0)
}

t.setTimeout(PATIENCE_MS)
const why = whyNoMirror()
if (why !== '') t.pass(`no network namespaces here: ${why}`)
else {
  t.test('a full disk is told and waited out, and nothing is lost', async t => {
    const mirror = new Mirror()
    t.teardown(() => {
      spawnSync('umount', ['-l', join(mirror.folder, 'data')])
      mirror.remove()
    })
    await bearsAFullDisk(t, mirror)
  })
}
