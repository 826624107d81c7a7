/** What can be wrong on the way from the switch to the worker: tags, merging, loss, clocks. */

import type { Measurements } from './measurements.js'
import { number, percent, type MirrorRule, type Sight } from './mirror-rules.js'
import * as at from './thresholds.js'

const sight = (holds: boolean, evidence: string): readonly Sight[] => (holds ? [{ evidence }] : [])

/** Of everything that reached the place, what was lost there. */
function loss(lost: number, { packets }: Measurements): readonly Sight[] {
  if (lost <= 0) return []
  const all = packets + lost
  const severity = lost > all * at.GRAVE_LOSS_SHARE ? 'high' : 'medium'
  return [{ evidence: `${number(lost)} frames lost (${percent(lost, all)})`, severity }]
}

const dropsNic: MirrorRule = {
  id: 'drops-nic',
  severity: 'medium',
  title: 'The network card loses frames',
  appears_seconds: 0,
  look: measured => loss(measured.dropped.nic, measured),
  mend: ({ interface: name }) =>
    `give it a larger queue: ethtool -g ${name} shows the maximum, ethtool -G ${name} rx 4096 sets ` +
    `it; switch pause frames off: ethtool -A ${name} rx off tx off`,
}

const dropsRing: MirrorRule = {
  id: 'drops-ring',
  severity: 'medium',
  title: 'The ring is too small for the load',
  appears_seconds: 0,
  look: measured => loss(measured.dropped.ring, measured),
  mend: () =>
    'raise capture.workers if cores are idle, else capture.ring_blocks; or leave out what need not ' +
    "be heard, for example capture.filter: 'not port 9000'",
}

const dropsWorker: MirrorRule = {
  id: 'drops-worker',
  severity: 'medium',
  title: 'Workers do not keep up',
  appears_seconds: 0,
  look: measured => loss(measured.dropped.worker, measured),
  mend: () =>
    'raise capture.workers if cores are idle, and see in the log whether a worker died; or leave ' +
    'out what need not be heard with capture.filter',
}

const sequenceGaps: MirrorRule = {
  id: 'sequence-gaps',
  severity: 'high',
  title: 'Frames are lost between the switch and the sensor',
  appears_seconds: 0,
  look: ({ sessions, mode, dropped }) =>
    sessions
      // Other tunnels than those that end here may lose what they like.
      .filter(({ mirrors }) => mirrors || mode === 'tunnel')
      // What was lost here is missing there as well.
      .filter(({ lost }) => lost > dropped.nic + dropped.ring + dropped.worker)
      .filter(({ lost, packets }) => lost > (packets + lost) * at.GAP_SHARE)
      .slice(0, at.VLANS_TOLD_MAX)
      .map(({ session, lost, packets }) => ({
        evidence:
          `${session}: ${number(lost)} of ${number(packets + lost)} frames never came ` +
          `(${percent(lost, packets + lost)})`,
      })),
  mend: () =>
    'mirror less in this session, give it priority on the way (its DSCP), and see that the way ' +
    'carries the longer frames: an MTU of 1600 or more on every hop',
}

const tagsMissing: MirrorRule = {
  id: 'vlan-tags-missing',
  severity: 'medium',
  title: 'VLAN tags are missing',
  look({ untagged_networks: networks, vlans, mode }) {
    const tagged = vlans.some(({ vlan, packets }) => vlan !== 0 && packets > 0)
    if (mode === 'tunnel' || tagged || networks === null) return []
    return sight(
      networks >= at.UNTAGGED_NETWORKS,
      `ARP of ${number(networks)} networks was heard, and no frame with a tag`,
    )
  },
  mend: ({ interface: name }) =>
    'on the switch, let the mirror port keep tags (monitor session 1 destination interface ... ' +
    `encapsulation replicate); here, that the card does: ethtool -K ${name} rxvlan off`,
}

const tagsOneWay: MirrorRule = {
  id: 'vlan-tags-one-way',
  severity: 'low',
  title: 'Only one direction carries VLAN tags',
  look: ({ vlans }) =>
    vlans
      .filter(
        ({ vlan, packets, tagged_one_way: oneWay }) =>
          vlan !== 0 && packets >= at.FRAMES_MIN && oneWay >= packets * at.TAGGED_ONE_WAY_SHARE,
      )
      .slice(0, at.VLANS_TOLD_MAX)
      .map(({ vlan, packets, tagged_one_way: oneWay }) => ({
        vlan,
        evidence:
          `${number(oneWay)} of ${number(packets)} frames of VLAN ${String(vlan)} are answered ` +
          'without a tag',
      })),
  mend: () =>
    'on the switch, mirror with tags in both directions (monitor session 1 destination interface ' +
    '... encapsulation replicate), or receive direction only on all ports of the VLAN',
}

const merged: MirrorRule = {
  id: 'merged-frames',
  severity: 'low',
  title: 'The card joins frames together',
  look: ({ merged: count, packets, mtu }) =>
    sight(
      count >= at.ODD_FRAMES_MIN && count > packets * at.MERGED_SHARE,
      `${number(count)} of ${number(packets)} frames (${percent(count, packets)}) are longer than ` +
        `an MTU of ${String(mtu)} allows: counts of frames are too low`,
    ),
  mend: ({ interface: name }) => `ethtool -K ${name} gro off lro off rx-gro-hw off`,
}

const checksums: MirrorRule = {
  id: 'broken-checksums',
  severity: 'low',
  title: 'Many checksums are wrong',
  look({ checksums: { checked, broken, unchecked } }) {
    const left = `so that ${number(unchecked)} frames were believed without`
    if (broken >= at.ODD_FRAMES_MIN && broken > checked * at.BROKEN_SHARE) {
      const share = `${number(broken)} of ${number(checked)} are wrong (${percent(broken, checked)})`
      return sight(true, unchecked === 0 ? share : `${share}, ${left}`)
    }
    return sight(unchecked >= at.ODD_FRAMES_MIN, `too many were wrong, ${left}`)
  },
  mend: () =>
    'if the mirrored machine runs on this host, its card fills checksums in later: ethtool -K ... ' +
    'tx off there; else look for a broken cable or transceiver on the way',
}

const clockOff: MirrorRule = {
  id: 'clock-off',
  severity: 'medium',
  title: "Frames' times are off",
  look({ clock_offset_seconds: offset, clock_jumps: jumps }) {
    const away = Math.abs(offset) >= at.CLOCK_OFFSET_SECONDS
    const where = offset > 0 ? 'ahead of' : 'behind'
    if (away)
      return sight(true, `${number(Math.abs(offset))} seconds ${where} this machine's clock`)
    return sight(jumps > 0, `the clock jumped ${number(jumps)} times`)
  },
  mend: ({ interface: name }) =>
    'keep the clock by NTP: timedatectl set-ntp true; chronyc tracking shows how well; if the card ' +
    `stamps frames itself, see ethtool -T ${name}`,
}

export const lossRules = [dropsRing, dropsNic, dropsWorker, sequenceGaps]
export const qualityRules = [clockOff, tagsMissing, tagsOneWay, merged, checksums]
