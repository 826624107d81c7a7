/** How messages find their parsers: several at a place, one behind another, message by message, and again. */

import t from 'tap'
import { join, text, zeros } from '../../fixtures/build/bytes.js'
import { pcap } from '../../fixtures/build/capture.js'
import { tcpTalk, udpFrame } from '../../fixtures/build/frames.js'
import { hearCapture } from '../../src/hearing/hear-capture.js'
import { fact, text as asText, type Fact } from '../../src/model/fact.js'
import type { Protocol } from '../../src/protocols/protocol.js'

const client = { mac: '02:00:00:00:00:01', ip: '10.0.0.1' }
const server = { mac: '02:00:00:00:00:02', ip: '10.0.0.2', port: 7777 }

interface Toy {
  readonly heard?: readonly string[]
  readonly messages?: true
  readonly again?: readonly string[]
  readonly heir?: Protocol
  /** The heir gets what was read, from the scratch. */
  readonly copies?: boolean
}

/** A protocol whose messages are a word, a colon, and a line: `word:line\n`. */
function toy(name: string, how: Toy): Protocol {
  const line = fact(`${name}.line`, asText, 'set')
  const { heir, copies, heard = [], ...rest } = how
  return {
    name,
    standard: 'none',
    tells: 'nothing',
    heard,
    ...rest,
    facts: [line],
    parse(c, notes) {
      if (c.left > name.length && !c.starts(`${name}:`)) return c.fail('another')
      c.take(name.length + 1)
      const at = c.until(0x0a)
      if (c.fault !== '') return
      notes.add(line, at, c.at - 1 - at)
      if (!heir) return
      if (!copies) return notes.handOver(heir, c.at, c.end)
      const from = notes.here
      while (c.left > 0) notes.put(c.u8())
      notes.handOver(heir, from, notes.here)
    },
  }
}

async function said(
  protocols: readonly Protocol[],
  frames: Parameters<typeof pcap>[0],
): Promise<{ lines: string[]; tallies: Record<string, string> }> {
  const facts: Fact[] = protocols.flatMap(({ facts }) => facts)
  facts.forEach((one, id) => (one.id = id))
  const heard = await hearCapture(pcap(frames), { protocols, facts })
  return {
    lines: heard.told.map(({ about, fact, value }) => `${about} ${fact} ${value}`),
    tallies: Object.fromEntries(
      heard.protocols.map(({ name, packets, malformed, connections }) => [
        name,
        `${packets} ${malformed} ${connections ?? '-'}`,
      ]),
    ),
  }
}

const spoken = (words: string): Parameters<typeof tcpTalk>[2][number] => ({
  from: 'client',
  bytes: text(words),
})

t.test('who does not know an opening lets the next one try', async t => {
  const protocols = ['red', 'green', 'blue'].map(name => toy(name, { heard: ['tcp/7777'] }))
  const { lines, tallies } = await said(
    protocols,
    tcpTalk(client, server, [
      spoken('blue:here\n'),
      { from: 'server', bytes: text('blue:there\n') },
    ]),
  )
  t.strictSame(lines, ['10.0.0.1 blue.line here', '10.0.0.2 blue.line there'])
  t.match(tallies['blue'], / 0 1$/, 'one connection, nothing malformed')
  t.match(tallies['red'], / 0 0$/, 'nothing is said of who was only asked')
})

t.test('what nobody knows is counted once, for who was asked first', async t => {
  const protocols = ['red', 'green'].map(name => toy(name, { heard: ['tcp/7777', 'udp/7777'] }))
  const { tallies } = await said(protocols, [
    ...tcpTalk(client, server, [spoken('gray:here\n')]),
    udpFrame({ ...client, port: 5 }, server, text('gray:here\n')),
  ])
  t.strictSame(tallies, { red: '2 2 0', green: '0 0 0' })
})

t.test('a datagram is offered at both ports, then by its pattern', async t => {
  const protocols = [
    toy('red', { heard: ['udp/7777'] }),
    toy('green', { heard: ['udp/5'] }),
    toy('blue', { heard: ['udp @2 "ue:"'] }),
  ]
  const { lines, tallies } = await said(protocols, [
    udpFrame({ ...client, port: 5 }, server, text('green:a\n')),
    udpFrame({ ...client, port: 5 }, server, text('blue:b\n')),
    udpFrame({ ...client, port: 6 }, { ...server, port: 8 }, text('blue:c\n')),
  ])
  t.strictSame(lines, ['10.0.0.1 green.line a', '10.0.0.1 blue.line b', '10.0.0.1 blue.line c'])
  t.strictSame(tallies, { red: '0 0 -', green: '1 0 -', blue: '2 0 -' })
})

