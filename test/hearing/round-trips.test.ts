/** How long answers took: handshakes, DNS and DHCP, where both directions were heard once. */

import t from 'tap'
import { pcap } from '../../fixtures/build/capture.js'
import { text } from '../../fixtures/build/bytes.js'
import { tcpTalk, udpFrame, type Frame } from '../../fixtures/build/frames.js'
import { ACK, REQUEST, dhcp4 } from '../../fixtures/wire/dhcp.js'
import { dnsMessage } from '../../fixtures/wire/dns.js'
import { sourceOver } from '../../src/capture/file.js'
import { Solo } from '../../src/hearing/crew.js'
import { inputOf } from '../../src/hearing/hear-capture.js'
import { readSource } from '../../src/hearing/reading.js'
import type { ConversationHeard } from '../../src/model/heard.js'
import { HEARING } from './gathering.js'

const NOON = 1768204800
const laptop = { mac: '3c:06:30:12:00:05', ip: '10.0.0.5', port: 50123 }
const server = { mac: '00:1b:21:aa:00:01', ip: '10.0.0.1', port: 80 }
const resolver = { ...server, port: 53 }

type Heard = Pick<ConversationHeard, 'clientPort' | 'roundTripSmallest' | 'roundTripLast'>

async function hear(frames: readonly Frame[]): Promise<Heard[]> {
  const rows: Heard[] = []
  const ignore = (): undefined => undefined
  const conversation = (row: ConversationHeard): void => {
    const { clientPort, roundTripSmallest, roundTripLast } = row
    rows.push({ clientPort, roundTripSmallest, roundTripLast })
  }
  const listener = { tell: ignore, station: ignore, address: ignore, conversation }
  await readSource(sourceOver(inputOf(pcap(frames))), new Solo(HEARING, listener), ignore)
  return rows
}

/** Smallest and last of the only conversation. */
async function times(frames: readonly Frame[]): Promise<[number, number]> {
  const [row] = await hear(frames)
  return [row!.roundTripSmallest, row!.roundTripLast]
}

const at = (frame: Frame, micros: number): Frame => ({ ...frame, at: NOON + micros / 1e6 })
const web = tcpTalk(laptop, server, [{ from: 'client', bytes: text('GET / HTTP/1.1\r\n\r\n') }])
const [syn, synAck, ack, ...rest] = web as [Frame, Frame, Frame, ...Frame[]]
const talk = rest.map((frame, i) => at(frame, 900_000 + i * 1000))
const [hello, answer] = [at(syn, 0), at(synAck, 300)]

t.test('a handshake takes from its SYN to the ACK that ends it', async t => {
  t.same(await times([hello, answer, at(ack, 700), ...talk]), [700, 700])
  t.same((await hear([hello, answer, at(ack, 700)]))[0]?.clientPort, 50123)
})

t.test('what was said twice is not measured, unless it is the mirror that repeats', async t => {
  const late = [at(syn, 400_000), at(synAck, 400_300), at(ack, 400_700)]
  t.same(await times([hello, ...late]), [0, 0], 'a SYN')
  t.same(await times([hello, answer, at(synAck, 400_300), at(ack, 400_700)]), [0, 0], 'a SYN-ACK')
  const twice = [hello, answer, at(ack, 700)].flatMap(frame => [frame, frame])
  t.same(await times([...twice, ...talk]), [700, 700], 'each frame')
})

t.test('one direction alone has no round trips', async t => {
  t.same(await times([hello, at(ack, 700), ...talk.slice(0, 1)]), [0, 0])
  t.same(await times([answer, at(synAck, 500)]), [0, 0])
})

t.test('a refused connection has none', async t => {
  const [refused] = tcpTalk(laptop, server, [], { close: 'reset' }).slice(-1)
  t.same(await times([hello, answer, at(refused!, 500), at(ack, 900)]), [0, 0])
})

t.test('ports that are used again are measured again', async t => {
  const again = [at(syn, 2_000_000), at(synAck, 2_000_100), at(ack, 2_000_250)]
  t.same(await times([hello, answer, at(ack, 700), ...talk, ...again]), [250, 250])
})

const question = (id: number, micros: number): Frame =>
  at(
    udpFrame(laptop, resolver, dnsMessage({ id, questions: [{ name: 'a.example', type: 'A' }] })),
    micros,
  )
const reply = (id: number, micros: number): Frame =>
  at(
    udpFrame(
      resolver,
      laptop,
      dnsMessage({
        id,
        flags: 0x8180,
        questions: [{ name: 'a.example', type: 'A' }],
        answers: [{ name: 'a.example', type: 'A', address: '192.0.2.1' }],
      }),
    ),
    micros,
  )

t.test('a DNS answer belongs to the question of its number', async t => {
  const frames = [question(1, 0), question(2, 100), reply(2, 600), reply(1, 900)]
  t.same(await times(frames), [500, 900])
  t.same(await times([question(1, 0), reply(2, 600)]), [0, 0], 'another number')
  t.same(
    await times([question(1, 0), question(1, 1_000_000), reply(1, 1_000_500)]),
    [0, 0],
    'twice',
  )
  t.same(await times([question(1, 0), reply(1, 5_000_001)]), [0, 0], 'too late')
  t.same(await times([reply(1, 0), question(1, 500)]), [0, 0], 'the wrong way round')
})

t.test('a lease that is renewed tells how long the server took', async t => {
  const client = { ...laptop, port: 68 }
  const dhcp = { ...server, port: 67 }
  const common = { transaction: 0xfffffffe, mac: laptop.mac, client: laptop.ip }
  const asks = dhcp4({ ...common, op: 1, options: [[53, Uint8Array.of(REQUEST)]] })
  const grants = dhcp4({ ...common, op: 2, yours: laptop.ip, options: [[53, Uint8Array.of(ACK)]] })
  const frames = [at(udpFrame(client, dhcp, asks), 0), at(udpFrame(dhcp, client, grants), 2500)]
  t.same(await times(frames), [2500, 2500])
})
