/**
 * Onlooker hears what tshark hears: some captures that hold most protocols together. All of them are
 * compared by `npm run prove:agreement`.
 */

import t from 'tap'
import { compare, SHARE_MAX, validCaptures, whyNot } from './agreement/captures.js'
import { accepted } from './agreement/accepted.js'
import { share, unexplained, type Line } from './agreement/comparison.js'
import { nameOf, pairs } from './agreement/names.js'
import { SHORT_FORM } from './agreement/short-form.js'

/** So many protocols are known to both of the programs in these captures. */
const PROTOCOLS_MIN = 60

const places = ({ differences }: Line): string =>
  differences
    .filter(one => !one.accepted)
    .map(({ file, only, count, where }) => `${file}: ${count} only by ${only} (${where.join(' ')})`)
    .join('\n')

t.test('every accepted difference is of a protocol that is compared, and explained', t => {
  const names = new Set(pairs.map(nameOf))
  for (const { protocols, why } of accepted) {
    t.strictSame(
      protocols.filter(name => !names.has(name)),
      [],
      why,
    )
    t.match(why, /\w.*\.$/s)
  }
  t.end()
})

t.test('what tshark hears in captures of many protocols is heard here', async t => {
  const reason = whyNot()
  if (reason !== undefined) {
    t.pass(reason)
    return
  }
  const captures = validCaptures().filter(({ file }) => SHORT_FORM.includes(file))
  if (captures.length < SHORT_FORM.length) t.comment('some of the captures are not here')
  const comparison = await compare(captures, () => undefined)
  const lines = comparison.read()
  for (const line of lines) {
    const { name, over, ours, theirs } = line
    t.ok(
      share(line) <= SHARE_MAX,
      `${name}: ${ours} ${over}, tshark ${theirs}, not explained ${unexplained(line)}: ${places(line)}`,
    )
  }
  const both = new Set(lines.filter(({ ours, theirs }) => ours > 0 && theirs > 0).map(l => l.name))
  if (captures.length === SHORT_FORM.length)
    t.ok(both.size >= PROTOCOLS_MIN, `${both.size} of them`)
})
