/** Layers: what each encapsulation says, fragments, lengths, and that no bytes can do harm. */

import t, { type Test } from 'tap'
import { hex, join, u16, u8, zeros } from '../../fixtures/build/bytes.js'
import { arpFrame, ether, ipPacket, llc, udp } from '../../fixtures/build/frames.js'
import { decode } from '../../src/layers/decode.js'
import { FIRST_FRAGMENT, Frame, LATER_FRAGMENT, WHOLE } from '../../src/layers/frame.js'
import { LAYERS, UNDECODED } from '../../src/layers/names.js'
import { shardOf, shardOfBytes } from '../../src/layers/shard.js'
import { client, ENDS, forth, hello, INNER, server, type Said } from './cases/case.js'
import { cases } from './cases/index.js'
import { numbers, recorded, said } from './said.js'

const BARE: Said = {
  layers: '',
  macs: INNER,
  ends: ENDS,
  vlans: '0 0',
  session: 0,
  undecoded: '',
  routed: false,
  payload: 'hello',
}

t.test('each encapsulation leads to what it carries', t => {
  for (const { name, make, link, layers, says } of cases) {
    const got = said(recorded(make(hello, forth), link))
    const want = { ...BARE, layers, ...says }
    if (want.payload === undefined) want.payload = got.payload
    t.same(got, want, name)
  }
  t.end()
})

t.test('tcp is told with its numbers', t => {
  const frame = recorded(hello)
  t.equal(frame.protocol, 6)
  t.equal(frame.tcpFlags, 0x18)
  t.equal(frame.sequence, 0x89abcdef | 0, 'signed')
  t.equal(frame.acknowledged, 7)
  t.equal(frame.ttl, 64)
  t.equal(frame.etherType, 0x0800)
  t.equal(frame.networkAt, 14)
  t.equal(frame.transportAt, 34)
  t.end()
})

t.test('what is not IP is told by its ethertype or service access point', t => {
  const host = { from: client.mac, to: server.mac }
  const arp = recorded(arpFrame({ operation: 1, sender: client, target: server }).bytes)
  t.same([arp.etherType, arp.networkAt, arp.network, arp.payloadAt], [0x0806, 14, 0, 14])
  const bpdu = recorded(join(llc(host, '42 42 03', hex('00 00 02 02')), zeros(40)))
  t.same([bpdu.etherType, bpdu.networkAt, bpdu.payloadEnd], [0x42, 17, 21], 'padding left out')
  const device = recorded(llc(host, 'aa aa 03 00 00 0c 20 00', hex('02 b4')))
  t.same([device.etherType, device.networkAt], [0xaa, 17], 'a vendor and its protocol')
  t.end()
})

const portOnly = udp({ ...client }, { ...server, port: 4789 }, zeros(64))

function fragment(t: Test, head: object, want: readonly unknown[]): void {
  for (const six of [false, true]) {
    const ends = six ? [client.ip6, server.ip6] : [client.ip, server.ip]
    const bytes = ether(
      { from: client.mac, to: server.mac, type: six ? 0x86dd : 0x0800 },
      ipPacket({ from: ends[0]!, to: ends[1]!, protocol: 17, ...head }, portOnly),
    )
    const { fragment, protocol, targetPort, undecoded } = recorded(bytes)
    t.same([fragment, protocol, targetPort, UNDECODED[undecoded]], want, six ? 'IPv6' : 'IPv4')
  }
}

t.test('a first fragment has ports, a later one has none, and neither is followed inside', t => {
  fragment(t, { more: true, offset: 0 }, [FIRST_FRAGMENT, 17, 4789, 'fragmented tunnel'])
  fragment(t, { offset: 64 }, [LATER_FRAGMENT, 17, 0, ''])
  fragment(t, { offset: 64, more: true }, [LATER_FRAGMENT, 17, 0, ''])
  t.end()
})

t.test('a fragment that is all there is, is whole', t => {
  fragment(t, { offset: 0 }, [WHOLE, 17, 4789, ''])
  t.end()
})

t.test('extension headers are passed over', t => {
  const extensions = [0, 43, 60, 135, 139, 140].map(protocol => ({ protocol, body: zeros(7) }))
  const authentic = { protocol: 51, body: join(u8(4), zeros(22)) }
  const head = { from: client.ip6, to: server.ip6, protocol: 6 }
  const type = { from: client.mac, to: server.mac, type: 0x86dd }
  const body = hello.subarray(34)
  const all = [...extensions, authentic]
  const frame = recorded(ether(type, ipPacket({ ...head, extensions: all }, body)))
  t.match(said(frame), { ends: 'fd00::5:40000 fd00::9:80', payload: 'hello', undecoded: '' })
  const many = Array.from({ length: 17 }, () => ({ protocol: 60, body: zeros(7) }))
  const long = recorded(ether(type, ipPacket({ ...head, extensions: many }, body)))
  t.equal(UNDECODED[long.undecoded], 'too many ip6 headers')
  t.equal(long.network, 6)
  t.end()
})

