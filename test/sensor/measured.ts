/** A healthy interface, measured: what tests of the audit change one thing of. */

import type { Measurements, Reading, VlanMeasurements } from '../../src/sensor/measurements.js'

export const vlan = (changed: Partial<VlanMeasurements> = {}): VlanMeasurements => ({
  vlan: 10,
  seconds: 60,
  one_way_seconds: 2,
  packets: 50_000,
  duplicates: 0,
  cut: 0,
  tagged_one_way: 0,
  ...changed,
})

const healthy: Omit<Measurements, 'seconds'> = {
  interface: 'eth1',
  mode: 'mirror',
  present: true,
  up: true,
  running: true,
  mtu: 1500,
  snaplen: 65_535,
  packets: 100_000,
  silent_seconds: 0,
  cut: 0,
  merged: 0,
  duplicates: { same: 0, routed: 0 },
  checksums: { checked: 1000, broken: 0, unchecked: 0 },
  vlans: [vlan(), vlan({ vlan: 0 })],
  sessions: [],
  untagged_networks: 1,
  dropped: { nic: 0, ring: 0, worker: 0 },
  transmitted: 0,
  unicast: { ours: 0, others: 90_000 },
  clock_offset_seconds: 0.01,
  clock_jumps: 0,
}

export const measured = (changed: Partial<Measurements> = {}): Measurements => ({
  ...healthy,
  seconds: 60,
  ...changed,
})

export const reading = (changed: Partial<Reading> = {}): Reading => ({
  ...healthy,
  at: 0,
  ...changed,
})
