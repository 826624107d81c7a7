/** What never came of numbered tunnels, whoever heard which part; and networks that share a cable. */

import t from 'tap'
import { arpFrame, udpFrame } from '../../fixtures/build/frames.js'
import { erspan2, erspan3, gre } from '../../fixtures/build/tunnels.js'
import { ArpNetworkBook, ArpNetworks } from '../../src/hearing/arp-networks.js'
import { SEQUENCE_LOG_MAX, SESSIONS_MAX } from '../../src/hearing/limits.js'
import { SequenceBook } from '../../src/hearing/sequence-book.js'
import { HEAD_WORDS, Sequences } from '../../src/hearing/sequences.js'
import { decode } from '../../src/layers/decode.js'
import { Frame } from '../../src/layers/frame.js'

const A = { mac: '02:00:00:00:00:0a', ip: '10.0.0.1', port: 4000 }
const B = { mac: '02:00:00:00:00:0b', ip: '10.0.0.2', port: 5000 }
const ends = { from: { mac: A.mac, ip: '192.0.2.1' }, to: { mac: B.mac, ip: '192.0.2.9' } }
const inner = udpFrame(A, B, new Uint8Array(20)).bytes

function opened(bytes: Uint8Array): Frame {
  const frame = new Frame()
  decode(frame, bytes, 0, bytes.length, 1)
  return frame
}

const numbered = (sequence: number, session = 7): Frame =>
  opened(erspan2(inner, { ...ends, session, sequence: sequence >>> 0 }))

/** Each second's numbers, dealt to workers in turn, and told in all by the end. */
function heard(seconds: readonly (readonly number[])[], workers = 1) {
  const book = new SequenceBook(() => 'eth1')
  const all = Array.from({ length: workers }, () => new Sequences(1))
  seconds.forEach((numbers, second) => {
    numbers.forEach((number, i) => all[i % workers]!.hear(numbered(number), second))
    for (const one of all) book.add(one.take())
    book.close(second)
  })
  book.close(Infinity)
  return book.read()
}

const row = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => from + i)

t.test('a number that never comes is lost, whoever heard the others', t => {
  const gaps = [row(0, 100), row(103, 97), row(200, 100), row(300, 10)]
  for (const workers of [1, 2, 4]) {
    t.match(heard(gaps, workers), [
      {
        interface: 'eth1',
        name: 'ERSPAN 7 from 192.0.2.1 to 192.0.2.9',
        mirrors: true,
        packets: 307,
        lost: 3,
      },
    ])
  }
  t.match(heard([row(-50, 100), row(50, 50), row(100, 1)]), [{ lost: 0 }], 'numbers wrap round')
  t.match(heard([row(-50, 100), row(51, 50), row(101, 1)]), [{ lost: 1 }], 'and are missed there')
  t.end()
})

t.test('what comes late, twice or from a session that began anew is not lost', t => {
  t.match(heard([[0, 2, 1, 3, 5, 4], row(6, 5)]), [{ packets: 11, lost: 0, late: 2 }])
  t.match(heard([row(0, 10), [11, 12, 10, 13], row(14, 3)]), [{ lost: 0 }])
  t.match(heard([[...row(0, 10), 11], [10, 12], row(13, 3)]), [{ lost: 0 }], 'late by a second')
  t.match(heard([row(0, 10).flatMap(n => [n, n]), row(10, 3)]), [{ packets: 13, lost: 0 }])
  const anew = [row(90_000, 100), row(0, 100), row(101, 100), row(201, 1)]
  t.match(
    heard(anew, 2),
    [{ packets: 301, lost: 1 }],
    'numbers begin anew, and go on being counted',
  )
  t.match(heard([row(0, 100), [3e6, 3e6 + 1, 3e6 + 3], [3e6 + 4]]), [{ lost: 1 }])
  t.end()
})

