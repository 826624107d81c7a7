/** Shards: one answer for all frames between two addresses, whatever they are wrapped in. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { zeros } from '../../fixtures/build/bytes.js'
import { arpFrame, ether, ipPacket, udp } from '../../fixtures/build/frames.js'
import { decode } from '../../src/layers/decode.js'
import { Frame } from '../../src/layers/frame.js'
import { shardOf, shardOfBytes, SHARDS } from '../../src/layers/shard.js'
import { back, client, ENDS, forth, hello, reply, server } from './cases/case.js'
import { cases } from './cases/index.js'
import { recorded, said } from './said.js'

const shard = (bytes: Uint8Array, link = 1): number => shardOfBytes(bytes, 0, bytes.length, link)

t.test('both directions of every encapsulation share the bare frame’s shard', t => {
  const bare = shard(hello)
  t.equal(shard(reply), bare, 'bare')
  for (const { name, make, link } of cases) {
    if (said(recorded(make(hello, forth), link)).ends !== ENDS) continue
    t.equal(shard(make(hello, forth), link), bare, name)
    t.equal(shard(make(reply, back), link), bare, `${name}, back`)
  }
  t.end()
})

t.test('all fragments of a datagram share a shard, be it a tunnel’s or not', t => {
  for (const port of [53, 4789, 2152]) {
    const body = udp({ ...client, port: 50000 }, { ...server, port }, zeros(256))
    const shards = [0, 64, 128, 192].map(offset => {
      const part = body.subarray(offset, offset + 64)
      const head = { from: client.ip, to: server.ip, protocol: 17, offset, more: offset < 192 }
      return shard(ether({ from: client.mac, to: server.mac, type: 0x0800 }, ipPacket(head, part)))
    })
    t.same(new Set(shards), new Set([shard(hello)]), `to port ${String(port)}`)
  }
  t.end()
})

t.test('ARP and what is not IP belong to the sender', t => {
  const asks = arpFrame({ operation: 1, sender: client, target: server })
  const relayed = arpFrame({ operation: 2, sender: client, target: server, from: server.mac })
  t.equal(shard(asks.bytes), shard(relayed.bytes), 'the sender in the body')
  const lldp = ether({ from: client.mac, to: '01:80:c2:00:00:0e', type: 0x88cc }, zeros(46))
  t.equal(shard(lldp), shard(asks.bytes), 'the same sender, the same shard')
  t.equal(shard(zeros(5)), 0, 'nobody')
  t.end()
})

t.test('addresses spread evenly', t => {
  const counts = new Array<number>(SHARDS).fill(0)
  for (let i = 0; i < 64; i++) {
    for (let k = 0; k < 64; k++) {
      const head = {
        from: `10.0.${String(i & 3)}.${String(i)}`,
        to: `93.184.${String(k)}.34`,
        protocol: 6,
      }
      const body = ipPacket(head, hello.subarray(34))
      counts[shard(ether({ from: client.mac, to: server.mac, type: 0x0800 }, body))]!++
    }
  }
  t.ok(Math.max(...counts) < 2 * (4096 / SHARDS), counts.join(' '))
  t.ok(Math.min(...counts) > 4096 / SHARDS / 2)
  t.end()
})

const captures = fileURLToPath(new URL('../../../../shared/captures', import.meta.url))
const FILE_BYTES_MAX = 200_000

t.test('the quick way agrees with the long one on real captures', t => {
  if (!existsSync(captures)) {
    t.pass('no shared captures here: nothing to compare')
    t.end()
    return
  }
  const frame = new Frame()
  let frames = 0
  let wrong = 0
  for (const { bytes, at, end, link } of records(captures)) {
    decode(frame, bytes, at, end, link)
    frames++
    if (shardOf(frame) !== shardOfBytes(bytes, at, end, link)) wrong++
  }
  t.comment(`${String(frames)} frames compared`)
  t.equal(wrong, 0)
  t.end()
})

type Record = { bytes: Uint8Array; at: number; end: number; link: number }

/** The records of all small pcap files of this machine's byte order below a folder. */
function* records(folder: string): Generator<Record> {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(pcap|cap|dmp)$/.test(name)) continue
    const file = readFileSync(`${folder}/${name}`)
    if (file.length < 24 || file.length > FILE_BYTES_MAX || file.readUInt32LE(0) !== 0xa1b2c3d4)
      continue
    const link = file.readUInt16LE(20)
    const bytes = new Uint8Array(file)
    for (let at = 40; at <= file.length;) {
      const end = at + file.readUInt32LE(at - 8)
      if (end > file.length) break
      yield { bytes, at, end, link }
      at = end + 16
    }
  }
}
