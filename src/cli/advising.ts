/** What should be mended of what was read: recommendations for every device of a capture, and its risk. */

import { deviceStatements, reachedBy } from '../findings/recommendations/device-statements.js'
import { shown, type Advice, type Subject } from '../findings/recommendations/judging.js'
import { DAY_MS } from '../findings/recommendations/limits.js'
import type { Statement } from '../findings/recommendations/matching.js'
import { shippedAdvice } from '../findings/recommendations/shipped.js'
import { riskOf, type Exposure } from '../findings/risk.js'
import type { Device, InventoryDocument } from '../identity/document.js'
import type { CaptureSummary } from '../model/capture.js'
import type { Finding } from '../model/finding.js'
import { facts } from '../protocols/index.js'
import { RESOLVE_DAYS } from '../settings/recommendations.js'

export const adviceFor = (): Advice => shippedAdvice(facts.map(({ name }) => name))

const millis = (micros: number): number => Math.floor(micros / 1000)

/** The same document with what was found; now is its last frame's time. */
export function advised(
  document: InventoryDocument,
  advice: Advice,
  resolve_days = RESOLVE_DAYS,
): InventoryDocument {
  const { capture } = document
  const now = millis(capture.last)
  const reached = reachedIn(document)
  const recommendations: Finding[] = []
  const devices = document.devices.map((device, i) => {
    const own = reached[i] ?? []
    const subject = subjectOf(device, document, advice)
    const statements = [...subject.statements, ...own]
    const found = advice.judge(
      { ...subject, statements },
      {
        now,
        resolve_ms: resolve_days * DAY_MS,
        heardSince: time => heardSince(capture, device.vlans, time),
      },
    )
    const findings = found.flatMap(one => (one.standing === 'healthy' ? [] : [shown(one, advice)]))
    recommendations.push(...findings)
    const open = findings.filter(({ standing }) => standing === 'unhealthy')
    const { score } = riskOf(open, exposureOf(own))
    return score === device.risk ? device : { ...device, risk: score }
  })
  return { ...document, devices, recommendations }
}

function subjectOf(device: Device, { evidence }: InventoryDocument, advice: Advice): Subject {
  const reads = (fact: string): boolean => advice.reads(fact)
  const said = new Map<string, Statement>()
  for (const index of device.evidence) {
    const fact = evidence.fact(index).name
    if (!reads(fact)) continue
    const value = evidence.text(index)
    const before = said.get(`${fact}\0${value}`)
    const first = Math.min(before?.first ?? Infinity, millis(evidence.time(index)))
    const last = Math.max(before?.last ?? -Infinity, millis(evidence.latest(index)))
    said.set(`${fact}\0${value}`, { fact, value, first, last })
  }
  return {
    id: device.id,
    first_seen: millis(device.firstSeen),
    last_seen: millis(device.lastSeen),
    statements: [...deviceStatements({ ...device, authorized: null }, reads), ...said.values()],
  }
}

/** At least so many seconds: all that was heard both ways, but for as many as passed before. */
function heardSince(capture: CaptureSummary, vlans: readonly number[], time: number): number {
  const before = (time - millis(capture.first)) / 1000
  const own = vlans.length === 0 ? [0] : vlans
  const heard = own.map(vlan => capture.coverage?.find(one => one.vlan === vlan))
  return Math.min(...heard.map(one => (one ? one.seconds - one.one_way_seconds - before : 0)))
}

const REACHED = 'device.reached'

function exposureOf(reached: readonly Statement[]): Exposure {
  const isInternet = ({ value }: Statement): boolean => value.startsWith('internet ')
  return { internet: reached.some(isInternet), lateral: !reached.every(isInternet) }
}

/** By device: whom it answered that is of another kind. */
function reachedIn({ conversations: talks }: InventoryDocument): Statement[][] {
  const reached: Statement[][] = []
  const { presence } = talks.heard
  for (let i = 0; i < talks.count; i++) {
    const to = talks.to[i]!
    const row = talks.row[i]!
    if (to < 0 || presence.octetsBack(row) === 0) continue
    const value = reachedBy(talks.scopes[talks.scope[i]!]!, talks.labels[talks.label(i)]!)
    if (value === '') continue
    const own = (reached[to] ??= [])
    if (own.length === REACHED_MAX) continue
    const [first, last] = [millis(presence.first(row)), millis(presence.last(row))]
    own.push({ fact: REACHED, value, first, last })
  }
  return reached
}

/** More say nothing new of one device. */
const REACHED_MAX = 64
