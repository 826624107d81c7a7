/** What can be wrong with what a mirror gives us: how it shows, and how a person mends it. */

import { thousands } from '../bytes/thousands.js'
import type { Severity } from '../model/health.js'
import type { Measurements, VlanMeasurements } from './measurements.js'
import * as at from './thresholds.js'

/** What a rule saw. */
export interface Sight {
  /** Where it holds for one VLAN only. */
  readonly vlan?: number
  readonly evidence: string
  readonly severity?: Severity
}

export interface MirrorRule {
  readonly id: string
  readonly severity: Severity
  readonly title: string
  /** How long it must hold, if other than usual. */
  readonly appears_seconds?: number
  readonly goes_seconds?: number
  look(measured: Measurements): readonly Sight[]
  mend(measured: Measurements): string
}

export const number = (value: number): string => thousands(value, 1)

export const percent = (part: number, whole: number): string => {
  const share = whole > 0 ? (100 * part) / whole : 0
  return share > 0 && share < 0.1 ? 'under 0.1 %' : `${number(share)} %`
}

const vlanName = (vlan: number): string => (vlan === 0 ? 'untagged' : `VLAN ${String(vlan)}`)
const none: readonly Sight[] = []
const sight = (holds: boolean, evidence: string): readonly Sight[] =>
  holds ? [{ evidence }] : none

const linkDown: MirrorRule = {
  id: 'link-down',
  severity: 'critical',
  title: 'The link is down',
  appears_seconds: 2,
  goes_seconds: 2,
  look({ present, up, running }) {
    if (!present) return sight(true, 'the interface is gone')
    if (!up) return sight(true, 'the interface is switched off')
    return sight(!running, 'no cable, or nothing at its other end')
  },
  mend(measured) {
    const name = measured.interface
    if (!measured.present) return `plug it in again, or load its driver: ip link show ${name}`
    if (!measured.up) return `ip link set ${name} up`
    return 'check the cable, and on the switch that the mirror port is not shut down (no shutdown)'
  },
}

const noTraffic: MirrorRule = {
  id: 'no-traffic',
  severity: 'high',
  title: 'No frame is heard',
  appears_seconds: 0,
  goes_seconds: 2,
  look: ({ silent_seconds }) =>
    sight(
      silent_seconds >= at.SILENT_SECONDS,
      `no frame for ${number(Math.floor(silent_seconds))} seconds`,
    ),
  mend: measured =>
    measured.mode === 'tunnel'
      ? "on the switch, check that the session is up, and that its destination is this machine's " +
        `address; here, that frames arrive: tcpdump -c 5 -i ${measured.interface}`
      : 'on the switch, check that the mirror session is up (show monitor session all), that its ' +
        'destination is the port this cable is in, and that its source ports or VLANs carry ' +
        `traffic; here, that no filter holds frames back: tcpdump -c 5 -i ${measured.interface}`,
}

const oneWay: MirrorRule = {
  id: 'one-way-mirror',
  severity: 'high',
  title: 'Only one direction is mirrored',
  look({ vlans, unicast, packets }) {
    // Where nearly all is said to everybody there are no two directions.
    if (unicast && unicast.ours + unicast.others < packets * at.UNICAST_SHARE) return none
    const judged = vlans.filter(
      one => one.seconds >= at.SECONDS_MIN && one.packets >= at.FRAMES_MIN,
    )
    const deaf = judged.filter(one => one.one_way_seconds >= one.seconds * at.ONE_WAY_SHARE)
    if (deaf.length > 0 && deaf.length === judged.length) {
      const worst = deaf.reduce((a, b) => (b.packets > a.packets ? b : a))
      return [{ evidence: oneWayWords(worst) }]
    }
    return deaf.map(one => ({ vlan: one.vlan, evidence: oneWayWords(one) }))
  },
  mend: () =>
    'on the switch, mirror both directions of the source (monitor session 1 source interface ... ' +
    'both); with a TAP, hear both of its ports: capture.interfaces: [eth1, eth2]',
}

const oneWayWords = (one: VlanMeasurements): string =>
  `no conversation was heard both ways in ${number(one.one_way_seconds)} of ` +
  `${number(one.seconds)} seconds (${vlanName(one.vlan)}, ${number(one.packets)} frames)`

const notMirror: MirrorRule = {
  id: 'not-a-mirror',
  severity: 'high',
  title: 'This is an ordinary port, no mirror',
  look({ mode, unicast, packets }) {
    if (mode === 'tunnel' || unicast === null || packets < at.FRAMES_MIN) return none
    const { ours, others } = unicast
    const all = ours + others
    if (all < packets * at.FLOODED_SHARE) {
      return sight(true, `only broadcasts and multicasts among ${number(packets)} frames`)
    }
    return sight(
      all >= at.UNICAST_MIN && others < all * at.FOREIGN_SHARE,
      `${number(ours)} of ${number(all)} frames to one station are for this machine itself`,
    )
  },
  mend: ({ interface: name }) =>
    `make the switch port of ${name} the destination of a mirror session (monitor session 1 ` +
    'destination interface ...), or name the right interface: capture.interfaces',
}

const transmitting: MirrorRule = {
  id: 'transmitting',
  severity: 'high',
  title: 'This machine sends on its mirror interface',
  appears_seconds: 0,
  look: ({ mode, transmitted }) =>
    sight(
      mode === 'mirror' && transmitted > 0,
      `${number(transmitted)} frames sent since the sensor began; none of them by the sensor`,
    ),
  mend: ({ interface: name }) =>
    `take its addresses away: ip addr flush dev ${name}; ` +
    `sysctl -w net.ipv6.conf.${name}.disable_ipv6=1; stop what else uses it (lldpd, DHCP clients)`,
}

const duplicated: MirrorRule = {
  id: 'duplicated-frames',
  severity: 'low',
  title: 'Frames are mirrored twice',
  look: ({ duplicates: { same }, packets }) =>
    sight(
      same >= at.ODD_FRAMES_MIN && same > packets * at.DUPLICATE_SHARE,
      `${number(same)} of ${number(packets)} frames came twice (${percent(same, packets)})`,
    ),
  mend: () =>
    'on the switch, mirror ports in one direction only when both ends are sources (monitor session ' +
    '1 source interface ... rx), or a VLAN instead of its ports; it costs room, not correctness',
}

const truncated: MirrorRule = {
  id: 'truncated-frames',
  severity: 'medium',
  title: 'Frames come cut off',
  look: ({ cut, packets, snaplen }) =>
    sight(
      cut >= at.ODD_FRAMES_MIN && cut > packets * at.CUT_SHARE,
      `${number(cut)} of ${number(packets)} frames (${percent(cut, packets)}) are not whole; ` +
        `snaplen is ${String(snaplen)}`,
    ),
  mend: ({ snaplen, mtu }) =>
    snaplen < mtu + 100
      ? 'raise capture.snaplen to 65535'
      : 'on the switch, take truncation out of the mirror session (no mtu, no truncate, no slice)',
}

export const linkRules = [linkDown, noTraffic]
export const mirrorRules = [notMirror, oneWay, transmitting, truncated, duplicated]
