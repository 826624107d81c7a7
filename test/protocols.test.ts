/** Every fixture of every protocol, through the whole data plane: what is told, and what is malformed. */

import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { parse } from 'yaml'
import { pcap } from '../fixtures/build/capture.js'
import type { Frame } from '../fixtures/build/frames.js'
import { vxlan } from '../fixtures/build/tunnels.js'
import { hearCapture, type Spoken } from '../src/hearing/hear-capture.js'
import { facts, protocols } from '../src/protocols/index.js'
import { loadCases, type Case } from './prove/cases.js'
import { protocolsPage } from './protocols-page.js'

interface Expected {
  readonly facts: readonly Readonly<Record<string, unknown>>[]
  readonly malformed?: Readonly<Record<string, number>>
}

type Heard = Awaited<ReturnType<typeof hearCapture>>

/**
 * Every TCP connection begins with a SYN, and what is malformed may sound like something else: what
 * that tells is the business of their own cases.
 */
const EVERYWHERE = ['tcp', 'unknown']
const linesOf = ({ told }: Heard, { protocol }: Case): string[] =>
  told.filter(one => one.protocol === protocol || !EVERYWHERE.includes(one.protocol)).map(lineOf)

const lineOf = ({ about, fact, value }: Spoken): string => `${about} ${fact}: ${value}`

const expectedLines = ({ facts }: Expected): string[] =>
  facts.flatMap(({ about, ...said }) =>
    Object.entries(said).map(([fact, value]) => `${String(about)} ${fact}: ${String(value)}`),
  )

const malformed = ({ protocols }: Heard): Record<string, number> =>
  Object.fromEntries(
    protocols
      .map(({ name, faults }) => [name, sum(faults)] as const)
      .filter(([, count]) => count > 0),
  )

/** Frames that were cut are no fault of the sender. */
const sum = (faults: Readonly<Record<string, number>>): number =>
  Object.entries(faults).reduce((all, [fault, n]) => (fault === 'short' ? all : all + n), 0)

const cases = await loadCases()
const whole = new Map<Case, Heard>()

for (const one of cases) whole.set(one, await hearCapture(pcap(one.frames)))

for (const { name } of protocols) {
  t.test(`${name} is heard as its cases say`, t => {
    const own = cases.filter(({ protocol }) => protocol === name)
    t.not(own.length, 0, 'there are cases')
    for (const one of own) {
      const expected = parse(readFileSync(one.yaml, 'utf8')) as Expected
      const heard = whole.get(one)!
      t.strictSame(linesOf(heard, one), expectedLines(expected), one.name)
      t.strictSame(malformed(heard), expected.malformed ?? {}, `${one.name}: malformed`)
    }
    t.end()
  })
}

t.test('the page of protocols is true', t => {
  const page = new URL('../../docs/protocols.md', import.meta.url)
  const wanted = protocolsPage(protocols)
  if (process.env['GOLDEN'] === 'write') writeFileSync(page, wanted)
  t.equal(readFileSync(page, 'utf8'), wanted, 'GOLDEN=write npm test -- protocols')
  t.end()
})

t.test('every fact is in some case', t => {
  const told = new Set([...whole.values()].flatMap(heard => heard.told.map(({ fact }) => fact)))
  const silent = facts.map(({ name }) => name).filter(name => !told.has(name))
  t.strictSame(silent, [], 'no fact is only promised')
  t.end()
})

/**
 * So many frames are heard for one case's cuts; beyond that not every byte is a place to cut.
 * ONLOOKER_CUTS=all cuts at each.
 */
const CUT_FRAMES_MAX = process.env.ONLOOKER_CUTS === 'all' ? Infinity : 200
/** More than the time within which two frames alike are one frame mirrored twice. */
const GAP = 0.025
const mirror = {
  from: { mac: '02:00:00:00:00:01', ip: '192.0.2.1' },
  to: { mac: '02:00:00:00:00:02', ip: '192.0.2.2' },
}

/**
 * A case again and again, each time with one frame cut at another byte. Every run has a mirror
 * session of its own, so that none knows of the others.
 */
class Cuts {
  readonly frames: Frame[] = []
  private network = 0

  add(frames: readonly Frame[]): void {
    const bytes = frames.reduce((all, frame) => all + frame.bytes.length, 0)
    const step = Math.max(1, Math.ceil((bytes * frames.length) / CUT_FRAMES_MAX))
    let countdown = 0
    for (const [place, frame] of frames.entries()) {
      for (let length = frame.bytes.length - 1; length >= 0; length--) {
        if (countdown-- > 0) continue
        countdown = step - 1
        this.addRun(frames, place, length)
      }
    }
  }

  private addRun(frames: readonly Frame[], place: number, length: number): void {
    this.network++
    for (const [i, { bytes }] of frames.entries()) {
      const carried = vxlan(bytes, { ...mirror, network: this.network })
      const end = i === place ? carried.length - bytes.length + length : carried.length
      const at = this.frames.length * GAP
      this.frames.push({ bytes: carried.subarray(0, end), wire: carried.length, at })
    }
  }
}

/** Whose cuts are heard together: to begin a hearing costs more than to hear them. */
const TOGETHER = 24

for (let i = 0; i < protocols.length; i += TOGETHER) {
  const names = protocols.slice(i, i + TOGETHER).map(({ name }) => name)
  t.test(`cut short, ${names.join(' ')} tell nothing but what the whole told`, async t => {
    const own = cases.filter(({ protocol }) => names.includes(protocol))
    const cuts = new Cuts()
    for (const { frames } of own) cuts.add(frames)
    const allowed = new Set(own.flatMap(one => whole.get(one)!.told.map(lineOf)))
    const { told } = await hearCapture(pcap(cuts.frames))
    // What is left of a message may be nobody's, which is told as well.
    const strange = told
      .filter(({ protocol }) => protocol !== 'unknown')
      .map(lineOf)
      .filter(line => !allowed.has(line))
    t.strictSame([...new Set(strange)], [])
    t.end()
  })
}
