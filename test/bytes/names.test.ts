/** Names, the addresses names stand for, and BER: what good bytes mean and that bad ones are refused. */

import t from 'tap'
import { hex, join, text, u8 } from '../../fixtures/build/bytes.js'
import { readInteger, readLength, readObject } from '../../src/bytes/ber.js'
import { Cursor } from '../../src/bytes/cursor.js'
import { NameTable } from '../../src/bytes/name-table.js'
import { readFoldedName, readName, sameName, skipName } from '../../src/bytes/names.js'
import { readReverse } from '../../src/bytes/reverse.js'

class Paper {
  readonly bytes: number[] = []
  readonly room: number

  constructor(room = 2000) {
    this.room = room
  }

  put(byte: number): boolean {
    if (this.bytes.length === this.room) return false
    this.bytes.push(byte)
    return true
  }

  get text(): string {
    return Buffer.from(this.bytes).toString()
  }
}

const word = (s: string): Uint8Array => join(u8(text(s).length), text(s))
const END = hex('00')

/** Reads the name at `from` in a message of these bytes. */
function read(bytes: Uint8Array, from = 0, room?: number): [string, number, string, number] {
  const c = new Cursor().over(bytes, 0, bytes.length)
  c.take(from)
  const paper = new Paper(room)
  const written = readName(c, paper)
  return [paper.text, written, c.fault, c.at]
}

/** Where the pointer before this one lies; the first leads to the root. */
const hexByte = (i: number): string => (i === 0 ? 0 : 2 * i - 1).toString(16).padStart(2, '0')

t.test('a name is written as people write it', t => {
  t.same(read(join(word('Printer'), word('local'), END)), ['Printer.local', 13, '', 15])
  t.same(read(END), ['', 0, '', 1], 'the root is empty')
  const odd = join(word('a.b\\c'), word('tab\there'), word('Küche'), END)
  t.same(read(odd)[0], 'a\\.b\\\\c.tab\\009here.Küche', 'dots and control bytes are escaped')
  const c = new Cursor().over(odd, 0, odd.length)
  const paper = new Paper()
  readFoldedName(c, paper)
  t.equal(paper.text, 'a\\.b\\\\c.tab\\009here.küche', 'lower case where case says nothing')
  t.end()
})

t.test('a pointer leads backwards, and the cursor goes on behind it', t => {
  const bytes = join(word('local'), END, word('a'), hex('c0 00'), word('b'), hex('c0 07 ff'))
  t.same(read(bytes, 7), ['a.local', 7, '', 11])
  t.same(read(bytes, 11), ['b.a.local', 9, '', 15])
  const refused: [string, Uint8Array, number][] = [
    ['to itself', hex('c0 00'), 0],
    ['to its own label', hex('01 61 c0 00'), 0],
    ['forward', hex('c0 04 00 00 00'), 0],
    ['to and fro', hex('c0 02 c0 00'), 2],
    ['into labels that run on', hex('03 61 62 63 c0 00'), 4],
    ['of a kind that is not assigned', hex('40 61 00'), 0],
  ]
  for (const [name, bad, from] of refused)
    t.match(read(bad, from).slice(1, 3), [-1, 'bad name'], name)
  const chain = join(END, ...Array.from({ length: 20 }, (_, i) => hex(`c0 ${hexByte(i)}`)))
  t.match(read(chain, 1 + 2 * 18)[2], 'bad name', 'too many jumps')
  t.end()
})

t.test('a name has a length that it does not exceed', t => {
  const long = word('x'.repeat(63))
  t.equal(read(join(long, long, long, word('x'.repeat(61)), END))[1], 253)
  t.equal(read(join(long, long, long, word('x'.repeat(62)), END))[2], 'bad name')
  t.same(read(join(word('printer'), END), 0, 4), ['prin', 0, '', 9], 'no room, no name')
  for (let n = 0; n < 9; n++) {
    t.equal(read(join(word('printer'), END).subarray(0, n))[2], 'short', `${String(n)} bytes`)
  }
  t.end()
})

t.test('names are told apart whatever their case and place', t => {
  const names = [
    word('Host'),
    word('local'),
    END,
    word('hOST'),
    hex('c0 05'),
    word('Hose'),
    hex('c0 05'),
  ]
  const bytes = join(...names)
  const c = new Cursor().over(bytes, 0, bytes.length)
  const table = new NameTable()
  t.same([table.take(c), table.take(c), table.take(c)], [0, 0, 1])
  t.equal(c.left, 0)
  const paper = new Paper()
  t.equal(table.write(c, 1, paper), 10)
  t.equal(paper.text, 'Hose.local')
  t.ok(sameName(c, 0, 12))
  t.notOk(sameName(c, 0, 19))
  t.notOk(sameName(c, 0, 500), 'a place outside of the message is no name')
  c.over(bytes, 0, bytes.length)
  skipName(c)
  t.equal(c.at, 12)
  t.end()
})

t.test('a reversed name gives its address', t => {
  const given: [string, string][] = [
    ['7.0.0.10.in-addr.arpa', '0a000007'],
    ['255.255.255.255.in-addr.arpa', 'ffffffff'],
    ['7.0.0.in-addr.arpa', ''],
    ['1.7.0.0.10.in-addr.arpa', ''],
    ['256.0.0.10.in-addr.arpa', ''],
    ['7..0.10.in-addr.arpa', ''],
    ['a.0.0.10.in-addr.arpa', ''],
    ['in-addr.arpa', ''],
    [`${'f.'.repeat(31)}e.ip6.arpa`, `ef${'ff'.repeat(15)}`],
    [`${'f.'.repeat(31)}g.ip6.arpa`, ''],
    [`${'f.'.repeat(30)}e.ip6.arpa`, ''],
  ]
  for (const [name, address] of given) {
    const paper = new Paper()
    const length = readReverse(text(name), 0, name.length, paper)
    t.equal(length === 0 ? '' : Buffer.from(paper.bytes).toString('hex'), address, name)
  }
  t.end()
})

t.test('BER numbers, lengths and objects are bounded', t => {
  const over = (bytes: string): Cursor => new Cursor().over(hex(bytes), 0, hex(bytes).length)
  const lengths: [string, number, string][] = [
    ['7f', 127, ''],
    ['81 80', 128, ''],
    ['84 00 00 01 00', 256, ''],
    ['84 ff ff ff ff', 0, 'bad length'],
    ['85 00 00 00 00 01', 0, 'bad length'],
    ['80', 0, 'indefinite length'],
    ['82 01', 0, 'short'],
  ]
  for (const [bytes, length, fault] of lengths) {
    const c = over(bytes)
    t.same([readLength(c), c.fault], [length, fault], bytes)
  }
  t.equal(readInteger(over('02 01 ff')), -1)
  t.equal(readInteger(over('02 04 7f ff ff ff')), 0x7fffffff)
  t.equal(readInteger(over('02 05 00 ff ff ff ff')), -1)
  const objects: [string, string][] = [
    ['2b 06 01 04 01 09', '1.3.6.1.4.1.9'],
    ['2b 8f ff ff ff 7f', '1.3.4294967295'],
    ['88 37 03', '2.999.3'],
    ['00', '0.0'],
    ['2b 9f ff ff ff 7f', ''],
    ['2b 86', ''],
  ]
  for (const [bytes, object] of objects) {
    const c = over(bytes)
    const paper = new Paper()
    const written = readObject(c, c.left, paper)
    t.equal(written === 0 ? '' : paper.text, object, bytes)
  }
  t.end()
})
