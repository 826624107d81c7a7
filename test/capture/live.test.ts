/** Live sources on a cable: what they hear, what they count, how they are refused and how they end. */

import t from 'tap'
import { zeros } from '../../fixtures/build/bytes.js'
import { vlan } from '../../fixtures/build/tunnels.js'
import { addon } from '../../src/capture/addon.js'
import { openCap } from '../../src/capture/cap.js'
import { type Copier, CopyingEar, CopyingSource } from '../../src/capture/copying.js'
import { everything, openGroup } from '../../src/capture/group.js'
import { openLibpcap } from '../../src/capture/libpcap.js'
import { type Feed, load, type NpmOptions } from '../../src/capture/npm.js'
import { openNpmPcap } from '../../src/capture/npm-pcap.js'
import { RecordQueue } from '../../src/capture/record-queue.js'
import { RingEar } from '../../src/capture/ring.js'
import { Batch } from '../../src/capture/source.js'
import { hello } from '../layers/cases/case.js'
import { inOwnNet, ip, send } from '../native/own-net.js'
import { heard, listen, optionsOf, SHAPE } from './listening.js'

const frames = Array.from({ length: 500 }, (_, i) => {
  const bytes = zeros(60 + ((i * 37) % 1400))
  bytes.set(hello.subarray(0, 54))
  bytes[26] = i
  bytes[59] = i >> 8
  return bytes
})
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const expected = frames.map(hex)
const now = (): number => Math.floor(Date.now() / 1000)

function rings(): void {
  t.test('a group hears every frame once, when and as it came', async t => {
    const { group, ears, close } = listen(2)
    t.same(group.early, [0, 0], 'nobody heard anything before')
    const before = now()
    send('far', frames)
    const all = await heard(ears, frames.length)
    t.same(all.map(({ bytes }) => hex(bytes)).sort(), [...expected].sort())
    t.ok(all.every(({ seconds }) => seconds >= before && seconds <= now()))
    t.ok(all.every(({ port, wire, bytes }) => port === 3 && wire === bytes.length))
    const counts = ears.map(ear => ear.statistics())
    const sum = (of: (one: (typeof counts)[number]) => number): number =>
      counts.reduce((total, one) => total + of(one), 0)
    t.equal(
      sum(({ received }) => received),
      frames.length,
    )
    t.equal(
      sum(({ walked, dropped }) => walked + dropped),
      frames.length,
    )
    close()
  })

  t.test('a VLAN that the kernel takes out is told, and its bytes were on the wire', async t => {
    const { ears, close } = listen(1)
    send('far', [vlan(hello, 42), hello])
    const [tagged, plain] = await heard(ears, 2)
    t.same([tagged?.tag, tagged?.wire], [42, hello.length + 4])
    t.equal(hex(tagged!.bytes), hex(hello))
    t.same([plain?.tag, plain?.wire], [0, hello.length])
    close()
  })
}

function limits(): void {
  t.test('frames are cut to the snap length, filtered, and the filter may be changed', async t => {
    const compiled = addon().compileLive('vlan 7', 'near', 65535)
    if ('error' in compiled) throw new Error(compiled.error)
    const crew = listen(2, { snaplen: 96 })
    send('far', [frames[5]!])
    const [cut] = await heard(crew.ears, 1)
    t.same([cut?.bytes.length, cut?.wire], [96, frames[5]!.length])
    crew.group.filter(compiled.instructions)
    send('far', [hello, vlan(hello, 7), vlan(hello, 8)])
    t.same(
      (await heard(crew.ears, 1)).map(({ tag }) => tag),
      [7],
    )
    crew.group.filter(everything(65535))
    send('far', [hello])
    t.equal((await heard(crew.ears, 1)).length, 1)
    crew.close()
  })
}

function losses(): void {
  t.test('what finds no room is counted: sent is heard and dropped', async t => {
    const { ears, close } = listen(1, { shape: { ...SHAPE, block_bytes: 4096, blocks: 8 } })
    send('far', frames)
    const all = await heard(ears, frames.length)
    const { received, dropped, walked, fullest, freezes } = ears[0]!.statistics()
    t.equal(received, frames.length)
    t.equal(walked, all.length)
    t.equal(walked + dropped, received)
    t.ok(dropped > 0 && freezes > 0)
    t.equal(fullest, 1)
    close()
  })

  t.test('who takes a ring over goes on hearing', async t => {
    const { group, ears, close } = listen(1)
    send('far', frames.slice(0, 100))
    t.ok((await heard(ears, 60)).length > 0)
    ears[0]!.close()
    const { block_bytes, blocks } = SHAPE
    const mapping = { socket: group.sockets[0]!, block_bytes, blocks, port: 3, link: 1 }
    const next = new RingEar(addon(), { ...mapping, takes_over: true })
    send('far', frames.slice(100, 200))
    const last = (await heard([next], 100)).map(({ bytes }) => hex(bytes))
    t.same(last.slice(-100), expected.slice(100, 200))
    next.close()
    close()
  })
}

