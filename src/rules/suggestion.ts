/** A rule from what a person said of a device: it rests on what the device says, and names nobody. */

import type { Edits } from '../model/device.js'
import { OUTRANKING } from '../model/edited.js'

export interface Said {
  readonly fact: string
  readonly value: string
}

/** A rule as it is written in a file. */
export interface Suggestion {
  readonly rule: string
  readonly claim: Readonly<Record<string, string>>
  readonly confidence: number
  readonly when: Readonly<Record<string, string>>
  readonly why: string
  readonly examples: readonly object[]
  readonly counterexamples: readonly object[]
}

/** What a person corrected was said by one device so far. */
const CONFIDENCE = 0.8
const VALUE = { min: 3, max: 160 } as const

/** What tells devices apart best comes first; by how a fact's name ends. */
const TELLING = [
  /\.(model|model_name|make_and_model|product|platform|order|product_code|sys_object_id)$/,
  /\.(vendor_class|sys_descr|sys_desc|device_type|type|server|user_agent|banner|realm|title)$/,
  /\.(manufacturer|vendor|vendor_id|software|version|service|system)$/,
  /\.(options|wishes|syn|ja4|hassh|txt)$/,
]

/** Up to here one fact is enough. */
const TELLING_ALONE = 1

/** What may stand for one machine or one person; a rule that is shared must not have it. */
const NAMING = [
  /\b\d{1,3}(\.\d{1,3}){3}\b/,
  /([\da-f]{2}[:-]){3,}[\da-f]{2}/i,
  /\b[\da-f]{12,}\b/i,
  /[\da-f]{1,4}(:[\da-f]{0,4}){3,}/i,
  /[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}/i,
  /\d{6,}/,
  /@/,
  // The name of a machine or of somebody's network.
  /\b[a-z][a-z\d-]*(\.[a-z\d-]+)*\.[a-z]{2,}\b/i,
]

export interface Corrected {
  readonly edits: Edits
  readonly facts: readonly Said[]
  /** Its names, addresses and numbers: nothing of a rule may have them. */
  readonly own: readonly string[]
}

/** The rule, or undefined where the device says nothing that would tell it from others. */
export function suggestionFor({ edits, facts, own }: Corrected): Suggestion | undefined {
  const claim = Object.fromEntries(
    OUTRANKING.flatMap(property => {
      const value = edits[property]
      return value && !isTelltale(value, own) ? [[property, value] as const] : []
    }),
  )
  const said = telling(facts, own)
  const [first] = said
  if (first === undefined || Object.keys(claim).length === 0) return undefined
  const second = said.find(({ fact }) => protocolOf(fact) !== protocolOf(first.fact))
  const chosen =
    second === undefined || rankOf(first.fact) <= TELLING_ALONE ? [first] : [first, second]
  const when = Object.fromEntries(chosen.map(({ fact, value }) => [fact, value]))
  const words = [claim.vendor, claim.model, claim.kind].filter(word => word !== undefined)
  return {
    rule: `own-${words.join('-') || 'system'}`.toLowerCase().replace(/[^a-z\d]+/g, '-'),
    claim,
    confidence: CONFIDENCE,
    when,
    why: `A person said so of a device with this ${first.fact.replace('.', ' ')}.`,
    examples: [{ given: when, claim }],
    counterexamples: [{ ...when, [first.fact]: `not ${first.value}` }],
  }
}

function telling(facts: readonly Said[], own: readonly string[]): Said[] {
  return facts
    .filter(({ fact, value }) => rankOf(fact) >= 0 && isNobodys(value, own))
    .sort((a, b) => rankOf(a.fact) - rankOf(b.fact) || b.value.length - a.value.length)
}

const rankOf = (fact: string): number => TELLING.findIndex(pattern => pattern.test(fact))
const protocolOf = (fact: string): string => fact.slice(0, fact.indexOf('.'))

function isNobodys(value: string, own: readonly string[]): boolean {
  if (value.length < VALUE.min || value.length > VALUE.max) return false
  // A word between slashes would be taken for a pattern.
  return !value.startsWith('/') && !isTelltale(value, own)
}

/** It may stand for this one machine, or for whose it is. */
function isTelltale(value: string, own: readonly string[]): boolean {
  if (NAMING.some(pattern => pattern.test(value))) return true
  const text = value.toLowerCase()
  return own.some(word => word.length >= VALUE.min && text.includes(word.toLowerCase()))
}
