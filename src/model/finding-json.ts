/** A finding as every output has it. */

import type { Time } from './device.js'
import type { Finding } from './finding.js'

const timeText = (time: Time): string => new Date(time).toISOString()
const timeTextOrNull = (time: Time | null): string | null => (time === null ? null : timeText(time))

export function findingJson(finding: Finding): Readonly<Record<string, unknown>> {
  const { id, title, device, status, severity, first, last, resolved, because } = finding
  const { acceptance, proofs, mend } = finding
  return {
    ...{ id, title, device, status, severity },
    first: timeText(first),
    last: timeText(last),
    resolved: timeTextOrNull(resolved),
    because,
    accepted: acceptance && {
      ...{ by: acceptance.by, reason: acceptance.reason, at: timeText(acceptance.at) },
      until: timeTextOrNull(acceptance.until),
    },
    evidence: proofs.map(({ fact, value, rule, first: from, last: to }) => ({
      ...{ fact, value, rule },
      first: timeTextOrNull(from),
      last: timeTextOrNull(to),
    })),
    mend,
  }
}
