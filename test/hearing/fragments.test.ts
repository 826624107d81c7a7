/** Fragments count for the conversation that their first one names. */

import t from 'tap'
import { ether, ipPacket, tcpSegment, udp, type End } from '../../fixtures/build/frames.js'
import { hex, join, text, u16, u32, u8, zeros } from '../../fixtures/build/bytes.js'
import { pcap } from '../../fixtures/build/capture.js'
import { ipText } from '../../src/bytes/text.js'
import { sourceOver } from '../../src/capture/file.js'
import { Solo } from '../../src/hearing/crew.js'
import { hearCapture, inputOf } from '../../src/hearing/hear-capture.js'
import { FRAGMENT_SECONDS } from '../../src/hearing/limits.js'
import { readSource } from '../../src/hearing/reading.js'
import type { ConversationHeard } from '../../src/model/heard.js'
import { HEARING } from './gathering.js'

const A: End = { mac: '02:00:00:00:00:0a', ip: '10.0.0.1', port: 40_000 }
const B: End = { mac: '02:00:00:00:00:0b', ip: '10.0.0.2', port: 2049 }
const A6: End = { ...A, ip: 'fd00::1' }
const B6: End = { ...B, ip: 'fd00::2' }
const PIECE = 512

type Piece = { bytes: Uint8Array; at: number }

/** A datagram in pieces, the first one first. */
function pieces(
  from: End,
  to: End,
  how: { id: number; at?: number; message?: Uint8Array },
): Piece[] {
  const { id, at = 1, message = new Uint8Array(1500) } = how
  const whole = udp(from, to, message)
  const type = from.ip.includes(':') ? 0x86dd : 0x0800
  const count = Math.ceil(whole.length / PIECE)
  return Array.from({ length: count }, (_, i) => {
    const head = {
      from: from.ip,
      to: to.ip,
      protocol: 17,
      id,
      offset: i * PIECE,
      more: i < count - 1,
    }
    const packet = ipPacket(head, whole.subarray(i * PIECE, (i + 1) * PIECE))
    return { bytes: ether({ from: from.mac, to: to.mac, type }, packet), at: at + i / 1000 }
  })
}

/** `10.0.0.1 > 10.0.0.2 17/2049: 3`, for each conversation. */
async function conversations(frames: readonly Piece[]): Promise<string[]> {
  const told: string[] = []
  const ignore = (): undefined => undefined
  const conversation = (one: ConversationHeard): void => {
    const end = (at: number): string => ipText(one.bytes, at, one.ipLength)
    const ends = `${end(one.clientIpAt)} > ${end(one.serverIpAt)}`
    told.push(`${ends} ${one.transport}/${one.port}: ${one.packets}`)
  }
  const solo = new Solo(HEARING, { tell: ignore, station: ignore, address: ignore, conversation })
  await readSource(sourceOver(inputOf(pcap(frames))), solo, ignore)
  return told.sort()
}

t.test('later fragments have the ports of the first', async t => {
  t.same(await conversations(pieces(A, B, { id: 7 })), ['10.0.0.1 > 10.0.0.2 17/2049: 3'])
  t.same(await conversations(pieces(A6, B6, { id: 0x80000007 })), ['fd00::1 > fd00::2 17/2049: 3'])
  const both = [...pieces(A, B, { id: 7 }), ...pieces({ ...A, port: 40_001 }, B, { id: 8 })]
  const woven = [both[0]!, both[3]!, both[4]!, both[1]!, both[2]!, both[5]!]
  t.same(
    await conversations(woven.map(({ bytes }, i) => ({ bytes, at: 1 + i / 1000 }))),
    ['10.0.0.1 > 10.0.0.2 17/2049: 3', '10.0.0.1 > 10.0.0.2 17/2049: 3'],
    'of two packets at once, each its own',
  )
  const { bytes } = tcpSegment(A, B, { flags: 2, sequence: 1 })
  const [, later] = pieces(A, B, { id: 7 })
  t.same(
    await conversations([
      { bytes, at: 1 },
      { ...later!, at: 2 },
    ]),
    ['10.0.0.1 > 10.0.0.2 17/0: 1', '10.0.0.1 > 10.0.0.2 6/2049: 1'],
    'without a first one nobody knows',
  )
})

