/** `explain-frame`: what it says of a frame is what hearing makes of it. */

import { writeFileSync } from 'node:fs'
import { join as pathOf } from 'node:path'
import t from 'tap'
import { hex, join, text, u16, zeros } from '../fixtures/build/bytes.js'
import { pcap, pcapng } from '../fixtures/build/capture.js'
import {
  arpFrame,
  ether,
  tcpTalk,
  udpFrame,
  type Frame,
  type Turn,
} from '../fixtures/build/frames.js'
import { vxlan } from '../fixtures/build/tunnels.js'
import { explainFrame, run } from '../src/cli/explain-frame.js'
import type { FrameDocument } from '../src/cli/explain/document.js'
import { frameText } from '../src/cli/explain/text.js'
import { CallError } from '../src/cli/errors.js'
import { hearCapture } from '../src/hearing/hear-capture.js'

const folder = t.testdir({})
let files = 0

function written(frames: readonly Frame[], bytes = pcap(frames)): string {
  const path = pathOf(folder, `${++files}.pcap`)
  writeFileSync(path, bytes)
  return path
}

const client = { mac: '00:1b:21:aa:00:05', ip: '10.0.0.5' }
const server = { mac: '44:19:b6:11:22:33', ip: '10.0.0.9', port: 23 }
const turns: Turn[] = [
  { from: 'server', bytes: hex('ff fd 18 ff fd 20') },
  { from: 'client', bytes: hex('ff fb 18 ff fc 20') },
  { from: 'server', bytes: 'Embedded Recorder V3.1\r\n\r\ndvrdvs login: ' },
  { from: 'client', bytes: 'admin\r\0' },
  { from: 'server', bytes: '\r\nPassword: ' },
  { from: 'client', bytes: '12345\r\0' },
  { from: 'server', bytes: '\r\nLogin incorrect\r\ndvrdvs login: ' },
]
const asked = (at: number): Frame =>
  arpFrame(
    { operation: 1, sender: client, target: { mac: '00:00:00:00:00:00', ip: '10.0.0.9' } },
    { at },
  )

const newsOf = ({ readings }: FrameDocument): string[] =>
  readings.flatMap(({ notes }) =>
    notes
      .filter(({ news }) => news)
      .map(({ about, fact, value }) => `${about ?? ''} ${fact}: ${value}`),
  )

t.test('its news is the news that is told, frame by frame to the end', async t => {
  // The connection stays open, so that the capture's end is what settles it.
  const frames = [
    asked(0),
    ...tcpTalk(client, server, turns, { at: 1, close: 'none', step: 9 }),
    asked(3),
  ]
  const file = written(frames)
  const { told } = await hearCapture(pcap(frames))
  t.ok(told.length > 8, 'there is news')
  for (let n = 1; n <= frames.length; n++) {
    const expected = told
      .filter(({ frame }) => frame === n)
      .map(({ about, fact, value }) => `${about} ${fact}: ${value}`)
    t.strictSame(newsOf(await explainFrame(file, n)), expected, `frame ${n}`)
  }
})

t.test('what was told before is no news, and it is said why', async t => {
  const file = written([asked(0), asked(1), asked(2)])
  const [first, second] = [await explainFrame(file, 1), await explainFrame(file, 2)]
  t.strictSame([first.parsers, first.layers], [['arp'], ['ethernet', 'arp']])
  t.ok(newsOf(first).length > 0)
  t.strictSame(newsOf(second), [])
  const why = second.readings.flatMap(({ notes }) => notes.map(note => note.why))
  t.ok(
    why.length > 0 && why.every(word => word === 'as before' || word === 'told lately'),
    why.join(),
  )
})

t.test('a segment belongs to a connection and to an opening', async t => {
  const frames = tcpTalk(client, server, turns, { at: 1, close: 'none' })
  const file = written(frames)
  const banner = frames.findIndex(({ bytes }) => Buffer.from(bytes).includes('Embedded')) + 1
  const { connection, readings, tcp, payload, checksum } = await explainFrame(file, banner)
  t.match(connection, {
    server: '10.0.0.9:23',
    sender: 'server',
    sure: true,
    protocol: 'telnet',
    opening: 'open',
    server_opening: { bytes: 46, added: 40 },
    client_opening: { added: 0 },
  })
  t.match(readings[0], {
    protocol: 'telnet',
    of: 'opening',
    side: 'server',
    because: 'frame',
    bytes: 46,
  })
  t.match(readings[0]?.talk, /^10\.0\.0\.9:23 > 10\.0\.0\.5:\d+$/)
  t.ok(readings[0]?.notes.some(({ fact, news }) => fact === 'telnet.banner' && news))
  t.strictSame([tcp?.flags, payload, checksum], [['PSH', 'ACK'], { at: 54, length: 40 }, 'holds'])
  const syn = await explainFrame(file, 1)
  t.match(syn, { parsers: ['tcp'], connection: { sender: 'client', opening: 'none' } })
})

