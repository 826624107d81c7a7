/**
 * Claims on one property, weighed. Claims that rest on the same protocol are one witness, the surest
 * of them; witnesses of different protocols strengthen each other; rivals weaken each other.
 */

import { categoryOf } from '../model/kinds.js'
import type { Claim, Verdict } from '../model/judge.js'

/** Below this we say that we don't know. */
export const SHOWN_MIN = 0.5
/** A verdict gives way only to one that is better by so much. */
const BETTER_BY = 0.08
/** Nobody is ever sure. */
const SURE_MAX = 0.99

interface Side {
  readonly value: string
  readonly odds: number
}

/** Kinds that say no more than what category a device is of. */
const GENERIC = new Set([
  ...['iot-device', 'network-device', 'computer', 'mobile-device', 'server', 'ot-device'],
  ...['medical-device', 'sensor'],
])

/** Kinds that do the work of others: what one is used for doesn't speak against it, nor it against that. */
const CARRIERS = new Set(['computer', 'virtual-machine', 'server'])
const WORK = new Set([
  ...['plc', 'hmi', 'historian', 'engineering-station', 'scada-server', 'dcs-controller', 'rtu'],
  ...['industrial-gateway', 'protocol-converter', 'building-controller', 'marquee'],
  ...['router', 'firewall', 'vpn-gateway', 'load-balancer', 'wireless-controller', 'pbx'],
  ...['voip-gateway', 'time-server', 'print-server', 'nvr', 'point-of-sale', 'kiosk', 'atm'],
  ...['digital-signage', 'access-controller', 'conference-system', 'imaging-device'],
])

/** Where something carries it, work must be so sure to be what is told. */
const WORK_MIN = 0.6

const isWork = (kind: string): boolean =>
  (categoryOf(kind) === 'server' || WORK.has(kind)) && !CARRIERS.has(kind)

/** `keyOf` tells which values are the same, however they are written. */
export function weigh(
  claims: readonly Claim[],
  keyOf: (value: string) => string,
  before?: Verdict,
): Verdict | undefined {
  const sides = sidesOf(claims, keyOf)
  if (sides.length === 0) return undefined
  return pick(sides, side => share(side, sides), keyOf, before)
}

/** As `weigh`, for kinds: one that says only the category strengthens all kinds of that category. */
export function weighKinds(claims: readonly Claim[], before?: Verdict): Verdict | undefined {
  const sides = sidesOf(claims, kind => kind)
  if (sides.length === 0) return undefined
  const special = sides.filter(({ value }) => !GENERIC.has(value))
  const shareIn = (side: Side): number => shareOfKind(side, sides)
  // What a machine does says more than that it is a virtual one.
  const isCarried = sides.some(({ value }) => CARRIERS.has(value))
  const known = special.filter(
    side =>
      !CARRIERS.has(side.value) && !(isCarried && isWork(side.value) && shareIn(side) < WORK_MIN),
  )
  return (
    pick(known, shareIn, same, before) ??
    pick(
      special.filter(({ value }) => CARRIERS.has(value)),
      shareIn,
      same,
      before,
    ) ??
    pick(
      sides.filter(({ value }) => GENERIC.has(value)),
      side => shareOfCategory(side, sides),
      same,
      before,
    )
  )
}

/** Each value of one property, with what is left of its witnesses' word beside the others'. */
export function sharesOf(
  claims: readonly Claim[],
  keyOf: (value: string) => string,
): { readonly value: string; readonly share: number }[] {
  const sides = sidesOf(claims, keyOf)
  const isKind = claims[0]?.property === 'kind'
  return sides.map(side => ({
    value: side.value,
    share: Math.min(
      SURE_MAX,
      !isKind
        ? share(side, sides)
        : GENERIC.has(side.value)
          ? shareOfCategory(side, sides)
          : shareOfKind(side, sides),
    ),
  }))
}

const same = (value: string): string => value

function pick(
  sides: readonly Side[],
  shareOf: (side: Side) => number,
  keyOf: (value: string) => string,
  before: Verdict | undefined,
): Verdict | undefined {
  let best: Verdict | undefined
  let kept: Verdict | undefined
  for (const side of sides) {
    const confidence = Math.min(SURE_MAX, shareOf(side))
    const verdict = { value: side.value, confidence }
    if (best === undefined || confidence > best.confidence) best = verdict
    if (before !== undefined && keyOf(before.value) === keyOf(side.value)) kept = verdict
  }
  const chosen = kept && best && best.confidence < kept.confidence + BETTER_BY ? kept : best
  return chosen && chosen.confidence >= SHOWN_MIN ? chosen : undefined
}

/** Each value with the odds that its witnesses give it. */
function sidesOf(claims: readonly Claim[], keyOf: (value: string) => string): Side[] {
  const byValue = new Map<string, { value: string; best: number; witnesses: Map<string, number> }>()
  for (const { value, confidence, fact } of claims) {
    const key = keyOf(value)
    let side = byValue.get(key)
    if (side === undefined) byValue.set(key, (side = { value, best: 0, witnesses: new Map() }))
    if (confidence > side.best) {
      side.best = confidence
      side.value = value
    }
    const witness = witnessOf(fact)
    side.witnesses.set(witness, Math.max(confidence, side.witnesses.get(witness) ?? 0))
  }
  return [...byValue.values()].map(({ value, witnesses }) => {
    let doubt = 1
    for (const confidence of witnesses.values()) doubt *= 1 - confidence
    return { value, odds: (1 - doubt) / Math.max(doubt, 1 - SURE_MAX) }
  })
}

/** Whom it calls: by name, and by what it says to them. */
const CALLS: ReadonlySet<string> = new Set(['peer.name', 'tls.sni', 'http.host', 'http2.host'])

/** The protocol that a fact was heard in; a call is the same, however its name was heard. */
const witnessOf = (fact: string): string =>
  CALLS.has(fact) ? 'peer' : fact.slice(0, fact.indexOf('.'))

const share = ({ odds }: Side, all: readonly Side[]): number => odds / (1 + sum(all))

const sum = (sides: readonly Side[]): number => sides.reduce((all, { odds }) => all + odds, 0)

function shareOfKind({ value, odds }: Side, all: readonly Side[]): number {
  const rivals = all.filter(side => side.value !== value && isRival(side.value, value))
  return odds / (1 + odds + sum(rivals))
}

function shareOfCategory({ value }: Side, all: readonly Side[]): number {
  const category = categoryOf(value)
  const own = all.filter(side => categoryOf(side.value) === category)
  const others = all.filter(side => !own.includes(side) && isRival(side.value, value))
  return sum(own) / (1 + sum(own) + sum(others))
}

/** Whether a machine of this kind can't well be of that kind, too. */
function isRival(kind: string, than: string): boolean {
  if (GENERIC.has(kind) && categoryOf(kind) === categoryOf(than)) return false
  if (CARRIERS.has(kind)) return !isWork(than) && !CARRIERS.has(than)
  return !(CARRIERS.has(than) && isWork(kind))
}
