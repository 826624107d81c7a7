/** A live worker makes no garbage: a million frames through its loop, and not one collection. */

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const PROGRAM = fileURLToPath(new URL('../prove/quiet-live.js', import.meta.url))
/** All but the first make the outcome the same on a busy machine, where some collections go by the clock. */
const FLAGS = ['--trace-gc', '--expose-gc', '--no-concurrent-recompilation', '--no-memory-reducer']

t.test('a million frames are heard live without a garbage collection', t => {
  const { stdout, stderr, status } = spawnSync(process.execPath, [...FLAGS, PROGRAM], {
    encoding: 'utf8',
  })
  t.equal(status, 0, stderr)
  t.comment(/measuring ends.*/.exec(stdout)?.[0] ?? '')
  const from = stdout.indexOf('measuring begins')
  const measured = stdout.slice(from, stdout.indexOf('measuring ends'))
  t.ok(measured.length > 0, 'it was measured')
  t.strictSame(
    measured.split('\n').filter(line => /Scavenge|Mark-Compact|Mark-sweep/.test(line)),
    [],
  )
  t.end()
})
