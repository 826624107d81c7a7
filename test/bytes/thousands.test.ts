/** Numbers as people read them. */

import t from 'tap'
import { thousands } from '../../src/bytes/thousands.js'

t.test('thousands are parted, and no digit behind the point is idle', t => {
  const written = [0, 7, 999, 1000, 1234567, -1234, 0.5, NaN].map(value => thousands(value))
  t.strictSame(written, ['0', '7', '999', '1,000', '1,234,567', '-1,234', '1', 'NaN'])
  const parts = [1234.56, 1234, 0.04, 999.96].map(value => thousands(value, 1))
  t.strictSame(parts, ['1,234.6', '1,234', '0', '1,000'])
  t.end()
})