t.test('what comes too late, or has another id or direction, is not of it', async t => {
  const [first, second] = pieces(A, B, { id: 7 }) as [Piece, Piece]
  const late = { bytes: second.bytes, at: first.at + FRAGMENT_SECONDS + 2 }
  const named = '10.0.0.1 > 10.0.0.2 17/2049: 1'
  t.same(await conversations([first, late]), ['10.0.0.1 > 10.0.0.2 17/0: 1', named])
  const other = pieces(A, B, { id: 9 })[1]!
  t.same(await conversations([first, other]), ['10.0.0.1 > 10.0.0.2 17/0: 1', named])
  const back = pieces(B, A, { id: 7 })[1]!
  t.same(await conversations([first, back]), [named, '10.0.0.2 > 10.0.0.1 17/0: 1'])
})

t.test('with many packets at once the oldest are given up first', async t => {
  const ids = Array.from({ length: 3000 }, (_, id) => id)
  const all = ids.map(
    id => pieces(A, B, { id, at: 1, message: new Uint8Array(600) }) as [Piece, Piece],
  )
  const firsts = all.map(([first], i) => ({ ...first, at: 1 + i / 1e4 }))
  const rests = all.map(([, rest], i) => ({ ...rest, at: 2 + i / 1e4 }))
  const told = await conversations([...firsts, ...rests])
  t.equal(told.length, 2)
  const [lost = 0, named = 0] = told.map(line => Number(line.split(': ')[1]))
  t.equal(lost + named, 6000, 'and every frame is counted')
  t.ok(named >= 3000 + 300, `of one shard's room: ${named - 3000}`)
})

/** A long DNS answer: what it says stands in its last piece. */
function longAnswer(from: End, to: End, id: number): Piece[] {
  const name = text('\x04host\x07example\x00')
  const filler = join(u16(0xc00c), u16(16), u16(1), u32(60), u16(201), u8(200), zeros(200))
  const address = join(u16(0xc00c), u16(1), u16(1), u32(60), u16(4), hex('5d b8 d8 22'))
  const message = join(
    ...[u16(7), u16(0x8180), u16(1), u16(11), u16(0), u16(0), name, u16(1), u16(1)],
    ...Array.from({ length: 10 }, () => filler),
    address,
  )
  return pieces(from, to, { id, message })
}

t.test('a message in pieces is read whole, in whatever order they come', async t => {
  for (const [server, client] of [
    [{ ...B, port: 53 }, A],
    [{ ...B6, port: 53 }, A6],
  ] as const) {
    const all = longAnswer(server, client, 9)
    const orders = [all, [...all].reverse(), [...all.slice(1), all[0]!, ...all]]
    for (const order of orders) {
      const { told } = await hearCapture(
        pcap(order.map(({ bytes }, i) => ({ bytes, at: 1 + i / 50 }))),
      )
      t.strictSame(
        told.filter(({ fact }) => fact === 'dns.answer').map(({ about, value }) => [about, value]),
        [['93.184.216.34', 'host.example']],
      )
    }
    const { told } = await hearCapture(pcap(all.slice(0, -1)))
    t.notOk(
      told.some(({ fact }) => fact === 'dns.answer'),
      'what did not come is not told',
    )
    t.ok(
      told.some(({ fact }) => fact === 'dns.server'),
      'what came is read in the end',
    )
  }
})

t.test('a piece that contradicts an earlier one is not believed', async t => {
  const all = longAnswer({ ...B, port: 53 }, A, 9)
  const last = all.at(-1)!
  const forged = {
    ...last,
    bytes: last.bytes.map((byte, i) => (i >= last.bytes.length - 4 ? 1 : byte)),
  }
  const order = [all[0]!, last, forged, ...all.slice(1, -1)]
  const { told } = await hearCapture(pcap(order.map(({ bytes }, i) => ({ bytes, at: 1 + i / 50 }))))
  t.ok(told.some(({ about }) => about === '93.184.216.34'))
  t.notOk(told.some(({ about }) => about === '1.1.1.1'))
})

t.test('a flood of first pieces costs no memory, and others are still put together', async t => {
  const flood = Array.from({ length: 3000 }, (_, id) => pieces(A, B, { id: id + 100 })[0]!)
  const all = longAnswer({ ...B, port: 53 }, A, 9)
  const { told } = await hearCapture(
    pcap([...flood, ...all].map(({ bytes }, i) => ({ bytes, at: 1 + i / 5000 }))),
  )
  t.ok(told.some(({ about }) => about === '93.184.216.34'))
})
