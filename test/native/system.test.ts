/** The addon's other calls: interfaces, libpcap's handles, the service manager, another program. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { addon, type PcapPort, type Seen } from '../../src/capture/addon.js'
import { built, frame, granted } from './blocks.js'
import { inOwnNet, ip, send } from './own-net.js'

function seeing(): void {
  t.test('interfaces are told with what is known of them', async t => {
    ip('address', 'add', '192.0.2.1/24', 'dev', 'near')
    ip('link', 'set', 'near', 'address', '02:00:00:00:00:aa')
    ip('link', 'set', 'far', 'mtu', '1400')
    const seen = addon().interfaces()
    const named = (name: string): unknown => seen.find(each => each.name === name)
    t.match(named('lo'), { loopback: true, up: true, mac: '', hardware: 772 })
    const near = { mac: '02:00:00:00:00:aa', addresses: ['192.0.2.1'], running: true, hardware: 1 }
    t.match(named('near'), near)
    t.match(named('far'), { addresses: [], up: true, loopback: false, mtu: 1400 })
    ip('link', 'set', 'far', 'down')
    const now = (name: string): Seen | undefined =>
      addon()
        .interfaces()
        .find(each => each.name === name)
    t.match(now('far'), { up: false, running: false })
    // The kernel tells of a cable up to a second late.
    for (let i = 0; i < 200 && now('near')?.running === true; i++) await sleep(10)
    t.match(now('near'), { up: true, running: false })
    ip('link', 'set', 'far', 'up')
  })
}

const OPTIONS = { snaplen: 1000, promiscuous: true, timeout_ms: 50, filter: 'not arp' }

/** The frames of one read: each record is four words of the machine, then the bytes. */
function read(handle: PcapPort, chunk: Uint8Array): Buffer[] {
  const used = granted(addon().handleRead(handle, chunk))
  const records = new DataView(chunk.buffer, 0, used)
  const frames: Buffer[] = []
  for (let at = 0; at < used;) {
    const length = records.getUint32(at + 8, true)
    frames.push(Buffer.from(chunk.slice(at + 16, at + 16 + length)))
    at += 16 + length
  }
  return frames
}

function reading(): void {
  t.test(
    'a handle of libpcap gives the frames its filter lets, as much as there is room for',
    t => {
      const handle = granted(addon().handleOpen('near', OPTIONS))
      t.equal(addon().handleLink(handle), 1)
      const sent = Array.from({ length: 100 }, (_, i) => frame(`88b5${i.toString(16)}`, i))
      send('far', [frame('0806'), ...sent])
      const chunk = new Uint8Array(2000)
      const heard: Buffer[] = []
      for (let i = 0; i < 100 && heard.length < 100; i++) {
        const some = read(handle, chunk)
        t.ok(some.length <= 2000 / 76)
        heard.push(...some)
      }
      t.same(heard, sent)
      const from = performance.now()
      t.same(read(handle, chunk), [], 'nothing more')
      t.ok(performance.now() - from < 500)
      const counts = new Uint32Array(3)
      t.equal(addon().handleStatistics(handle, counts), undefined)
      t.equal(counts[0], 100)
      t.throws(() => addon().handleRead(handle, new Uint8Array(100)), TypeError)
      addon().handleClose(handle)
      addon().handleClose(handle)
      t.match(addon().handleRead(handle, chunk), { code: 'EBADF' })
      t.throws(() => addon().handleRead({} as PcapPort, chunk), TypeError)
      t.end()
    },
  )

  t.test('a handle that is refused says why', t => {
    t.match(addon().handleOpen('nowhere', OPTIONS), { code: 'ENODEV', error: /^activate: / })
    t.match(addon().handleOpen('near', { ...OPTIONS, filter: 'ip and' }), { code: 'EINVAL' })
    t.end()
  })
}

function telling(): void {
  t.test('without a service manager nobody is told', t => {
    for (const path of [undefined, '', '/nowhere/socket', '@onlooker-nobody', 'relative']) {
      if (path === undefined) delete process.env.NOTIFY_SOCKET
      else process.env.NOTIFY_SOCKET = path
      t.equal(addon().notify('READY=1'), false)
    }
    t.end()
  })

  t.test('the service manager is told', async t => {
    const path = join(t.testdir(), 'notices')
    const manager = spawn(built('onlooker-notified'), [path])
    for (let i = 0; i < 100 && !existsSync(path); i++) await sleep(10)
    process.env.NOTIFY_SOCKET = path
    t.equal(addon().notify('READY=1\nSTATUS=hears'), true)
    const [heard] = (await once(manager.stdout, 'data')) as [Buffer]
    t.equal(heard.toString(), 'READY=1\nSTATUS=hears\n\n')
    manager.kill()
    await once(manager, 'exit')
    t.equal(addon().notify('STATUS=gone'), false)
  })

  t.test('another program takes our place, with plain signals and its standard streams', t => {
    const script = `
      process.on('SIGTERM', () => undefined)
      const native = require(${JSON.stringify(built('onlooker.node'))})
      const refused = native.execute('/nowhere', [], [])
      native.execute('/bin/sh', ['sh', '-c', 'cat; env; exec cat /proc/self/status'], ['IS=' + refused.code])
    `
    const { stdout, status } = spawnSync(execPath, ['-e', script], {
      encoding: 'utf8',
      input: 'through stdin\n',
    })
    t.equal(status, 0)
    t.match(stdout, /^through stdin\n/)
    t.match(stdout, /^IS=ENOENT$/m)
    for (const set of ['SigBlk', 'SigIgn']) {
      t.match(stdout, new RegExp(`^${set}:\\s0{16}$`, 'm'))
    }
    t.end()
  })
}

await inOwnNet(import.meta.url, () => {
  seeing()
  reading()
  telling()
})
