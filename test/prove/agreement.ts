/**
 * Proves that Onlooker hears what tshark hears, in every capture beside the repository:
 * `node dist/test/prove/agreement.js [WORD...]`. A word that is a protocol's name asks for that
 * protocol, with the frames that differ; any other word for the files whose path has it.
 */

import { argv, stderr, stdout } from 'node:process'
import { compare, SHARE_MAX, validCaptures, whyNot } from '../agreement/captures.js'
import { apart, share, unexplained, type Line } from '../agreement/comparison.js'
import { nameOf, pairs } from '../agreement/names.js'

const BYTES_MAX = 4_000_000
const PROGRESS_MS = 5000
/** So many frames are named of each file. */
const PLACES_MAX = 8

const names = new Set(pairs.map(nameOf))
const words = argv.slice(2)
const asked = words.filter(word => names.has(word))
const paths = words.filter(word => !names.has(word))

const cells = (line: Line): string[] => [
  line.name,
  line.over,
  String(line.ours),
  String(line.theirs),
  String(apart(line)),
  String(unexplained(line)),
  `${(share(line) * 100).toFixed(1)} %`,
  String(new Set(line.differences.map(({ file }) => file)).size),
]

const HEAD = ['protocol', 'by', 'ours', 'theirs', 'apart', 'unexplained', 'share', 'files']
const WIDTHS = [15, 12, 8, 8, 7, 12, 8, 6]

const row = (texts: readonly string[]): string =>
  texts.map((text, i) => (i < 2 ? text.padEnd(WIDTHS[i]!) : text.padStart(WIDTHS[i]!))).join('')

function places(line: Line): string {
  const lines = line.differences.map(({ file, only, count, accepted, where }) => {
    const numbers = where.slice(0, PLACES_MAX).join(' ')
    return `    ${accepted ? 'accepted ' : ''}${file}: ${String(count)} only by ${only} (${numbers})\n`
  })
  return lines.join('')
}

function report(lines: readonly Line[]): void {
  stdout.write(`${row(HEAD)}\n`)
  for (const line of lines) {
    if (asked.length > 0 && !asked.includes(line.name)) continue
    stdout.write(`${row(cells(line))}\n`)
    if (asked.length > 0) stdout.write(places(line))
  }
}

async function prove(): Promise<boolean> {
  const captures = validCaptures().filter(
    ({ file, bytes }) =>
      bytes <= BYTES_MAX && (paths.length === 0 || paths.some(word => file.includes(word))),
  )
  let told = performance.now()
  const comparison = await compare(captures, done => {
    if (performance.now() - told < PROGRESS_MS) return
    told = performance.now()
    stderr.write(`${String(done)} of ${String(captures.length)} files\n`)
  })
  const lines = comparison.read()
  report(lines)
  const both = new Set(lines.filter(line => line.ours > 0 && line.theirs > 0).map(l => l.name))
  const beyond = lines.filter(line => share(line) > SHARE_MAX)
  stdout.write(
    `${String(captures.length)} files, ${String(both.size)} protocols heard by both; ` +
      `beyond 2 %: ${beyond.map(({ name, over }) => `${name} by ${over}`).join(', ') || 'none'}\n`,
  )
  return beyond.length === 0
}

const reason = whyNot()
if (reason !== undefined) stdout.write(`${reason}\n`)
else if (!(await prove())) process.exitCode = 1