t.test('no password is spelt', async t => {
  const frames = tcpTalk(client, server, turns, { at: 1, close: 'fin' })
  const file = written(frames)
  for (let n = 4; n <= frames.length; n++) {
    const explained = await explainFrame(file, n)
    t.notMatch(JSON.stringify(explained) + frameText(explained), /12345/, `frame ${n}`)
  }
})

t.test('tunnels, tags and cut frames are told', async t => {
  const inner = udpFrame({ ...client, port: 40000 }, { ...server, port: 9 }, text('hello'), {
    vlan: 7,
  })
  const ends = {
    from: { mac: '02:00:00:00:00:01', ip: '192.0.2.1' },
    to: { mac: '02:00:00:00:00:02', ip: '192.0.2.2' },
  }
  const wrapped = { bytes: vxlan(inner.bytes, { ...ends, network: 77 }) }
  const whole = { bytes: ether({ from: client.mac, to: server.mac, type: 0x88b5 }, zeros(50)) }
  const cut = { bytes: inner.bytes.subarray(0, 30), wire: 600 }
  const file = written([], pcapng([wrapped, whole, cut]))
  t.match(await explainFrame(file, 1), {
    layers: ['ethernet', 'ip4', 'udp', 'vxlan', 'ethernet', 'vlan', 'ip4', 'udp'],
    encapsulations: 1,
    vlan: 7,
    session: Number,
    source: { mac: client.mac, ip: client.ip, port: 40000 },
    unheard: /^no parser hears UDP port 40000 or 9/,
  })
  t.match(await explainFrame(file, 2), {
    ether_type: '0x88b5',
    source: { ip: null, port: null },
    ttl: null,
    unheard: 'no parser hears ethertype 0x88b5',
  })
  t.match(await explainFrame(file, 3), { captured: 30, wire: 600, undecoded: 'short ip4' })
})

t.test('faults, duplicates and clocks that run backwards are told', async t => {
  const dns = (payload: Uint8Array, at: number): Frame =>
    udpFrame({ ...client, port: 40000 }, { ...server, port: 53 }, payload, { at })
  const question = join(
    hex('0001 0100 0001 0000 0000 0000 03'),
    text('www'),
    hex('00'),
    u16(1),
    u16(1),
  )
  const noise = new Uint8Array(40).fill(0xff)
  const file = written([dns(question, 5), dns(question, 5.001), dns(noise, 4)])
  t.match(await explainFrame(file, 2), { duplicate: 'same', parsers: [], unheard: /^a duplicate/ })
  const { time, heard_as_of, readings } = await explainFrame(file, 3)
  t.match([time, heard_as_of], [/:04\.000Z$/, /:05\.001Z$/])
  t.ok(readings.every(({ fault, notes }) => fault === null || notes.every(({ news }) => !news)))
})

t.test('people get lines, machines get one document', async t => {
  const file = written([asked(0), ...tcpTalk(client, server, turns, { at: 1 })])
  const lines = frameText(await explainFrame(file, 1))
  t.match(lines, /^frame 1 of .*\n {2}time +2026-01-12T08:00:00\.000Z\n/)
  t.match(lines, /\n {2}layers +ethernet > arp\n/)
  t.match(lines, /\narp read this frame's 28 bytes\n {2}news +arp\./)
  t.match(frameText(await explainFrame(file, 5)), /\nconnection 10\.0\.0\.5:\d+ > 10\.0\.0\.9:23\n/)
})

t.test('a wrong call is told in one line', async t => {
  const file = written([asked(0), asked(1)])
  const calls: readonly [args: string[], message: RegExp][] = [
    [[file, '12'], /^no such frame: frame 12 of 2: .*: give a number from 1 to 2$/],
    [[file, '3'], /frame 3 of 2/],
    [[file, '0'], /^no number of a frame: 0: they count from 1$/],
    [[file, '1e3'], /^no number of a frame: 1e3/],
    [[file, 'x'], /^no number of a frame: x/],
    [[file], /^no frame named: /],
    [[], /^no file named: /],
    [[file, '1', '2'], /^one frame at a time: 2/],
    [[file, '1', '--loud'], /^Unknown option '--loud': /],
  ]
  for (const [args, message] of calls) {
    const error: unknown = await run(args).then(
      () => undefined,
      (error: unknown) => error,
    )
    t.ok(error instanceof CallError && error.status === 2, args.slice(1).join(' '))
    t.match((error as Error).message, message)
  }
  const cut = written([], pcap([asked(0), asked(1)]).subarray(0, 90))
  await t.rejects(explainFrame(cut, 2), { message: /frame 2 of 1 \(cut off after 1 packet/ })
})
