/** What is known of a device from what was said about it: its names, and what the judge makes of it. */

import type { Claim, Judge, Property, Statement, Verdicts } from '../model/judge.js'
import { categoryOf } from '../model/kinds.js'
import type { Device, Service } from './document.js'
import type { Evidence, Subject } from './evidence.js'
import { DEVICE_FACTS_MAX, DEVICE_NAMES_MAX } from './limits.js'
import { distinctNames, plainName } from './naming.js'
import type { Vendor } from './vendors.js'

/** How often the holder of an address block is the vendor, when nobody knows better. */
const REGISTRY_CONFIDENCE = 0.9

type Portrait = Pick<
  Device,
  | 'names'
  | 'category'
  | 'kind'
  | 'vendor'
  | 'model'
  | 'os'
  | 'firmware'
  | 'serial'
  | 'confidence'
  | 'evidence'
  | 'claims'
>

/** What is known of a device besides what was said. */
export interface Known {
  readonly vendor: Vendor | null
  readonly services: readonly Service[]
  readonly roles: readonly string[]
  readonly before: Verdicts
}

export function describe(
  evidence: Evidence,
  judge: Judge,
  subjects: readonly Subject[],
  known: Known,
): Portrait {
  const statements = gather(evidence, subjects)
  const judged = judge.judge(
    [...derived(judge, known), ...read(evidence, statements)],
    known.before,
  )
  const { verdicts } = judged
  const claims = [...judged.claims]
  if (known.vendor !== null && !judge.reads(VENDOR)) claims.unshift(registryClaim(known.vendor))
  const kind = verdicts.kind?.value ?? 'unknown'
  const os = verdicts.os
  return {
    names: namesIn(evidence, statements),
    category: categoryOf(kind) ?? 'unknown',
    kind,
    vendor: verdicts.vendor?.value ?? claims.find(isVendor)?.value ?? null,
    model: verdicts.model?.value ?? null,
    os: os === undefined ? null : { name: os.value, version: verdicts.os_version?.value ?? null },
    firmware: verdicts.firmware?.value ?? null,
    serial: verdicts.serial?.value ?? null,
    confidence: confidenceOf(verdicts, claims),
    evidence: statements,
    claims,
  }
}

const VENDOR = 'mac.vendor'

const isVendor = ({ property }: Claim): boolean => property === 'vendor'

/** Of what is shown: a version alone is not. */
function confidenceOf(
  verdicts: Verdicts,
  claims: readonly Claim[],
): Partial<Record<Property, number>> {
  const confidence: Partial<Record<Property, number>> = {}
  for (const [property, verdict] of Object.entries(verdicts)) {
    if (property !== 'os_version')
      confidence[property as Property] = Math.round(verdict.confidence * 1000) / 1000
  }
  const vendor = claims.find(isVendor)
  if (confidence.vendor === undefined && vendor !== undefined && vendor.rule === REGISTRY)
    confidence.vendor = vendor.confidence
  return confidence
}

/** What no frame says in so many words. */
function derived(judge: Judge, { vendor, services, roles }: Known): Statement[] {
  const all: Statement[] = []
  const say = (fact: string, value: string): void => {
    if (judge.reads(fact)) all.push({ fact, value, evidence: -1 })
  }
  if (vendor !== null) {
    say(VENDOR, vendor.name)
    say('mac.prefix', vendor.prefix)
  }
  for (const { transport, port, protocol } of services) {
    say('service.open', `${transport}/${String(port)}`)
    if (protocol !== null) say('service.protocol', protocol)
  }
  for (const role of roles) say('network.role', role)
  return all
}

function read(evidence: Evidence, statements: readonly number[]): Statement[] {
  const all: Statement[] = []
  for (const index of statements) {
    if (!evidence.trait(index).isRead) continue
    all.push({ fact: evidence.fact(index).name, value: evidence.text(index), evidence: index })
  }
  return all
}

/** The earliest statements about any of these, in the order they were made. */
function gather(evidence: Evidence, subjects: readonly Subject[]): number[] {
  const next: number[] = []
  for (const subject of subjects) {
    const first = evidence.first(subject)
    if (first >= 0) next.push(first)
  }
  const found: number[] = []
  while (next.length > 0 && found.length < DEVICE_FACTS_MAX) {
    let least = 0
    for (let i = 1; i < next.length; i++) if (next[i]! < next[least]!) least = i
    const index = next[least]!
    found.push(index)
    const after = evidence.after(index)
    if (after >= 0) next[least] = after
    else next.splice(least, 1)
  }
  return found
}

function namesIn(evidence: Evidence, statements: readonly number[]): string[] {
  const ranked: { name: string; rank: number }[] = []
  for (let i = 0; i < statements.length; i++) {
    const index = statements[i]!
    const rank = evidence.trait(index).naming
    if (rank >= 0) ranked.push({ name: plainName(evidence.text(index)), rank })
  }
  return ranked.length === 0 ? [] : distinctNames(ranked, DEVICE_NAMES_MAX)
}

const REGISTRY = 'oui'

const registryClaim = ({ name, prefix }: Vendor): Claim => ({
  property: 'vendor',
  value: name,
  rule: REGISTRY,
  confidence: REGISTRY_CONFIDENCE,
  evidence: -1,
  fact: 'mac.prefix',
  said: prefix,
})
