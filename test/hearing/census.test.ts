/** What nobody parsed is counted by what it claims to be, and told alike whoever hears it. */

import t from 'tap'
import { hex, join, text, zeros } from '../../fixtures/build/bytes.js'
import { pcap } from '../../fixtures/build/capture.js'
import { ether, ipFrame, tcpTalk, udpFrame, type Frame } from '../../fixtures/build/frames.js'
import { sourceOver } from '../../src/capture/file.js'
import { Census, TCP_PORT, sumCensus } from '../../src/hearing/census.js'
import { CensusBook } from '../../src/hearing/census-book.js'
import { Solo } from '../../src/hearing/crew.js'
import { inputOf } from '../../src/hearing/hear-capture.js'
import { CENSUS_MAX, CENSUS_NAMED_MAX, SHARDS } from '../../src/hearing/limits.js'
import { readSource } from '../../src/hearing/reading.js'
import { Moment } from '../../src/hearing/telling.js'
import type { Census as Read } from '../../src/model/census.js'
import { HEARING } from './gathering.js'

const laptop = { mac: '02:00:00:00:00:01', ip: '10.0.0.1', port: 40100 }
const box = { mac: '02:00:00:00:00:02', ip: '10.0.0.2', port: 4444 }

async function censusOf(frames: readonly Frame[]): Promise<Read> {
  const ignore = (): undefined => undefined
  const listener = { tell: ignore, station: ignore, address: ignore, conversation: ignore }
  const solo = new Solo(HEARING, listener)
  return (await readSource(sourceOver(inputOf(pcap(frames))), solo, ignore)).census!
}

const link = (type: number, body: Uint8Array): Frame => ({
  bytes: ether({ from: laptop.mac, to: box.mac, type }, body),
})
const packet = (protocol: number, payload: Uint8Array): Frame =>
  ipFrame(laptop, box, { protocol, payload })

t.test('frames and packets are counted, and the first of each shown by its start', async t => {
  const { ethertypes, ip_protocols } = await censusOf([
    link(0x9999, join(hex('de ad be ef'), text('nobody may read this'))),
    link(0x9999, zeros(100)),
    packet(253, hex('01 02')),
  ])
  const sample = { length: 24, start: 'deadbeef' }
  t.strictSame(ethertypes, [{ number: 0x9999, packets: 2, bytes: 152, sample }])
  t.match(ip_protocols, [{ number: 253, packets: 1, sample: { length: 2, start: '0102' } }])
})

t.test('a port has all that was carried where nothing was understood', async t => {
  const secret = tcpTalk(laptop, box, [
    { from: 'client', bytes: join(hex('fe ed c0 de'), zeros(96)) },
    { from: 'server', bytes: hex('07 06 05 04 03 02 01') },
  ])
  const { tcp_ports, udp_ports, others } = await censusOf([
    ...secret,
    udpFrame(laptop, { ...box, port: 4448 }, hex('00 ff')),
    ...tcpTalk({ ...laptop, port: 40101 }, { ...box, port: 80 }, [
      { from: 'client', bytes: text('GET / HTTP/1.1\r\nHost: a\r\n\r\n') },
    ]),
  ])
  const bytes = secret.reduce((sum, frame) => sum + frame.bytes.length, 0)
  const sample = { length: 100, start: 'feedc0de' }
  t.strictSame(tcp_ports, [{ number: 4444, packets: secret.length, bytes, sample }])
  t.match(udp_ports, [{ number: 4448, packets: 1, sample: { length: 2, start: '00ff' } }])
  t.strictSame(others, { packets: 0, bytes: 0 })
})

t.test('connections without a word, and those that were begun before, are not unknown', async t => {
  const [syn, , ...rest] = tcpTalk(laptop, box, [{ from: 'client', bytes: zeros(100) }])
  t.strictSame((await censusOf([syn!])).tcp_ports, [])
  t.strictSame((await censusOf(rest)).tcp_ports, [])
})

t.test('the earliest sample stands, whoever heard it', t => {
  const moment = new Moment()
  const heard = [30, 10, 20].map(seconds => {
    const census = new Census()
    moment.seconds = seconds
    census.sample(TCP_PORT, 4444, Uint8Array.of(seconds), 0, 1, moment)
    return census.read()
  })
  const book = new CensusBook()
  book.add(6, 4444, 3, 300)
  const wanted = [{ number: 4444, packets: 3, bytes: 300, sample: { length: 1, start: '0a' } }]
  t.strictSame(book.read(sumCensus(heard)).tcp_ports, wanted)
  t.strictSame(book.read(sumCensus([...heard].reverse())).tcp_ports, wanted)
  t.end()
})

t.test('a flood of ports takes no more room, and is added up', t => {
  const census = new Census()
  const book = new CensusBook()
  const moment = new Moment()
  for (let port = 1; port < 20_000; port++) {
    moment.shard = port % SHARDS
    census.sample(TCP_PORT, port, zeros(4), 0, 4, moment)
    book.add(6, port, 1, port === 777 ? 1e6 : 60)
  }
  t.ok(census.entries <= CENSUS_MAX)
  t.equal(census.entries + census.dropped, 19_999)
  const { tcp_ports, others } = book.read(census.read())
  t.equal(tcp_ports.length, CENSUS_NAMED_MAX)
  t.equal(tcp_ports[0]?.number, 777)
  t.equal(others.packets, 19_999 - CENSUS_NAMED_MAX)
  t.end()
})
