/** Rings on a cable of their own: what they hear, share and filter, and how they end. */

import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { addon } from '../../src/capture/addon.js'
import { ACCEPT, frame, built, granted, hear, open, SHAPE, shut, take } from './blocks.js'
import { cycles, use } from './cycles.js'
import { inOwnNet, ip, plug, send } from './own-net.js'

const IPV4 = '080045000014'

function hearing(): void {
  t.test('a ring hears every frame, byte by byte, once its filter lets it', t => {
    const ring = open()
    const sent = Array.from({ length: 200 }, (_, i) => frame(`88b5${i.toString(16)}`, i))
    send('far', sent.slice(0, 5))
    t.same(hear(ring, 1), [], 'nothing before its filter')
    granted(addon().ringFilter(ring.socket, ACCEPT))
    send('far', sent)
    t.same(hear(ring, 200), sent)
    const counts = new Uint32Array(3)
    granted(addon().statistics(ring.socket, counts))
    t.same([...counts], [200, 0, 0], 'received, dropped, frozen')
    granted(addon().statistics(ring.socket, counts))
    t.same([...counts], [0, 0, 0], 'counts since the last time')
    shut(ring)
    t.end()
  })

  t.test('frames that find no block are counted as dropped', t => {
    const ring = open()
    granted(addon().ringFilter(ring.socket, ACCEPT))
    const sent = Array.from({ length: 1200 }, () => Buffer.alloc(1000, 255))
    send('far', sent)
    const heard = hear(ring, 1200).length
    const counts = new Uint32Array(3)
    granted(addon().statistics(ring.socket, counts))
    t.equal(counts[0], 1200)
    t.ok(counts[1]! > 0)
    t.equal(heard, counts[0]! - counts[1]!, 'sent = heard + dropped')
    shut(ring)
    t.end()
  })

  t.test('what the interface itself sends is left out if asked, alone and in a group', t => {
    for (const group of [false, true]) {
      const ring = open({ incoming_only: true })
      if (group) granted(addon().ringJoin(ring.socket, 0))
      granted(addon().ringFilter(ring.socket, ACCEPT))
      send('near', [frame('88b501')])
      send('far', [frame('88b502')])
      t.same(hear(ring, 2), [frame('88b502')])
      shut(ring)
    }
    t.end()
  })
}

function sharing(): void {
  t.test('a group gives each frame to the member its program says', t => {
    const rings = [open(), open(), open()]
    let group = 0
    for (const { socket } of rings) group = granted(addon().ringJoin(socket, group))
    // ldb [link + 11], the last byte of the sender's address; ret a. A group counts from the layer
    // above Ethernet, its members' filters from Ethernet.
    const program = Uint32Array.of(0x30, 0, 0, 0xffe0_0000 + 11, 0x16, 0, 0, 0)
    granted(addon().ringShare(rings[0]!.socket, program))
    for (const { socket } of rings) granted(addon().ringFilter(socket, ACCEPT))
    send(
      'far',
      [0, 1, 2, 3, 4, 5, 7].map(last => frame('88b5', last)),
    )
    const heard = rings.map(ring => hear(ring, 1).map(bytes => bytes[11]))
    t.same(heard, [
      [0, 3],
      [1, 4, 7],
      [2, 5],
    ])
    rings.forEach(shut)
    t.end()
  })

  t.test('a live filter finds the VLAN tag that the kernel has taken out', t => {
    const ring = open()
    const compiled = addon().compileLive('vlan 10 and ip', 'near', 65_535)
    if ('error' in compiled) throw new Error(compiled.error)
    granted(addon().ringFilter(ring.socket, compiled.instructions))
    const tagged = (id: string, last: number): Buffer => frame(`8100${id}${IPV4}`, last)
    send('far', [tagged('000a', 1), tagged('000b', 2), frame(IPV4, 3), frame('8100000a0806', 4)])
    t.same(
      hear(ring, 2).map(bytes => bytes[11]),
      [1],
    )
    t.match(addon().compileLive('vlan and', 'near', 65_535), { error: /syntax error/ })
    t.match(addon().compileLive('ip', 'nowhere', 65_535), { error: /./ })
    shut(ring)
    t.end()
  })
}

const promiscuous = (): boolean | undefined =>
  addon()
    .interfaces()
    .find(({ name }) => name === 'near')?.promiscuous

