/** Who of a group hears which frame: in the kernel, on a cable, as the shards have it. */

import t from 'tap'
import { arpFrame, ether, ipPacket, udp } from '../../fixtures/build/frames.js'
import { join, u16, u8, zeros } from '../../fixtures/build/bytes.js'
import { shardOfBytes } from '../../src/layers/shard.js'
import { cases } from '../layers/cases/index.js'
import { back, client, forth, hello, hello6, reply, server } from '../layers/cases/case.js'
import { inOwnNet, ip, send } from '../native/own-net.js'
import { type Heard, heard, listen, SHAPE } from './listening.js'

const WORKERS = 4

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const isVlan = (bytes: Uint8Array): boolean =>
  [0x8100, 0x88a8].includes((bytes[12]! << 8) | bytes[13]!)
/** What is left of a frame when the kernel has taken its outer tag out. */
const bare = (bytes: Uint8Array): Uint8Array =>
  isVlan(bytes) ? join(bytes.subarray(0, 12), bytes.subarray(16)) : bytes

const shard = (bytes: Uint8Array): number => shardOfBytes(bytes, 0, bytes.length, 1)

interface Named {
  readonly name: string
  readonly frame: Uint8Array
}

/** What no program without loops can follow. */
const BEYOND = /L2TP|PEEKREMOTE|source route/i

function encapsulated(): Named[] {
  return cases
    .filter(({ link, name }) => (link ?? 1) === 1 && !BEYOND.test(name))
    .flatMap(({ name, make }) => [
      { name, frame: make(hello, forth) },
      { name: `${name}, back`, frame: make(reply, back) },
      { name: `${name}, IPv6`, frame: make(hello6, forth) },
    ])
}

function plain(): Named[] {
  const named: Named[] = []
  const add = (name: string, frame: Uint8Array): void => void named.push({ name, frame })
  for (let i = 0; i < 40; i++) {
    const [one, other] = [
      { ...client, ip: `10.1.0.${i}`, port: 1000 + i },
      { ...server, port: 53 },
    ]
    for (const [from, to] of [[one, other] as const, [other, one] as const]) {
      const link = { from: from.mac, to: to.mac, type: 0x0800 }
      const body = udp(from, to, zeros(64))
      add(`UDP ${i}`, ether(link, ipPacket({ from: from.ip, to: to.ip, protocol: 17 }, body)))
      for (const offset of [0, 32]) {
        const head = { from: from.ip, to: to.ip, protocol: 17, offset, more: offset === 0 }
        add(`fragment ${i}`, ether(link, ipPacket(head, body.subarray(offset, offset + 32))))
      }
      add(`ARP ${i}`, arpFrame({ operation: 1, sender: from, target: to }).bytes)
      const mac = join(zeros(4), u8(i), u8(7))
      add(`LLDP ${i}`, join(zeros(6), mac, u16(0x88cc), zeros(46)))
      add(`STP ${i}`, join(zeros(6), mac, u16(38), u8(0x42), u8(0x42), u8(3), zeros(43)))
    }
  }
  return named
}

function shares(): void {
  for (const [what, frames] of [
    ['whatever it is wrapped in', encapsulated()] as const,
    ['be it a fragment, ARP or no IP at all', plain()] as const,
  ]) {
    t.test(`the kernel gives each frame to the worker of its shard, ${what}`, async t => {
      const { ears, close } = listen(WORKERS)
      const seen = new Map<string, Heard>()
      send(
        'far',
        frames.map(({ frame }) => frame),
      )
      for (const one of await heard(ears, frames.length)) seen.set(hex(one.bytes), one)
      for (const { name, frame } of frames) {
        t.equal(seen.get(hex(bare(frame)))?.member, shard(frame) % WORKERS, name)
      }
      close()
    })
  }
}

function senders(): void {
  t.test('what the interface itself sends goes where its shard says, too', async t => {
    const frames = plain()
    const { ears, close } = listen(WORKERS, { shape: { ...SHAPE, incoming_only: false } })
    send(
      'near',
      frames.map(({ frame }) => frame),
    )
    const all = await heard(ears, frames.length)
    t.equal(all.length, frames.length)
    const wrong = all.filter(({ member, bytes }) => member !== shard(bytes) % WORKERS)
    t.equal(wrong.length, 0)
    close()
  })

  t.test('every number of workers works, and each frame is heard once', async t => {
    const frames = plain()
    for (const workers of [1, 2, 3, 16]) {
      const { ears, close } = listen(workers)
      send(
        'far',
        frames.map(({ frame }) => frame),
      )
      const all = await heard(ears, frames.length)
      t.equal(all.length, frames.length, `${workers} workers`)
      t.ok(all.every(({ member, bytes }) => member === shard(bytes) % workers))
      close()
    }
  })
}

await inOwnNet(import.meta.url, () => {
  for (const end of ['near', 'far']) ip('link', 'set', end, 'mtu', '9000')
  shares()
  senders()
})
