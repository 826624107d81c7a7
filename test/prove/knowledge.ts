/**
 * What the shipped rules make of single sayings that others have collected: banners, each with what
 * it comes from, and the matchers by which home automation finds its devices. Each saying stands
 * alone: a device that says several is known better.
 *
 * node dist/test/prove/knowledge.js BANNERS MATCHERS [--wrong]
 */

import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { shippedKnowledge } from '../../src/cli/knowledge.js'
import { Vendors } from '../../src/identity/vendors.js'
import type { Statement } from '../../src/model/judge.js'
import { claimOf, factsOf } from '../../src/rules/readers/recog-claims.js'
import { makersOf } from './automation-makers.js'
import { nearKinds } from './near-kinds.js'

const LEAST = { banners: 0.6, precision: 0.97, matchers: 0.9 } as const

const { judge } = shippedKnowledge()
const registry = new Vendors()
const { values, positionals } = parseArgs({
  options: { wrong: { type: 'boolean' } },
  allowPositionals: true,
})
const [banners, matchers] = positionals
const key = judge.keyOf('vendor')
const lines = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as T)

interface Banner {
  readonly file: string
  readonly matches: string | null
  readonly text: string
  readonly params: Readonly<Record<string, string>>
  readonly deviceish: boolean
}

interface Matcher {
  readonly kind: string
  readonly text: string
  readonly domain: string
}

function judged(said: readonly { fact: string; value: string }[]): {
  vendor: string | null
  kind: string | null
} {
  const known = said.filter(({ fact }) => judge.reads(fact))
  const statements: Statement[] = known.map(one => ({ ...one, evidence: -1 }))
  const { verdicts } = judge.judge(statements)
  return { vendor: verdicts.vendor?.value ?? null, kind: verdicts.kind?.value ?? null }
}

class Tally {
  n = 0
  right = 0
  wrong = 0

  /** False if something was said and it is wrong. */
  add(found: string | null, isRight: boolean): boolean {
    this.n++
    if (found === null) return true
    if (isRight) this.right++
    else this.wrong++
    return isRight
  }

  get recall(): number {
    return this.right / Math.max(1, this.n)
  }

  get precision(): number {
    return this.right / Math.max(1, this.right + this.wrong)
  }

  line(name: string): string {
    const shares = [this.recall, this.precision].map(share => `${(100 * share).toFixed(1)} %`)
    return `${name}: ${String(this.right)} of ${String(this.n)} right (${shares[0]!}), ${shares[1]!} of what is said\n`
  }
}

const say = (text: string): boolean => process.stdout.write(text)

function proveBanners(file: string): void {
  const vendors = new Tally()
  const kinds = new Tally()
  for (const { text, params, deviceish, ...list } of lines<Banner>(file)) {
    const said = factsOf(list.matches ?? list.file, text)
    if (!deviceish || said.length === 0) continue
    const right = claimOf(params)
    const found = judged(said)
    const place = `${list.file}: ${text.slice(0, 90)}`
    if (right.vendor !== undefined) {
      const isRight = found.vendor !== null && key(found.vendor) === key(right.vendor)
      const isTold = vendors.add(found.vendor, isRight)
      if (!isTold && values.wrong === true)
        say(`  vendor ${right.vendor}, not ${String(found.vendor)}: ${place}\n`)
    }
    if (right.kind !== undefined) {
      const isRight = found.kind !== null && nearKinds(right.kind).includes(found.kind)
      const isTold = kinds.add(found.kind, isRight)
      if (!isTold && values.wrong === true)
        say(`  kind ${right.kind}, not ${String(found.kind)}: ${place}\n`)
    }
  }
  say(vendors.line('vendors of banners'))
  say(kinds.line('kinds of banners'))
  const isMet = Math.min(vendors.recall, kinds.recall) >= LEAST.banners
  if (!isMet || vendors.precision < LEAST.precision) process.exitCode = 1
}

/** A matcher's words, with something in place of what it leaves open. */
const filled = (text: string): string => text.replace(/\[[^\]]+\]/g, 'a').replace(/\*/g, '1a2b3c')

function sayingsOf({ kind, text }: Matcher): { fact: string; value: string }[] {
  const [first = '', second = '', third = ''] = text.split('|').map(filled)
  switch (kind) {
    case 'homekit_model':
      return told({ 'mdns.service': '_hap._tcp', 'mdns.txt': `md=${first}` })
    case 'zeroconf': {
      const instance = second === '' ? '' : `${second}.${first}`
      return told({ 'mdns.service': first, 'mdns.instance': instance, 'mdns.txt': third })
    }
    case 'ssdp':
      return told({ 'upnp.manufacturer': first, 'upnp.model': second, 'ssdp.type': third })
    default: {
      const mac = Uint8Array.from([0, 2, 4, 0, 0, 0], at => parseInt(second.slice(at, at + 2), 16))
      const block = second === '' ? null : registry.of(mac)
      return told({ 'dhcp.hostname': first, 'mac.vendor': block?.name ?? '' })
    }
  }
}

const told = (said: Readonly<Record<string, string>>): { fact: string; value: string }[] =>
  Object.entries(said)
    .filter(([, value]) => value !== '')
    .map(([fact, value]) => ({ fact, value }))

function proveMatchers(file: string): void {
  const vendors = new Tally()
  for (const matcher of lines<Matcher>(file)) {
    const right = makersOf(matcher)
    if (right === undefined) continue
    const { vendor } = judged(sayingsOf(matcher))
    const isRight = vendor !== null && right.some(name => key(name) === key(vendor))
    vendors.add(vendor, isRight)
    if (!isRight && values.wrong === true)
      say(`  ${right[0]!}, not ${String(vendor)}: ${matcher.kind} ${matcher.text}\n`)
  }
  say(vendors.line('vendors of matchers'))
  if (vendors.recall < LEAST.matchers) process.exitCode = 1
}

if (banners !== undefined) proveBanners(banners)
if (matchers !== undefined) proveMatchers(matchers)