t.test('a UDP length ends the payload, and 0 leaves it to IP', t => {
  const ip = { from: client.ip, to: server.ip, protocol: 17 }
  const payloads = [5, 0, 8, 99].map(length => {
    const body = join(hex('00 07 00 08'), u16(length === 5 ? 10 : length), u16(0), hex('61 62 63'))
    const bytes = ether({ from: client.mac, to: server.mac, type: 0x0800 }, ipPacket(ip, body))
    return said(recorded(join(bytes, zeros(15)))).payload
  })
  t.same(payloads, ['ab', 'abc', '', 'abc'])
  t.end()
})

t.test('an ICMP error’s quotation is not followed', t => {
  const quoted = join(hex('03 01 00 00 00 00 00 00'), hello.subarray(14))
  const ip = ipPacket({ from: server.ip, to: client.ip, protocol: 1 }, quoted)
  const frame = recorded(ether({ from: server.mac, to: client.mac, type: 0x0800 }, ip))
  t.match(said(frame), { layers: 'ethernet ip4 icmp', ends: '10.2.0.9:0 10.1.0.5:0' })
  t.equal(frame.payloadAt, frame.transportAt)
  t.end()
})

t.test('names are small and distinct', t => {
  t.equal(new Set(UNDECODED).size, UNDECODED.length)
  t.equal(new Set(LAYERS).size, LAYERS.length)
  t.ok(LAYERS.length < 256)
  t.end()
})

/** What must hold for any bytes at all. */
function complaint(frame: Frame): string {
  const inside = (at: number, size: number): boolean => at >= frame.at && at + size <= frame.end
  if (frame.sourceMac >= 0 && !inside(frame.sourceMac, 6)) return 'source mac outside'
  if (frame.targetMac >= 0 && !inside(frame.targetMac, 6)) return 'target mac outside'
  const width = frame.network === 4 ? 4 : 16
  if (frame.network !== 0 && !inside(frame.sourceIp, width)) return 'source ip outside'
  if (frame.network !== 0 && !inside(frame.targetIp, width)) return 'target ip outside'
  if ((frame.network === 0) !== frame.sourceIp < 0) return 'half a network'
  if (frame.network === 0 && frame.protocol !== -1) return 'a protocol without a network'
  if (!inside(frame.networkAt, 0)) return 'network outside'
  if (frame.network !== 0 && !inside(frame.transportAt, 0)) return 'transport outside'
  if (!inside(frame.payloadAt, frame.payloadEnd - frame.payloadAt)) return 'payload outside'
  if (frame.payloadAt > frame.payloadEnd) return 'payload ends before it begins'
  return UNDECODED[frame.undecoded] === undefined ? 'an unknown reason' : ''
}

const MARGIN = 64
const quick = new Frame()
const slow = new Frame()
slow.recording = true
const among = new Uint8Array(65536)

/** Decodes bytes amid others, in both ways, and tells what is wrong, if anything. */
function trial(bytes: Uint8Array, length: number, link: number): string {
  const end = MARGIN + length
  among.fill(0x45, 0, end + MARGIN)
  among.set(bytes.subarray(0, length), MARGIN)
  decode(slow, among, MARGIN, end, link)
  const before = JSON.stringify(numbers(slow))
  among.fill(0x08, end, end + MARGIN)
  decode(quick, among, MARGIN, end, link)
  if (JSON.stringify(numbers(quick)) !== before)
    return 'the ways differ, or what lies behind counts'
  if (shardOf(quick) !== shardOfBytes(among, MARGIN, end, link)) return 'the shards differ'
  return complaint(quick)
}

t.test('a frame cut anywhere is told as far as it goes', t => {
  const complaints = cases.flatMap(({ name, make, link }) => {
    const bytes = make(hello, forth)
    return Array.from({ length: bytes.length }, (_, length) => {
      const wrong = trial(bytes, length, link ?? 1)
      return wrong === '' ? [] : [`${name} cut to ${String(length)}: ${wrong}`]
    }).flat()
  })
  t.equal(complaints.join('\n'), '')
  t.end()
})

/** A generator of its own, so that a failure can be had again. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

t.test('no bytes at all can do harm', t => {
  const roll = dice(20240229)
  const samples = cases.map(({ make, link }) => ({ bytes: make(hello, forth), link: link ?? 1 }))
  let wrong = ''
  for (let i = 0; i < 60_000 && wrong === ''; i++) {
    const { bytes, link } = samples[roll(samples.length)]!
    const changed = bytes.slice()
    for (let n = roll(8); n > 0; n--) changed[roll(changed.length)] = roll(256)
    if (roll(16) === 0) for (let at = 0; at < changed.length; at++) changed[at] = roll(256)
    const length = roll(4) === 0 ? roll(changed.length + 1) : changed.length
    wrong = trial(changed, length, roll(32) === 0 ? roll(300) : link)
    if (wrong !== '') wrong += ` link ${String(link)}: ${Buffer.from(changed).toString('hex')}`
  }
  t.equal(wrong, '')
  t.end()
})
