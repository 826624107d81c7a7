/** Live hearing on a cable of our own: every frame that was sent is heard, or counted as dropped. */

import t, { type Test } from 'tap'
import { office } from '../../fixtures/network/office.js'
import { addon, type Addon } from '../../src/capture/addon.js'
import { inOwnNet, ip, plug, send } from '../native/own-net.js'
import { listenLive, plugIn, SHAPE } from '../live/crew.js'
import { Gathering } from './gathering.js'

const shape = { ...SHAPE, blocks: 32 }

const frames = [...office().frames]
  .filter(({ bytes }) => bytes.length <= 1514)
  .slice(0, 20_000)
  .map(({ bytes }) => bytes)

function listen(native: Addon, workers: number) {
  const listener = new Gathering()
  return { ...listenLive(native, { workers, listener, shape }), listener }
}

async function hearsAll(t: Test, native: Addon, workers: number): Promise<void> {
  const { crew, group, listener } = listen(native, workers)
  await until(() => crew.silent_ms().every(silent => silent < 100))
  const few = frames.slice(0, 3000)
  for (let i = 0; i < few.length; i += 1000) send('far', few.slice(i, i + 1000))
  await until(() => crew.totals().frames === few.length && listener.facts.length > 100)
  t.pass('facts are told while it hears')
  await crew.stop()
  group.close()
  const [line] = crew.ledger()
  t.match(line, { received: few.length, heard: few.length, waiting: 0, broken: 0 })
  t.match(line!.dropped, { ring: 0, worker: 0 })
}

async function countsDrops(t: Test, native: Addon): Promise<void> {
  const { crew, group } = listen(native, 2)
  crew.pause()
  await until(() => crew.silent_ms().every(silent => silent < 100))
  send('far', frames)
  crew.resume()
  await crew.stop()
  group.close()
  const [line] = crew.ledger()
  t.equal(line!.received, frames.length, 'sent')
  t.ok(line!.dropped.ring > 0, `${String(line!.dropped.ring)} dropped`)
  t.equal(line!.heard + line!.dropped.ring, frames.length, 'sent = heard + dropped')
}

async function takesOver(t: Test, native: Addon): Promise<void> {
  const { crew, group, losses } = listen(native, 2)
  await until(() => crew.silent_ms().every(silent => silent < 100))
  for (let i = 0; i < 4000; i += 1000) {
    if (i === 2000) await crew.threads[1]!.terminate()
    send('far', frames.slice(i, i + 1000))
  }
  await until(() => losses.length > 0 && crew.silent_ms().every(silent => silent < 100))
  await crew.stop()
  group.close()
  const [line] = crew.ledger()
  t.match(losses, [{ worker: 1, replaced: true }])
  t.match(line, { received: 4000, waiting: 0, dropped: { ring: 0 } })
  t.equal(line!.heard + line!.dropped.worker, 4000, 'sent = heard + what died with the worker')
}

async function hearsAgain(t: Test, native: Addon): Promise<void> {
  const { crew, group, faults } = listen(native, 2)
  await until(() => crew.silent_ms().every(silent => silent < 100))
  ip('link', 'set', 'near', 'down')
  await until(() => faults.length === 2)
  t.strictSame(faults.sort(), ['near 0 ENETDOWN', 'near 1 ENETDOWN'])
  ip('link', 'set', 'near', 'up')
  send('far', frames.slice(0, 100))
  await until(() => crew.totals().frames === 100)
  ip('link', 'del', 'near')
  await until(() => faults.length === 4)
  await crew.close('near')
  group.close()
  plug()
  const again = plugIn(native, crew, { workers: 2, shape })
  send('far', frames.slice(0, 100))
  await until(() => crew.totals().frames === 200)
  await crew.stop()
  again.close()
  t.match(crew.ledger(), [{ interface: 'near', heard: 200, waiting: 0, dropped: { worker: 0 } }])
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 10))
}

await inOwnNet(import.meta.url, () => {
  const native = addon()
  for (const workers of [1, 2]) {
    t.test(`with ${String(workers)} workers nothing is lost that was sent`, t =>
      hearsAll(t, native, workers),
    )
  }
  t.test('what the ring has no room for is counted to the last frame', t => countsDrops(t, native))
  t.test('who takes over a ring goes on where the dead stopped', t => takesOver(t, native))
  t.test('an interface that goes is told of, and heard again when it is back', t =>
    hearsAgain(t, native),
  )
})
