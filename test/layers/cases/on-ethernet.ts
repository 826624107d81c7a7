/** Tags and carriers on Ethernet itself. */

import { hex, join, u16, u24, u32, u8, zeros } from '../../../fixtures/build/bytes.js'
import { padded } from '../../../fixtures/build/frames.js'
import * as built from '../../../fixtures/build/tunnels.js'
import { typed, outer, snap, nshHead, type Case } from './case.js'

export const onEthernet: readonly Case[] = [
  { name: 'ethernet', layers: 'ethernet ip4 tcp', make: frame => frame },
  { name: 'padding', layers: 'ethernet ip4 tcp', make: frame => padded(join(frame, zeros(9))) },
  {
    name: 'length 0, to be cut by the card',
    layers: 'ethernet ip4 tcp',
    make: frame => join(frame.subarray(0, 16), u16(0), frame.subarray(18)),
  },
  {
    name: 'ip options',
    layers: 'ethernet ip4 tcp',
    make: frame =>
      join(
        frame.subarray(0, 14),
        u8(0x46),
        u8(0),
        u16(49),
        frame.subarray(18, 34),
        zeros(4),
        frame.subarray(34),
      ),
  },
  {
    name: '802.1Q',
    layers: 'ethernet vlan ip4 tcp',
    make: f => built.vlan(f, 7),
    says: { vlans: '7 0' },
  },
  { name: 'tag 0', layers: 'ethernet vlan ip4 tcp', make: f => built.vlan(f, 0, 5) },
  {
    name: 'tag 0 around a tag',
    layers: 'ethernet vlan vlan ip4 tcp',
    make: f => built.vlan(built.vlan(f, 9), 0),
    says: { vlans: '9 0' },
  },
  ...[0x88a8, 0x8100, 0x9100, 0x9200].map(tpid => ({
    name: `two tags, ${tpid.toString(16)}`,
    layers: 'ethernet vlan vlan ip4 tcp',
    make: (f: Uint8Array) => built.qinq(f, { outer: 100, inner: 200, tpid }),
    says: { vlans: '100 200' },
  })),
  {
    name: 'LLC and SNAP',
    layers: 'ethernet snap ip4 tcp',
    make: f => join(f.subarray(0, 12), u16(f.length - 6), snap(f), zeros(5)),
  },
  { name: 'MPLS', layers: 'ethernet mpls mpls ip4 tcp', make: f => built.mpls(f, [16, 17]) },
  {
    name: 'pseudowire',
    layers: 'ethernet mpls pseudowire ethernet ip4 tcp',
    make: (f, { from, to }) => built.mplsEthernet(f, { from, to, labels: [16] }),
  },
  {
    name: 'pseudowire without control word',
    layers: 'ethernet mpls pseudowire ethernet ip4 tcp',
    make: (f, ends) => outer(ends, 0x8847, join(u32(0x00010140), f)),
  },
  {
    name: 'PPPoE',
    layers: 'ethernet pppoe ppp ip4 tcp',
    make: f => join(built.pppoe(f), zeros(3)),
  },
  {
    name: 'PPPoE, bridged',
    layers: 'ethernet pppoe ppp ethernet ip4 tcp',
    make: (f, ends) =>
      outer(ends, 0x8864, join(hex('11 00 00 01'), u16(f.length + 4), hex('00 31 00 01'), f)),
  },
  {
    name: 'VN-Tag',
    layers: 'ethernet vn-tag ip4 tcp',
    make: f => typed(f, 0x8926, join(u32(5), f.subarray(12))),
  },
  {
    name: 'E-Tag',
    layers: 'ethernet e-tag ip4 tcp',
    make: f => typed(f, 0x893f, join(zeros(6), f.subarray(12))),
  },
  {
    name: 'Cisco MetaData',
    layers: 'ethernet cisco-meta ip4 tcp',
    make: f => typed(f, 0x8909, join(hex('01 01 00 01 00 07'), f.subarray(12))),
  },
  {
    name: 'FabricPath',
    layers: 'ethernet fabricpath ethernet ip4 tcp',
    make: (f, ends) => outer(ends, 0x8903, join(u16(0x0040), f)),
  },
  {
    name: 'PBB',
    layers: 'ethernet vlan pbb ethernet ip4 tcp',
    make: (f, ends) => built.vlan(outer(ends, 0x88e7, join(u8(0), u24(4711), f)), 3),
    says: { session: 4711 },
  },
  {
    name: 'HSR',
    layers: 'ethernet hsr ip4 tcp',
    make: f => typed(f, 0x892f, join(u32(9), f.subarray(12))),
  },
  {
    name: 'R-Tag',
    layers: 'ethernet r-tag ip4 tcp',
    make: f => typed(f, 0xf1c1, join(u32(9), f.subarray(12))),
  },
  {
    name: 'NSH',
    layers: 'ethernet nsh ethernet ip4 tcp',
    make: (f, ends) => outer(ends, 0x894f, join(nshHead(3), f)),
  },
  {
    name: 'MACsec that hides nothing',
    layers: 'ethernet macsec ip4 tcp',
    make: f => typed(f, 0x88e5, join(u8(0x20), u8(0), zeros(12), f.subarray(12), zeros(16))),
  },
  {
    name: 'PRP trailer',
    layers: 'ethernet ip4 tcp',
    make: f => join(f, hex('00 01 a0 40 88 fb')),
  },
]