function closing(): void {
  t.test('closing leaves promiscuous mode; closing and unmapping twice is as good as once', t => {
    t.equal(promiscuous(), false)
    const ring = open()
    t.equal(promiscuous(), true)
    addon().ringUnmap(ring.memory)
    addon().ringUnmap(ring.memory)
    t.equal(ring.memory.byteLength, 0)
    addon().ringUnmap(new ArrayBuffer(8))
    shut(ring)
    addon().close(ring.socket)
    t.equal(promiscuous(), false)
    t.end()
  })

  t.test('a wrong call is refused or thrown back, and harms nothing', t => {
    const native = addon() as unknown as Record<string, (...words: unknown[]) => unknown>
    const odd = [undefined, null, -1, 1e99, 0.5, NaN, '', 'near\0', {}, [], new Uint32Array(3), 1]
    for (const [name, call] of Object.entries(native)) {
      if (['execute', 'socket', 'wakeOpen'].includes(name)) continue
      for (const a of odd) {
        for (const b of odd) {
          try {
            call(a, b, b, a)
          } catch (error) {
            if (!(error instanceof TypeError)) t.fail(`${name}: ${String(error)}`)
          }
        }
      }
    }
    const { socket, memory } = open()
    t.match(addon().ringMap(socket, 4096), { code: 'EINVAL' }, 'not the size of the ring')
    t.match(addon().ringFilter(socket, Uint32Array.of(0x28, 0, 0, 12)), { code: 'EINVAL' })
    t.match(addon().ringOpen(socket, SHAPE), { code: 'EBUSY', error: 'version' })
    shut({ socket, memory })
    t.match(addon().ringFilter(socket, ACCEPT), { code: 'ENOTSOCK' })
    t.end()
  })

  t.test('a ring that could not be opened leaves the socket as it was', t => {
    const socket = granted(addon().socket())
    t.match(addon().ringOpen(socket, { ...SHAPE, interface: 'nowhere' }), { code: 'ENODEV' })
    t.match(addon().ringOpen(socket, { ...SHAPE, block_bytes: 5000 }), { code: 'EINVAL' })
    shut(open({}, socket))
    t.end()
  })
}

const LISTENER = `
  const { parentPort, workerData: { path, socket, wake } } = require('node:worker_threads')
  const native = require(path)
  const memory = native.ringMap(socket, 8 * 65536)
  parentPort.postMessage(memory.byteLength)
  for (;;) native.wait(Int32Array.of(socket), new Int32Array(1), wake, 60000)
`

async function listener(socket: number, wake: number): Promise<Worker> {
  const workerData = { path: built('onlooker.node'), socket, wake }
  const worker = new Worker(LISTENER, { eval: true, workerData })
  await once(worker, 'message')
  return worker
}

function ending(): void {
  t.test('a worker that waits ends when told, and gives its ring back', async t => {
    const { socket, memory } = open()
    addon().ringUnmap(memory)
    const wake = granted(addon().wakeOpen())
    for (const woken of [true, false]) {
      const worker = await listener(socket, wake)
      t.equal(use().mappings, 1)
      const from = performance.now()
      const ended = worker.terminate()
      if (woken) addon().wake(wake)
      await ended
      addon().wakeClear(wake)
      t.ok(performance.now() - from < (woken ? 500 : 3000))
      t.equal(use().mappings, 0)
    }
    addon().close(wake)
    addon().close(socket)
  })
}

function vanishing(): void {
  t.test(
    'an interface that goes is told to who waits, and another of its name is heard',
    async t => {
      const ring = open()
      granted(addon().ringFilter(ring.socket, ACCEPT))
      const worker = new Worker(
        `setTimeout(() => require('node:child_process').execFileSync('ip', ['link', 'del', 'far']), 100)`,
        { eval: true },
      )
      await sleep(50)
      const ready = new Int32Array(1)
      for (let i = 0; i < 20 && ready[0] === 0; i++) {
        addon().wait(Int32Array.of(ring.socket), ready, -1, 1000)
      }
      t.equal(ready[0]! & 8, 8, 'POLLERR')
      t.equal(addon().socketError(ring.socket), 'ENETDOWN')
      t.equal(addon().socketError(ring.socket), '')
      t.match(take(ring.memory), [])
      shut(ring)
      await once(worker, 'exit')
      plug()
      const again = open()
      granted(addon().ringFilter(again.socket, ACCEPT))
      send('far', [frame('88b5')])
      t.equal(hear(again, 1).length, 1)
      shut(again)
    },
  )

  t.test('an interface that is down and up again is heard again', t => {
    const ring = open()
    granted(addon().ringFilter(ring.socket, ACCEPT))
    ip('link', 'set', 'near', 'down')
    t.equal(addon().socketError(ring.socket), 'ENETDOWN')
    ip('link', 'set', 'near', 'up')
    send('far', [frame('88b5')])
    t.equal(hear(ring, 1).length, 1)
    shut(ring)
    t.end()
  })

  t.test('a thousand rings leave neither descriptors nor memory behind', async t => {
    const [before, after] = await cycles(SHAPE, 1000)
    t.equal(after.descriptors, before.descriptors)
    t.equal(after.mappings, 0)
    t.ok(after.kib - before.kib < 8192, `RssAnon grew by ${String(after.kib - before.kib)} KiB`)
  })
}

await inOwnNet(import.meta.url, () => {
  hearing()
  sharing()
  closing()
  ending()
  vanishing()
})