t.test('one protocol hands over to another, from its own bytes and from the scratch', async t => {
  const blue = toy('blue', {})
  const green = toy('green', { heir: blue, copies: true })
  const red = toy('red', { heard: ['tcp/7777', 'udp/7777'], heir: green })
  const words = text('red:a\ngreen:b\nblue:c\n')
  const expected = ['red.line a', 'green.line b', 'blue.line c'].map(line => `10.0.0.1 ${line}`)
  const overTcp = await said(
    [red, green, blue],
    tcpTalk(client, server, [spoken('red:a\ngreen:b\nblue:c\n')]),
  )
  t.strictSame(overTcp.lines, expected)
  const overUdp = await said([red, green, blue], [udpFrame({ ...client, port: 5 }, server, words)])
  t.strictSame(overUdp.lines, expected)
})

t.test('an heir that grows with its connection is read as it grows', async t => {
  const blue = toy('blue', {})
  const red = toy('red', { heard: ['tcp/7777'], heir: blue })
  const { lines } = await said(
    [red, blue],
    tcpTalk(client, server, [spoken('red:a\nblue:whole\n')], { step: 3 }),
  )
  t.strictSame(lines, ['10.0.0.1 red.line a', '10.0.0.1 blue.line whole'])
})

t.test('a connection of messages is read to its end', async t => {
  const red = toy('red', { heard: ['tcp/7777'] })
  const blue = toy('blue', { heard: ['tcp/7777'], messages: true })
  const turns = Array.from({ length: 40 }, (_, i) => spoken(`blue:${i}\n`))
  const { lines, tallies } = await said(
    [red, blue],
    tcpTalk(client, server, [...turns.slice(0, 20), spoken('the rest of it'), ...turns.slice(20)]),
  )
  t.equal(lines.length, 40)
  t.strictSame(tallies['blue'], '40 0 1', 'what begins anywhere is no fault')
})

t.test('a settled connection opens again with a message that begins so', async t => {
  const red = toy('red', { heard: ['tcp/7777'], again: ['red:'] })
  const body = join(text('red:first\n'), zeros(40_000))
  const turns: Parameters<typeof tcpTalk>[2] = [
    spoken('red:ask\n'),
    { from: 'server', bytes: body },
    ...Array.from({ length: 40 }, (_, i) => [
      spoken(`red:ask ${i}\n`),
      { from: 'server' as const, bytes: join(text(`red:more ${i}\n`), zeros(20_000)) },
    ]).flat(),
  ]
  const { lines, tallies } = await said([red], tcpTalk(client, server, turns))
  t.ok(lines.includes('10.0.0.2 red.line first'))
  t.ok(lines.includes('10.0.0.2 red.line more 0'))
  const more = lines.filter(line => line.includes('more')).length
  t.ok(more >= 6 && more <= 12, `so often and no more: ${more}`)
  t.match(tallies['red'], / 0 1$/)
})

t.test('an answer finds what was asked, for a while', async t => {
  const asked = fact('red.asked', asText, 'event')
  const red: Protocol = {
    ...toy('red', { heard: ['udp/7777'] }),
    facts: [asked],
    parse(c, notes, talk) {
      const isAnswer = c.u8() === 1
      const key = c.u16()
      if (isAnswer) notes.count32(asked, talk.memory.recall(key) + 1)
      else talk.memory.remember(key, c.u8())
    },
  }
  const from = { ...client, port: 5 }
  const { lines } = await said(
    [red],
    [
      { ...udpFrame(from, server, Uint8Array.of(0, 0, 9, 41)), at: 1 },
      { ...udpFrame(server, from, Uint8Array.of(1, 0, 9)), at: 2 },
      { ...udpFrame(server, { ...from, port: 6 }, Uint8Array.of(1, 0, 9)), at: 3 },
      { ...udpFrame(server, from, Uint8Array.of(1, 0, 9, 0)), at: 20 },
    ],
  )
  t.strictSame(
    lines,
    ['42', '0', '0'].map(value => `10.0.0.2 red.asked ${value}`),
    'not for others, and not for ever',
  )
})
