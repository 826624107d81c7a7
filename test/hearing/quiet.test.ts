/** A live worker makes no garbage: a million frames through its loop, and not one collection. */

import { fileURLToPath } from 'node:url'
import t from 'tap'
import { countCollections } from '../prove/collections.js'

const PROGRAM = fileURLToPath(new URL('../prove/quiet-live.js', import.meta.url))

t.test('a million frames are heard live without a garbage collection', t => {
  const { status, stderr, end, collections } = countCollections(PROGRAM)
  t.equal(status, 0, stderr)
  t.comment(end)
  t.not(end, '', 'it was measured')
  t.strictSame(collections, [])
  t.end()
})
