/** Packets and frames inside IP: GRE and its many uses, IP in IP, AH. */

import { hex, join, u16, u16le, u32, zeros } from '../../../fixtures/build/bytes.js'
import { ipPacket } from '../../../fixtures/build/frames.js'
import * as built from '../../../fixtures/build/tunnels.js'
import {
  client,
  server,
  six,
  hello,
  hello6,
  ENDS6,
  routed,
  packet,
  typed,
  overIp,
  wifi,
  left,
  type Case,
} from './case.js'

const ERSPAN_FT_IP = 2 << 10

export const inIp: readonly Case[] = [
  { name: 'GRE', layers: 'ethernet ip4 gre ip4 tcp', make: built.gre, says: routed },
  {
    name: 'GRE with everything',
    layers: 'ethernet ip4 gre ip4 tcp',
    make: (f, ends) => built.gre(f, { ...ends, key: 0x80000001, sequence: 3, checksummed: true }),
    says: { ...routed, session: 0x80000001 | 0 },
  },
  {
    name: 'GRE with routes',
    layers: 'ethernet ip4 gre ip4 tcp',
    make: (f, ends) =>
      overIp(
        ends,
        47,
        join(hex('40 00 08 00'), u32(0), hex('08 00 00 04 01 02 03 04'), u32(0), packet(f)),
      ),
    says: routed,
  },
  {
    name: 'GRE over IPv6',
    layers: 'ethernet ip6 gre ethernet ip4 tcp',
    make: (f, ends) => built.gre(f, { ...six(ends), key: 7, bridged: true }),
    says: { session: 7 },
  },
  {
    name: 'NVGRE',
    layers: 'ethernet ip4 gre ethernet ip4 tcp',
    make: (f, ends) =>
      built.gre(f, { ...ends, key: (5001 << 8) | (ends.from === left ? 1 : 2), bridged: true }),
    says: { session: 5001 },
  },
  {
    name: 'PPTP',
    layers: 'ethernet ip4 gre ppp ip4 tcp',
    make: (f, ends) =>
      overIp(
        ends,
        47,
        join(
          hex('30 81 88 0b'),
          u16(f.length - 8),
          u16(9),
          u32(1),
          u32(2),
          hex('ff 03 21'),
          packet(f),
        ),
      ),
    says: routed,
  },
  {
    name: 'EoIP',
    layers: 'ethernet ip4 gre eoip ethernet ip4 tcp',
    make: (f, ends) => overIp(ends, 47, join(hex('20 01 64 00'), u16(f.length), u16le(77), f)),
    says: { session: 77 },
  },
  {
    name: 'WCCP',
    layers: 'ethernet ip4 gre wccp ip4 tcp',
    make: (f, ends) => overIp(ends, 47, join(hex('00 00 88 3e 01 02 03 04'), packet(f))),
    says: routed,
  },
  {
    name: 'Cisco MetaData in GRE',
    layers: 'ethernet ip4 gre cisco-meta ip4 tcp',
    make: (f, ends) =>
      overIp(ends, 47, join(hex('00 00 89 09 08 00 01 01 00 01 00 07'), packet(f))),
    says: routed,
  },
  {
    name: 'Aruba',
    layers: 'ethernet ip4 gre wifi snap ip4 tcp',
    make: (f, ends) => overIp(ends, 47, join(hex('00 00 82 20'), wifi(f))),
  },
  { name: 'ERSPAN I', layers: 'ethernet ip4 gre erspan1 ethernet ip4 tcp', make: built.erspan1 },
  {
    name: 'ERSPAN II',
    layers: 'ethernet ip4 gre erspan2 ethernet vlan ip4 tcp',
    make: (f, ends) => built.erspan2(built.vlan(f, 12), { ...ends, session: 513 }),
    says: { session: 513, vlans: '12 0' },
  },
  ...[false, true].map(platform => ({
    name: platform ? 'ERSPAN III with its sub-header' : 'ERSPAN III',
    layers: 'ethernet ip4 gre erspan3 ethernet ip4 tcp',
    make: (f: Uint8Array, ends: built.Ends) =>
      built.erspan3(f, { ...ends, session: 1023, platform }),
    says: { session: 1023 },
  })),
  {
    name: 'ERSPAN III of IP',
    layers: 'ethernet ip4 gre erspan3 ip4 tcp',
    make: (f, ends) =>
      overIp(
        ends,
        47,
        join(
          hex('10 00 22 eb'),
          u32(1),
          u16(0x2000),
          u16(5),
          u32(9),
          u16(0),
          u16(ERSPAN_FT_IP),
          packet(f),
        ),
      ),
    says: { ...routed, session: 5 },
  },
  { name: 'IP in IP', layers: 'ethernet ip4 ip4 tcp', make: built.ipip, says: routed },
  {
    name: 'IPv4 in IPv6',
    layers: 'ethernet ip6 ip4 tcp',
    make: (f, ends) => built.ipip(f, six(ends)),
    says: routed,
  },
  {
    name: '6in4',
    layers: 'ethernet ip4 ip6 tcp',
    make: (_, ends) => built.sixInFour(hello6, ends),
    says: { ...routed, ends: ENDS6 },
  },
  {
    name: 'EtherIP',
    layers: 'ethernet ip4 etherip ethernet ip4 tcp',
    make: (f, ends) => overIp(ends, 97, join(u16(0x3000), f)),
  },
  {
    name: 'MPLS in IP',
    layers: 'ethernet ip4 mpls ip4 tcp',
    make: (f, ends) => overIp(ends, 137, join(u32(0x00010140), packet(f))),
    says: routed,
  },
  ...[0, 4, 8].map(cookie => ({
    name: `L2TPv3 with ${String(cookie)} bytes of cookie`,
    layers: 'ethernet ip4 l2tp3 ethernet ip4 tcp',
    make: (f: Uint8Array, ends: built.Ends) => overIp(ends, 115, join(u32(99), zeros(cookie), f)),
  })),
  {
    name: 'AH',
    layers: 'ethernet ip4 ah tcp',
    make: f => {
      const { from, to } = { from: client.ip, to: server.ip }
      const [a, b] = f === hello ? [from, to] : [to, from]
      return typed(
        f,
        0x0800,
        ipPacket(
          { from: a, to: b, protocol: 51 },
          join(hex('06 04 00 00'), zeros(20), f.subarray(34)),
        ),
      )
    },
  },
]