t.test('sessions are told apart by ends, kind and number, and are limited', t => {
  const sequences = new Sequences(1)
  const frames = [
    erspan3(inner, { ...ends, session: 7, sequence: 1 }),
    gre(inner, { ...ends, key: 9, sequence: 1 }),
    gre(inner, { ...ends, sequence: 1 }),
    gre(inner, { ...ends, bridged: true, key: 9 }),
    erspan2(inner, { from: ends.to, to: ends.from, session: 7, sequence: 1 }),
    erspan2(gre(inner, { ...ends, key: 9, sequence: 50 }), { ...ends, session: 8, sequence: 1 }),
  ].map(opened)
  t.same(
    frames.map(({ numberAt }) => numberAt > 0),
    [true, true, true, false, true, true],
  )
  for (const frame of frames) if (frame.numberAt >= 0) sequences.hear(frame, 5)
  const book = new SequenceBook(() => 'eth1')
  book.add(sequences.take())
  book.close(6)
  t.same(
    book.read().map(({ name }) => name),
    [
      'ERSPAN 7 from 192.0.2.1 to 192.0.2.9',
      'GRE 9 from 192.0.2.1 to 192.0.2.9',
      'GRE from 192.0.2.1 to 192.0.2.9',
      'ERSPAN 7 from 192.0.2.9 to 192.0.2.1',
      'ERSPAN 8 from 192.0.2.1 to 192.0.2.9',
    ],
    'of tunnels in tunnels the outermost counts',
  )
  for (let session = 0; session < SESSIONS_MAX + 5; session++) {
    sequences.hear(numbered(1, session), 6)
  }
  t.equal(sequences.entries, SESSIONS_MAX)
  t.equal(sequences.dropped, 5 + 3)
  t.end()
})

t.test('where somebody missed something, numbers that are missing prove nothing', t => {
  const sequences = new Sequences(1)
  const book = new SequenceBook(() => 'eth1')
  sequences.hear(numbered(1), 1)
  book.add(sequences.take())
  book.close(2)
  sequences.hear(numbered(50), 2)
  sequences.forget()
  for (const second of [3, 4, 5]) sequences.hear(numbered(97 + second), second)
  book.add(sequences.take())
  book.close(9)
  t.match(book.read(), [{ lost: 0, packets: 4 }], 'told that it was not told of some')
  book.beginAnew()
  for (const second of [9, 10, 11]) sequences.hear(numbered(1000 + second), second)
  book.add(sequences.take())
  book.close(20)
  t.match(book.read(), [{ lost: 0 }], 'nor where an interface was opened again')
  for (let i = 0; i < SEQUENCE_LOG_MAX + 10; i++) sequences.hear(numbered(i), 100 + i)
  const log = sequences.take()
  t.equal(log[0], 10, 'a log that nobody takes has an end')
  t.ok(log.length - HEAD_WORDS > 0)
  t.end()
})

/** How many networks the ARP of these pairs (who asks for whom) is of. */
function networks(pairs: readonly (readonly [string, string])[]): number {
  const worker = new ArpNetworks()
  const book = new ArpNetworkBook(() => 'eth1')
  for (const [from, to] of pairs) {
    const target = { mac: '00:00:00:00:00:00', ip: to }
    const { bytes } = arpFrame({ operation: 1, sender: { mac: A.mac, ip: from }, target })
    worker.hear(opened(bytes))
  }
  book.add(worker.take(), 10)
  t.equal(worker.take().length, 0)
  return book.count().get('eth1') ?? 0
}

t.test('networks that never ask for each other are several', t => {
  const three = [1, 2, 3].flatMap(n => [
    [`10.0.${n}.5`, `10.0.${n}.1`] as const,
    [`10.0.${n}.6`, `10.0.${n}.1`] as const,
  ])
  t.equal(networks(three), 3)
  t.equal(
    networks([...three, ['10.0.1.5', '10.0.2.9'], ['10.0.3.5', '10.0.2.9']]),
    1,
    'one wide network',
  )
  t.equal(networks([['192.168.1.108', '192.168.1.1']]), 0, 'one alone may be set up wrongly')
  t.equal(
    networks([
      ['0.0.0.0', '10.0.0.1'],
      ['169.254.3.4', '169.254.1.1'],
    ]),
    0,
  )
  const book = new ArpNetworkBook(() => 'eth1')
  const worker = new ArpNetworks()
  for (const host of [5, 6]) {
    const sender = { mac: A.mac, ip: `10.0.0.${host}` }
    worker.hear(opened(arpFrame({ operation: 1, sender, target: sender }).bytes))
  }
  book.add(worker.take(), 10)
  t.equal(book.count().get('eth1'), 1)
  book.add(new Int32Array(0), 10_000)
  t.equal(book.count().size, 0, 'what was not heard for long is forgotten')
  t.end()
})
