/**
 * Where every frame of an interface went, exactly: what the ring counted, less what it had no room
 * for, is what was walked and what still waits; what was walked is in one of the classes.
 */

import { thousands } from '../bytes/thousands.js'
import type { LedgerLine } from '../model/health.js'

/** Counts of one interface since its opening, over all workers. */
export interface LedgerCounts {
  readonly interface: string
  /** PACKET_STATISTICS: tp_packets, which includes tp_drops. */
  readonly received: number
  readonly dropped: number
  /** Frames read out of rings: asked before the statistics, or more is walked than was received. */
  readonly walked: number
  /** Each frame stands in one of these: a duplicate is neither decoded nor undecoded. */
  readonly decoded: number
  readonly undecoded: number
  readonly duplicate: number
  readonly shed: number
  readonly early: number
  /** The interface's own count since then; null where nobody knows. */
  readonly interface_received: number | null
}

export function ledgerLine(counts: LedgerCounts): LedgerLine {
  const { received, dropped, walked, interface_received } = counts
  const waiting = received - dropped - walked
  const classed = counts.decoded + counts.undecoded + counts.duplicate + counts.shed + counts.early
  const unexplained = walked - classed
  const filtered_or_merged = interface_received === null ? null : interface_received - received
  const exact = unexplained === 0 && waiting >= 0
  const line = { ...counts, waiting, unexplained, exact, filtered_or_merged }
  return { ...line, words: wordsOf(line) }
}

/** All interfaces together, under a name of its own. */
export function ledgerSum(name: string, lines: readonly LedgerCounts[]): LedgerCounts {
  const sum = (of: (line: LedgerCounts) => number): number =>
    lines.reduce((total, line) => total + of(line), 0)
  const known = lines.every(line => line.interface_received !== null)
  return {
    interface: name,
    received: sum(line => line.received),
    dropped: sum(line => line.dropped),
    walked: sum(line => line.walked),
    decoded: sum(line => line.decoded),
    undecoded: sum(line => line.undecoded),
    duplicate: sum(line => line.duplicate),
    shed: sum(line => line.shed),
    early: sum(line => line.early),
    interface_received: known ? sum(line => line.interface_received ?? 0) : null,
  }
}

function wordsOf(line: Omit<LedgerLine, 'words'>): string {
  const classes: readonly (readonly [count: number, what: string])[] = [
    [line.decoded, 'decoded'],
    [line.undecoded, 'not decoded'],
    [line.duplicate, 'duplicate'],
    [line.shed, 'heard by their first bytes'],
    [line.early, 'before all workers listened'],
    [line.unexplained, 'unexplained'],
  ]
  const walked = classes
    .filter(([count]) => count !== 0)
    .map(([count, what]) => `${thousands(count)} ${what}`)
  const parts = [
    `${thousands(line.received)} received`,
    `${thousands(line.dropped)} dropped by the ring`,
    ...(line.waiting === 0 ? [] : [`${thousands(line.waiting)} waiting`]),
    `${thousands(line.walked)} read${walked.length > 0 ? ` (${walked.join(', ')})` : ''}`,
    ...differenceWords(line.filtered_or_merged),
  ]
  return parts.join('; ')
}

/** The interface's own count is never exact: filters and merging stand between it and the ring. */
function differenceWords(difference: number | null): string[] {
  if (difference === null || difference === 0) return []
  return difference > 0
    ? [`${thousands(difference)} filtered or merged, by the interface's own count`]
    : [`${thousands(-difference)} more than the interface's own count`]
}
