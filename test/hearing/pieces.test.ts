/** Messages in several datagrams: put together in any order, and never too many of them. */

import t from 'tap'
import { udpFrame } from '../../fixtures/build/frames.js'
import {
  PIECE_BYTES,
  PIECE_DATAGRAMS_MAX,
  PIECE_SECONDS,
  PIECES_PER_SECOND,
  PIECES_READ_SECONDS,
} from '../../src/hearing/limits.js'
import { Pieces } from '../../src/hearing/pieces.js'
import { Moment } from '../../src/hearing/telling.js'
import { decode } from '../../src/layers/decode.js'
import { Frame } from '../../src/layers/frame.js'

const ETHERNET = 1

function datagram(client: number, port = 50_000): Frame {
  const from = {
    mac: '02:00:00:00:00:01',
    ip: `10.0.${String(client >> 8)}.${String(client & 255)}`,
  }
  const to = { mac: '02:00:00:00:00:02', ip: '203.0.113.1', port: 443 }
  const { bytes } = udpFrame({ ...from, port }, to, Uint8Array.of(1))
  const frame = new Frame()
  decode(frame, bytes, 0, bytes.length, ETHERNET)
  return frame
}

function begun(): { pieces: Pieces; moment: Moment } {
  const moment = new Moment()
  moment.seconds = 1000
  const pieces = new Pieces(7, moment)
  pieces.frame = datagram(5)
  return { pieces, moment }
}

const said = Uint8Array.from({ length: 100 }, (_, i) => i)
const put = (pieces: Pieces, from: number, to: number): void =>
  pieces.put(from, said, from, to - from)

t.test('pieces are put together in whatever order they come', t => {
  const { pieces } = begun()
  t.ok(pieces.open())
  put(pieces, 60, 80)
  t.equal(pieces.whole, 0, 'the beginning is missing')
  put(pieces, 0, 20)
  put(pieces, 90, 100)
  t.equal(pieces.whole, 20)
  t.ok(pieces.open(), 'the next datagram')
  put(pieces, 10, 65)
  t.equal(pieces.whole, 80, 'what overlaps is joined')
  put(pieces, 80, 90)
  t.equal(pieces.whole, 100)
  t.strictSame(pieces.bytes.slice(pieces.at, pieces.at + 100), said)
  t.end()
})

t.test('what lies beyond its bounds is left out', t => {
  const { pieces } = begun()
  put(pieces, 0, 10)
  t.equal(pieces.whole, 0, 'nobody asked for a place')
  pieces.open()
  pieces.put(PIECE_BYTES - 5, said, 0, 10)
  pieces.put(-1, said, 0, 10)
  put(pieces, 0, 1)
  t.equal(pieces.whole, 1)
  for (let i = 2; i < 100; i += 2) put(pieces, i, i + 1)
  t.ok(pieces.dropped > 0, 'there is an end to holes')
  t.end()
})

t.test('one message between two machines is enough for some minutes', t => {
  const { pieces, moment } = begun()
  t.ok(pieces.open())
  put(pieces, 0, 10)
  pieces.close()
  t.notOk(pieces.open())
  pieces.frame = datagram(5, 50_001)
  t.notOk(pieces.open(), 'over any port')
  pieces.frame = datagram(6)
  t.ok(pieces.open(), 'another machine is another matter')
  pieces.frame = datagram(5)
  moment.seconds += PIECES_READ_SECONDS
  t.ok(pieces.open())
  t.equal(pieces.whole, 0)
  t.end()
})

t.test('a message that does not end is given up', t => {
  const { pieces, moment } = begun()
  for (let i = 0; i < PIECE_DATAGRAMS_MAX; i++) t.ok(pieces.open())
  put(pieces, 0, 10)
  t.notOk(pieces.open(), 'too many datagrams')
  moment.seconds += PIECE_SECONDS + 1
  t.ok(pieces.open(), 'later it may begin anew')
  t.equal(pieces.whole, 0)
  t.end()
})

t.test('only so many datagrams are read in a second', t => {
  const { pieces, moment } = begun()
  let read = 0
  for (let client = 0; client < 300; client++) {
    pieces.frame = datagram(client)
    if (pieces.open()) read++
  }
  t.equal(read, PIECES_PER_SECOND)
  t.equal(pieces.refused, 300 - PIECES_PER_SECOND)
  moment.seconds++
  t.ok(pieces.open())
  t.end()
})
