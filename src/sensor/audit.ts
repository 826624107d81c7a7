/**
 * The mirror's audit: from what was measured to what a person should mend. Told is what holds for
 * a while, and told no more what has been gone for a while.
 */

import { SEVERITIES, type MirrorFinding, type Severity } from '../model/health.js'
import { lossRules, qualityRules } from './capture-rules.js'
import {
  between,
  since,
  type MachineReading,
  type Measurements,
  type Reading,
} from './measurements.js'
import { linkRules, mirrorRules, number, type MirrorRule } from './mirror-rules.js'
import * as at from './thresholds.js'

/** Most important first. */
export const RULES: readonly MirrorRule[] = [
  ...linkRules,
  ...lossRules,
  ...mirrorRules,
  ...qualityRules,
]

/** What holds now, whether or not it is told yet. */
export interface Condition {
  readonly id: string
  readonly severity: Severity
  readonly interface: string | null
  readonly vlan: number | null
  readonly title: string
  readonly evidence: string
  readonly mend: string
  readonly appears_seconds: number
  readonly goes_seconds: number
}

/** Everything that is wrong with an interface over a window. */
export function conditionsOf(measured: Measurements): Condition[] {
  return RULES.flatMap(rule =>
    rule
      .look(measured)
      .slice(0, at.VLANS_TOLD_MAX)
      .map(({ vlan, evidence, severity }) => ({
        id: rule.id,
        severity: severity ?? rule.severity,
        interface: measured.interface,
        vlan: vlan ?? null,
        title: rule.title,
        evidence,
        mend: rule.mend(measured),
        appears_seconds: rule.appears_seconds ?? at.APPEARS_SECONDS,
        goes_seconds: rule.goes_seconds ?? at.GOES_SECONDS,
      })),
  )
}

/** What is wrong with the machine: its backlog is one for all interfaces. */
export function machineConditions(backlog: number, packets: number): Condition[] {
  if (backlog <= 0) return []
  const grave = backlog > (packets + backlog) * at.GRAVE_LOSS_SHARE
  return [
    {
      id: 'drops-backlog',
      severity: grave ? 'high' : 'medium',
      interface: null,
      vlan: null,
      title: "The kernel's backlog overflows",
      evidence: `${number(backlog)} frames found the queue of a processor full`,
      mend:
        'sysctl -w net.core.netdev_max_backlog=30000 net.core.netdev_budget=600; ' +
        'spread interrupts over the cores (ethtool -L ... combined 4)',
      appears_seconds: 0,
      goes_seconds: at.GOES_SECONDS,
    },
  ]
}

/** Somebody invents addresses: an attack on switches, and on whoever listens. */
export function floodConditions(invented: number): Condition[] {
  if (invented <= 0) return []
  return [
    {
      id: 'address-flood',
      severity: 'high',
      interface: null,
      vlan: null,
      title: 'Somebody floods the network with invented addresses',
      evidence: `${number(invented)} addresses that nobody has; they are taken for no devices`,
      mend:
        'on the switches, find the port that learns far too many (show mac address-table count), ' +
        'shut it, and turn on port security, DHCP snooping and ARP inspection',
      appears_seconds: 0,
      goes_seconds: at.GOES_SECONDS,
    },
  ]
}

/** A condition over time. */
interface Course {
  readonly first: number
  last: number
  condition: Condition
  /** When it was told first; '' is not yet. */
  since: string
}

export class Audit {
  private readonly readings = new Map<string, Reading[]>()
  private machine: MachineReading[] = []
  private readonly courses = new Map<string, Course>()

  /** Looks at how things are now, about once a second; tells what should be mended, worst first. */
  look(readings: readonly Reading[], machine: MachineReading, now: string): MirrorFinding[] {
    const audited = readings.slice(0, at.AUDITED_MAX)
    const windows = audited.map(reading => this.windowOf(reading))
    this.forget(audited)
    this.machine = kept(this.machine, machine)
    const packets = windows.reduce((sum, window) => sum + window.packets, 0)
    const backlog = since(this.machine[0]!.backlog, machine.backlog)
    const conditions = [
      ...windows.flatMap(conditionsOf),
      ...machineConditions(backlog, packets),
      ...floodConditions(machine.invented),
    ]
    this.follow(conditions, machine.at, now)
    return this.told()
  }

  private windowOf(reading: Reading): Measurements {
    const history = kept(this.readings.get(reading.interface) ?? [], reading)
    this.readings.set(reading.interface, history)
    return between(history[0]!, reading)
  }

  private forget(audited: readonly Reading[]): void {
    const names = new Set(audited.map(reading => reading.interface))
    for (const name of this.readings.keys()) if (!names.has(name)) this.readings.delete(name)
  }

  private follow(conditions: readonly Condition[], seconds: number, now: string): void {
    for (const condition of conditions) {
      const key = keyOf(condition)
      const course = this.courses.get(key) ?? {
        first: seconds,
        last: seconds,
        condition,
        since: '',
      }
      course.last = seconds
      course.condition = condition
      if (course.since === '' && seconds - course.first >= condition.appears_seconds) {
        course.since = now
      }
      this.courses.set(key, course)
    }
    for (const [key, course] of this.courses) {
      const gone = seconds - course.last
      if (gone > 0 && (course.since === '' || gone >= course.condition.goes_seconds)) {
        this.courses.delete(key)
      }
    }
  }

  private told(): MirrorFinding[] {
    const shown = [...this.courses.values()].filter(course => course.since !== '')
    return shown
      .map(({ condition: { id, severity, vlan, title, evidence, mend, ...where }, since }) => ({
        id,
        severity,
        interface: where.interface,
        vlan,
        title,
        evidence,
        mend,
        since,
      }))
      .sort((a, b) => weight(a) - weight(b) || compare(a, b))
  }
}

/** The moments of the last window and this one: the first is where the window begins. */
function kept<T extends { readonly at: number }>(history: readonly T[], now: T): T[] {
  const last = history.at(-1)
  const all = last && now.at - last.at < at.WINDOW_STEP_SECONDS ? [...history] : [...history, now]
  while (all.length > 1 && now.at - all[1]!.at >= at.WINDOW_SECONDS) all.shift()
  return all
}

const keyOf = ({ id, vlan, interface: name, evidence }: Condition): string =>
  // A session is known by its name, with which the evidence begins.
  `${id} ${name ?? ''} ${String(vlan)} ${id === 'sequence-gaps' ? evidence.split(': ')[0]! : ''}`

const ORDER = RULES.map(({ id }) => id).toSpliced(
  linkRules.length,
  0,
  'address-flood',
  'drops-backlog',
)
const places = new Map(ORDER.map((id, i) => [id, i]))

const weight = ({ severity, id }: MirrorFinding): number =>
  SEVERITIES.indexOf(severity) * 100 + (places.get(id) ?? 0)

const compare = (a: MirrorFinding, b: MirrorFinding): number =>
  (a.interface ?? '').localeCompare(b.interface ?? '') || (a.vlan ?? -1) - (b.vlan ?? -1)
