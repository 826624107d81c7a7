/** How the sensor is: what it hears, where frames went, and what a person should mend. */

export type Status = 'ok' | 'degraded' | 'failing'

/** How much a person should care, gravest first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof SEVERITIES)[number]

/** What is wrong with what we hear, and how to mend it. */
export interface MirrorFinding {
  /** A stable word: `one-way-mirror`. */
  readonly id: string
  readonly severity: Severity
  /** null is the whole machine. */
  readonly interface: string | null
  /** Where it holds for one VLAN only; 0 is untagged. */
  readonly vlan: number | null
  readonly title: string
  /** The numbers it rests on, in words. */
  readonly evidence: string
  /** What to do: a command of this machine or a setting of the switch. */
  readonly mend: string
  /** When it appeared, RFC 3339. */
  readonly since: string
}

/** Where every frame of an interface went. All counts are since its opening. */
export interface LedgerLine {
  readonly interface: string
  /** The ring's own count (tp_packets), with those it had no room for (tp_drops). */
  readonly received: number
  readonly dropped: number
  /** In the ring, not yet read. */
  readonly waiting: number
  readonly walked: number
  readonly decoded: number
  readonly undecoded: number
  readonly duplicate: number
  /** Heard by their first bytes only, to keep up. */
  readonly shed: number
  /** Came before all workers listened, and were left out. */
  readonly early: number
  /** 0, or our mistake: walked, and in none of the counts above. */
  readonly unexplained: number
  readonly exact: boolean
  /** What the interface itself counted since then, and how much more that is. */
  readonly interface_received: number | null
  readonly filtered_or_merged: number | null
  readonly words: string
}

export interface RingHealth {
  readonly block_bytes: number
  readonly blocks: number
  readonly timeout_ms: number
}

export interface SourceHealth {
  readonly interface: string
  /** `ring`, `libpcap`, `cap`, `pcap`. */
  readonly source: string
  readonly state: 'open' | 'down' | 'gone' | 'failed'
  /** Why it isn't open, or why it was chosen. */
  readonly why: string | null
  readonly packets: number
  readonly bytes: number
  readonly last_frame: string | null
  /** Of each worker; null where there is none. */
  readonly ring: RingHealth | null
}

export interface WorkerHealth {
  readonly worker: number
  readonly state: 'starting' | 'hearing' | 'gone'
  /** Share of the last seconds in which it did not wait. */
  readonly busy_ratio: number
  readonly packets: number
  readonly restarts: number
}

export interface TableHealth {
  readonly entries: number
  readonly evicted: number
  readonly dropped: number
}

/** The document at /api/v1/health. */
export interface Health {
  readonly schema: 'onlooker.health/1'
  readonly status: Status
  /** The status and what it is about in one line: `degraded: no-traffic`. */
  readonly summary: string
  readonly name: string
  readonly site: string | null
  readonly version: string
  readonly started: string
  readonly uptime_seconds: number
  readonly sources: readonly SourceHealth[]
  readonly ledger: readonly LedgerLine[]
  readonly findings: readonly MirrorFinding[]
  readonly workers: readonly WorkerHealth[]
  readonly tables: Readonly<Record<string, TableHealth>>
}

/** Why the sensor is not ready, and the mend. */
export interface Unready {
  readonly what: string
  readonly mend: string
}

/** The status that follows from what isn't open and what was found, and what it is about. */
export function statusOf(
  unready: readonly Unready[],
  findings: readonly MirrorFinding[],
): { status: Status; summary: string } {
  if (unready.length > 0) {
    return { status: 'failing', summary: `failing: ${unready.map(({ what }) => what).join(', ')}` }
  }
  const grave = findings.filter(({ severity }) => severity !== 'low').map(({ id }) => id)
  if (grave.length === 0) return { status: 'ok', summary: 'ok' }
  return { status: 'degraded', summary: `degraded: ${[...new Set(grave)].join(', ')}` }
}
