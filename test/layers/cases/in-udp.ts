/** Packets and frames inside UDP. */

import { hex, join, u16, u24, u32, u8, zeros } from '../../../fixtures/build/bytes.js'
import * as built from '../../../fixtures/build/tunnels.js'
import {
  hello6,
  ENDS6,
  routed,
  packet,
  overUdp,
  wifi,
  capwapHead,
  pppBody,
  type Case,
} from './case.js'

export const inUdp: readonly Case[] = [
  {
    name: 'VXLAN',
    layers: 'ethernet ip4 udp vxlan ethernet ip4 tcp',
    make: (f, ends) => built.vxlan(f, { ...ends, network: 0xffffff }),
    says: { session: 0xffffff },
  },
  {
    name: 'VXLAN on 8472 with a policy',
    layers: 'ethernet ip4 udp vxlan ethernet ip4 tcp',
    make: (f, ends) => overUdp(ends, 8472, join(hex('88 00 00 05'), u24(42), u8(0), f)),
    says: { session: 42 },
  },
  {
    name: 'VXLAN-GPE',
    layers: 'ethernet ip4 udp vxlan-gpe ip4 tcp',
    make: (f, ends) => overUdp(ends, 4790, join(hex('0c 00 00 01'), u24(42), u8(0), packet(f))),
    says: { ...routed, session: 42 },
  },
  {
    name: 'GENEVE',
    layers: 'ethernet ip4 udp geneve ethernet ip4 tcp',
    make: (f, ends) => built.geneve(f, { ...ends, network: 8, options: zeros(12) }),
    says: { session: 8 },
  },
  {
    name: 'GTP-U',
    layers: 'ethernet ip4 udp gtp ip4 tcp',
    make: (f, ends) => built.gtpu(f, { ...ends, tunnel: 5 }),
    says: routed,
  },
  {
    name: 'GTP-U with extension headers',
    layers: 'ethernet ip4 udp gtp ip4 tcp',
    make: (f, ends) => {
      const more = hex('00 01 00 85  01 10 00 c0  02 00 00 00 00 00 00 00')
      return overUdp(
        ends,
        2152,
        join(hex('36 ff'), u16(more.length + f.length - 14), u32(1), more, packet(f)),
      )
    },
    says: routed,
  },
  {
    name: 'Teredo with authentication and origin',
    layers: 'ethernet ip4 udp teredo ip6 tcp',
    make: (_, ends) =>
      overUdp(ends, 50000, join(hex('00 01 00 00'), zeros(9), zeros(8), hello6.subarray(14)), 3544),
    says: { ...routed, ends: ENDS6 },
  },
  {
    name: 'TZSP',
    layers: 'ethernet ip4 udp tzsp ethernet ip4 tcp',
    make: (f, ends) => built.tzsp(f, { ...ends, fields: hex('00 0a 01 c8 00') }),
  },
  {
    name: 'TZSP of 802.11',
    layers: 'ethernet ip4 udp tzsp wifi snap ip4 tcp',
    make: (f, ends) => overUdp(ends, 37008, join(hex('01 00 00 12 01'), wifi(f))),
  },
  {
    name: 'CAPWAP of 802.3',
    layers: 'ethernet ip4 udp capwap ethernet ip4 tcp',
    make: (f, ends) => overUdp(ends, 5247, join(capwapHead(0), f)),
  },
  {
    name: 'CAPWAP of 802.11 with swapped control',
    layers: 'ethernet ip4 udp capwap wifi snap ip4 tcp',
    make: (f, ends) => {
      const inner = wifi(f)
      return overUdp(
        ends,
        50000,
        join(capwapHead(3), inner.subarray(1, 2), inner.subarray(0, 1), inner.subarray(2)),
        5247,
      )
    },
  },
  {
    name: 'L2TPv2',
    layers: 'ethernet ip4 udp l2tp2 ppp ip4 tcp',
    make: (f, ends) =>
      overUdp(
        ends,
        1701,
        join(
          hex('4a 02'),
          u16(f.length + 8),
          u32(7),
          zeros(4),
          hex('00 02 00 00 ff 03'),
          pppBody(f),
        ),
        1701,
      ),
    says: routed,
  },
  {
    name: 'LISP',
    layers: 'ethernet ip4 udp lisp ip4 tcp',
    make: (f, ends) => overUdp(ends, 4341, join(hex('08 00 00 00'), u24(12), u8(0), packet(f))),
    says: { ...routed, session: 12 },
  },
  {
    name: 'PEEKREMOTE',
    layers: 'ethernet ip4 udp peekremote wifi snap ip4 tcp',
    make: (f, ends) => {
      const inner = wifi(f, { way: 2, qos: true })
      return overUdp(
        ends,
        5555,
        join(hex('c0 a0'), u16(inner.length), u16(inner.length), zeros(14), inner),
      )
    },
  },
  {
    name: 'PEEKREMOTE, new header',
    layers: 'ethernet ip4 udp peekremote wifi snap ip4 tcp',
    make: (f, ends) =>
      overUdp(ends, 5555, join(hex('00 ff ab cd 02'), u32(55), zeros(46), wifi(f))),
  },
  {
    name: 'jmirror',
    layers: 'ethernet ip4 udp jmirror ip4 tcp',
    make: (f, ends) => overUdp(ends, 30030, join(u32(1), u32(2), packet(f))),
    says: routed,
  },
  {
    name: 'GRE in UDP',
    layers: 'ethernet ip4 udp gre ip4 tcp',
    make: (f, ends) => overUdp(ends, 4754, join(hex('00 00 08 00'), packet(f))),
    says: routed,
  },
  {
    name: 'MPLS in UDP',
    layers: 'ethernet ip4 udp mpls ip4 tcp',
    make: (f, ends) => overUdp(ends, 6635, join(u32(0x00010140), packet(f))),
    says: routed,
  },
  {
    name: 'a tunnel in a tunnel in a tunnel',
    layers: 'ethernet ip4 udp vxlan ethernet ip4 gre erspan2 ethernet ip4 tcp',
    make: (f, ends) =>
      built.vxlan(built.erspan2(f, { ...ends, session: 5 }), { ...ends, network: 6 }),
    says: { session: 5 },
  },
]
