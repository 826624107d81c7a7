/**
 * Measures what each parser takes for a message of its own fixtures, alone and warm:
 * `node dist/test/prove/protocol-speed.js [PROTOCOL...]`. With no protocol named, the table in
 * `docs/performance.md` is written anew.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { argv, stdout } from 'node:process'
import { Notes } from '../../src/protocols/protocol.js'
import { fixtureMessages, type Message } from './messages.js'

const SLOW_NS = 1500
const MESSAGES_MAX = 40
const WARM_READS = 300
/** One sample takes so long at least, since the clock counts microseconds. */
const SAMPLE_US = 150
const SAMPLES = 7
const ADDS = 50_000
const ADD_SAMPLES = 401
const COLUMNS = 3

interface Speed {
  readonly name: string
  readonly ns: number
  readonly slowest_ns: number
  readonly bytes: number
  readonly messages: number
}

const notes = new Notes()

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN

/** Nanoseconds for one read: the median of some samples, as a busy machine spoils single ones. */
function measure(message: Message): number {
  let reads = 16
  const samples: number[] = []
  while (samples.length < SAMPLES) {
    const begun = performance.now()
    for (let i = 0; i < reads; i++) message.read(notes)
    const took_us = (performance.now() - begun) * 1000
    if (took_us < SAMPLE_US) reads *= 2
    else samples.push((took_us * 1000) / reads)
  }
  return median(samples)
}

/** Some of many, from everywhere among them. */
function sample(messages: readonly Message[]): Message[] {
  const step = Math.max(1, messages.length / MESSAGES_MAX)
  const count = Math.min(MESSAGES_MAX, messages.length)
  return Array.from({ length: count }, (_, i) => messages[Math.floor(i * step)]!)
}

function speedOf(name: string, messages: readonly Message[]): Speed {
  const times = messages.map(measure)
  return {
    name,
    ns: median(times),
    slowest_ns: Math.max(...times),
    bytes: median(messages.map(({ length }) => length)),
    messages: messages.length,
  }
}

/** What a step costs here that must wait for the one before: the unit of any other machine. */
function addNs(): number {
  let sum = 1
  const samples = Array.from({ length: ADD_SAMPLES }, () => {
    const begun = performance.now()
    sum = addUp(sum)
    return ((performance.now() - begun) * 1e6) / ADDS
  })
  return sum === 0 ? NaN : median(samples)
}

/** Each addition needs the last one's result, and that of the loop's count. */
function addUp(from: number): number {
  let sum = from
  for (let i = 0; i < ADDS; i++) sum = (sum + i) | 0
  return sum
}

const cells = ({ name, ns, slowest_ns, bytes }: Speed): string =>
  `${name} | ${ns.toFixed(0)} | ${slowest_ns.toFixed(0)} | ${String(bytes)}`

/** Several protocols stand beside each other, so that the page stays short. */
function table(speeds: readonly Speed[]): string {
  const rows = Math.ceil(speeds.length / COLUMNS)
  const head = Array.from({ length: COLUMNS }, () => 'protocol | ns | most | bytes').join(' | ')
  const rule = Array.from({ length: COLUMNS }, () => '---|--:|--:|--:').join('|')
  const lines = Array.from({ length: rows }, (_, row) => {
    const beside = Array.from({ length: COLUMNS }, (_, column) => speeds[column * rows + row])
    return `| ${beside.map(one => (one ? cells(one) : ' | | | ')).join(' | ')} |`
  })
  return `| ${head} |\n|${rule}|\n${lines.join('\n')}\n`
}

function section(speeds: readonly Speed[], add_ns: number): string {
  const slow = speeds.filter(({ ns }) => ns > SLOW_NS)
  const named = slow.map(({ name, ns }) => `${name} (${(ns / 1000).toFixed(1)} µs)`).join(', ')
  const all = median(speeds.map(({ ns }) => ns)).toFixed(0)
  const dear = slow.length === 0 ? 'None is' : `${String(slow.length)} are`
  return (
    `\n\`npm run prove:protocols\` makes this table: every parser alone and warm over the messages of its\n` +
    `own fixtures that it understands, without news and facts. \`ns\` is the median of its messages, \`most\`\n` +
    `its slowest one, \`bytes\` a message's median length. A step of an addition that waits for the one\n` +
    `before took ${add_ns.toFixed(2)} ns meanwhile. Of ${String(speeds.length)} parsers the median is ${all} ns; the goal is 1.5 µs.\n` +
    `${dear} above${slow.length === 0 ? '' : `: ${named}`}.\n\n${table(speeds)}`
  )
}

const page = new URL('../../../docs/performance.md', import.meta.url)
const BEGIN = '## Parsers, one by one\n'

function write(text: string): void {
  const old = readFileSync(page, 'utf8')
  const begin = old.indexOf(BEGIN)
  const after = begin < 0 ? -1 : old.indexOf('\n## ', begin + 1)
  const before = begin < 0 ? `${old.trimEnd()}\n\n` : old.slice(0, begin)
  writeFileSync(page, `${before}${BEGIN}${text}${after < 0 ? '' : old.slice(after)}`)
}

const asked = new Set(argv.slice(2))
const all = [...(await fixtureMessages())].map(([name, some]) => [name, sample(some)] as const)
for (let i = 0; i < WARM_READS; i++) {
  for (const [, messages] of all) for (const message of messages) message.read(notes)
}
const speeds = all
  .filter(([name, messages]) => messages.length > 0 && (asked.size === 0 || asked.has(name)))
  .map(([name, messages]) => speedOf(name, messages))
  .sort((a, b) => a.name.localeCompare(b.name))
const text = section(speeds, addNs())
stdout.write(text)
if (asked.size === 0) write(text)