function refusals(): void {
  t.test('what the system refuses is one line with its mend', t => {
    const options = (name: string): ReturnType<typeof optionsOf> =>
      optionsOf(1, { interface: name })
    t.throws(() => openGroup(addon(), options('nowhere')), {
      message: 'no such interface: nowhere: see ip -brief link for the names',
    })
    t.throws(() => openGroup(addon(), optionsOf(0)), { message: /^too few packet sockets/ })
    const shape = { ...SHAPE, block_bytes: 5000 }
    t.throws(() => openGroup(addon(), optionsOf(1, { shape })), { message: /^no ring has this/ })
    const program = Uint32Array.of(0x15, 5, 5, 0)
    t.throws(() => openGroup(addon(), optionsOf(1, { program })), {
      message: /^cannot capture \(.*EINVAL\): near: /,
    })
    const group = openGroup(addon(), options('near'))
    group.close()
    group.close()
    t.equal(group.fault(), '')
    t.end()
  })

  t.test('an interface that goes down or away says so', async t => {
    ip('link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'other')
    for (const end of ['one', 'other']) {
      ip('link', 'set', end, 'addrgenmode', 'none')
      ip('link', 'set', end, 'up')
    }
    const { group, ears, close } = listen(2, { interface: 'one' })
    t.equal(group.fault(), '')
    ip('link', 'set', 'one', 'down')
    t.equal(group.fault(), 'ENETDOWN')
    ip('link', 'set', 'one', 'up')
    // The other end takes a moment to see that there is a cable again.
    let again = 0
    for (let i = 0; i < 5 && again === 0; i++) {
      send('other', [hello])
      again = (await heard(ears, 1)).length
    }
    t.ok(again > 0, 'and hears again when it is up')
    ip('link', 'del', 'one')
    t.match(group.fault(), /ENETDOWN|ENXIO|ENODEV/)
    t.same(await heard(ears, 0), [])
    close()
  })
}

type Opened = { copier: Copier; close: () => void }
type Options = Pick<NpmOptions, 'interface' | 'filter'>

function fed(open: (options: NpmOptions) => Feed): (options: Options) => Opened {
  return options => {
    const queue = new RecordQueue(options.interface)
    const feed = open({ ...options, queue })
    const close = (): void => {
      feed.close()
      // One of them closes only with the next frame.
      send('far', [hello])
    }
    return { copier: queue, close }
  }
}

const copiers: Record<string, (options: Options) => Opened> = {
  libpcap: options => ({
    copier: openLibpcap(addon(), { ...options, snaplen: 65535, promiscuous: true }),
    close: () => undefined,
  }),
  cap: fed(openCap),
  pcap: fed(openNpmPcap),
}

const isThere = (name: string): boolean => {
  try {
    return name === 'libpcap' || load(name) !== undefined
  } catch {
    return false
  }
}

/** The bytes of so many frames that come to a source; fewer, if no more come in time. */
async function copied(source: CopyingSource, wanted: number): Promise<string[]> {
  const batch = new Batch()
  const found: string[] = []
  const late = setTimeout(() => source.close(), 2000)
  while (found.length < wanted && (await source.fill(batch))) {
    for (let i = 0; i < batch.count; i++) {
      const at = batch.at[i]!
      if (Math.abs((batch.seconds[i]! >>> 0) - now()) > 5) found.push('at a wrong time')
      found.push(hex(batch.bytes.subarray(at, at + batch.length[i]!)))
    }
  }
  clearTimeout(late)
  return found
}

function copies(): void {
  for (const [name, open] of Object.entries(copiers)) {
    t.test(`${name} gives the frames the ring gives`, async t => {
      if (!isThere(name)) {
        t.pass(`the npm package ${name} is not installed here`)
        return
      }
      const { copier, close } = open({ interface: 'near', filter: '' })
      t.equal(copier.link, 1)
      const source = new CopyingSource(copier)
      send('far', frames)
      t.same(await copied(source, frames.length), expected)
      send('far', [vlan(hello, 42)])
      t.same(await copied(source, 1), [hex(vlan(hello, 42))], 'with its tag in place')
      const counts = new Uint32Array(3)
      copier.statistics(counts)
      t.equal(counts[0], frames.length + 1)
      t.equal(counts[1], 0)
      source.close()
      t.notOk(await source.fill(new Batch()), 'closed')
      close()
    })

    t.test(`${name} filters, and refuses with one line`, async t => {
      if (!isThere(name)) {
        t.pass(`the npm package ${name} is not installed here`)
        return
      }
      const { copier, close } = open({ interface: 'near', filter: 'tcp port 80' })
      const ear = new CopyingEar(copier, { port: 3 })
      send('far', [zeros(60), hello])
      const end = Date.now() + 1000
      while (!ear.next() && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 2))
      t.equal(ear.batch.count, 1)
      t.equal(ear.batch.port[0], 3)
      ear.release()
      t.equal(ear.statistics().walked, 1)
      ear.close()
      close()
      t.throws(() => open({ interface: 'nowhere', filter: '' }), {
        message: /^no such interface: nowhere: /,
      })
      t.throws(() => open({ interface: 'near', filter: 'wrong (' }), {
        message: /^wrong filter \(.+\): wrong \(: see man pcap-filter/,
      })
    })
  }
}

t.test('a package that is not there is one line with its mend', t => {
  t.throws(() => load('no-such-package'), {
    message:
      'npm package is missing or does not load: no-such-package: install it, or choose another source',
  })
  t.end()
})

await inOwnNet(import.meta.url, () => {
  rings()
  limits()
  losses()
  refusals()
  copies()
})
