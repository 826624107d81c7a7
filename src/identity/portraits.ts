/** What is known of a device from what was said about it: names, vendor, and stated properties. */

import type { Claim, Device } from './document.js'
import type { Evidence, Subject } from './evidence.js'
import { DEVICE_FACTS_MAX, DEVICE_NAMES_MAX } from './limits.js'
import { distinctNames, plainName, type Property } from './naming.js'
import type { Vendor } from './vendors.js'

const CONFIDENCE = 0.9

type Portrait = Pick<
  Device,
  'names' | 'vendor' | 'model' | 'firmware' | 'serial' | 'confidence' | 'evidence' | 'claims'
>

export function describe(
  evidence: Evidence,
  subjects: readonly Subject[],
  vendor: Vendor | null,
): Portrait {
  const statements = gather(evidence, subjects)
  const claims = statedClaims(evidence, statements)
  if (vendor !== null) claims.unshift(vendorClaim(vendor))
  const confidence: Partial<Record<Property, number>> = {}
  const values: Partial<Record<Property, string>> = {}
  for (const claim of claims) {
    values[claim.property] = claim.value
    confidence[claim.property] = claim.confidence
  }
  return {
    names: namesIn(evidence, statements),
    vendor: values.vendor ?? null,
    model: values.model ?? null,
    firmware: values.firmware ?? null,
    serial: values.serial ?? null,
    confidence,
    evidence: statements,
    claims,
  }
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

/** A property that all who state it agree on. */
function statedClaims(evidence: Evidence, statements: readonly number[]): Claim[] {
  let claims: Map<Property, Claim | null> | undefined
  for (let i = 0; i < statements.length; i++) {
    const index = statements[i]!
    const property = evidence.trait(index).states
    if (property === null) continue
    claims ??= new Map()
    const value = evidence.text(index)
    const before = claims.get(property)
    if (before === undefined && value !== '') {
      const fact = evidence.fact(index).name
      claims.set(property, {
        property,
        value,
        rule: 'stated',
        confidence: CONFIDENCE,
        evidence: index,
        fact,
        said: value,
      })
    } else if (before && before.value !== value) claims.set(property, null)
  }
  return claims === undefined ? [] : [...claims.values()].filter(claim => claim !== null)
}

const vendorClaim = ({ name, prefix }: Vendor): Claim => ({
  property: 'vendor',
  value: name,
  rule: 'oui',
  confidence: CONFIDENCE,
  evidence: -1,
  fact: 'mac.prefix',
  said: prefix,
})
