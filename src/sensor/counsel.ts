/** Who advises what should be mended, live: what is shipped, how well VLANs are heard, and its words for people. */

import type { Counsel, Counselled } from '../api/call.js'
import { CoverageDays } from '../findings/recommendations/coverage-days.js'
import type { Advice } from '../findings/recommendations/judging.js'
import { Recommending } from '../findings/recommendations/recommending.js'
import { shippedAdvice } from '../findings/recommendations/shipped.js'
import { about, ticketText, wallsFor, type Named } from '../findings/recommendations/writing.js'
import type { DeviceRecord } from '../model/device.js'
import type { Fact } from '../model/fact.js'

export interface Advisers {
  readonly recommending: Recommending
  readonly coverage: CoverageDays
  readonly counsel: Counsel
}

export function advisersFor(facts: readonly Fact[], resolve_days: number): Advisers {
  const advice = shippedAdvice(facts.map(({ name }) => name))
  const coverage = new CoverageDays()
  const heardSince = (vlans: readonly number[], time: number): number =>
    coverage.heardSince(vlans, time)
  const recommending = new Recommending({ advice, resolve_days, heardSince })
  return { recommending, coverage, counsel: counselOf(advice) }
}

export function counselOf(advice: Advice): Counsel {
  return {
    ids: advice.recommendations.filter(({ isFrame }) => !isFrame).map(({ id }) => id),
    tell(recommendation, topic, devices): Counselled | undefined {
      const known = advice.of(recommendation)
      if (known === undefined || known.isFrame !== (topic !== '')) return undefined
      const addresses = devices.flatMap(({ ipv4, ipv6 }) => [...ipv4, ...ipv6])
      return {
        title: about(known.title, topic),
        severity: known.severity,
        why: about(known.why, topic),
        mend: known.mend.map(step => about(step, topic)),
        ticket: ticketText(known, topic, devices.map(named)),
        walls: wallsFor(known, topic, addresses),
      }
    },
  }
}

function named({
  id,
  names,
  kind,
  vendor,
  model,
  ipv4,
  ipv6,
  macs,
  location,
}: DeviceRecord): Named {
  const { switch: at = null, port = null, civic = null } = location ?? {}
  const where = civic ?? ([at, port].filter(Boolean).join(' ') || null)
  return {
    ...{ id, name: names[0] ?? null, kind, vendor, model, macs, location: where },
    addresses: [...ipv4, ...ipv6],
  }
}
