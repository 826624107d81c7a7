/** MD5 by hand, and the memory of what was worked out. */

import { createHash } from 'node:crypto'
import t from 'tap'
import { md5 } from '../../src/bytes/md5.js'
import { Memo } from '../../src/bytes/memo.js'

t.test('it is the MD5 that everybody computes', t => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 89 + length) & 0xff)
    const expected = createHash('md5').update(bytes).digest('hex')
    if (md5(bytes) !== expected) t.equal(md5(bytes), expected, `${String(length)} bytes`)
  }
  t.equal(md5(Buffer.from('abc')), '900150983cd24fb0d6963f7d28e17f72')
  t.end()
})

t.test('a memo knows what was worked out lately', t => {
  const memo = new Memo(8)
  t.equal(memo.recall(1, 2), '')
  memo.remember(1, 2, 'one')
  t.equal(memo.recall(1, 2), 'one')
  t.equal(memo.recall(1, 3), '', 'both hashes count')
  for (let i = 0; i < 4; i++) memo.remember(1 + 2 * i, i, 'more')
  t.equal(memo.recall(1, 2), '', 'the oldest make room')
  t.equal(memo.recall(7, 3), 'more')
  t.end()
})
