/** Link types other than Ethernet. */

import { hex, join, u16, u16le, u32, u32le, u8, zeros } from '../../../fixtures/build/bytes.js'
import * as built from '../../../fixtures/build/tunnels.js'
import { client, hello6, ENDS6, packet, snap, wifi, pppBody, type Case } from './case.js'

/** Bare `macs` are none at all; cooked captures know the sender alone. */
const none = { macs: '- -' }
const radiotap = (flags: number, body: Uint8Array): Uint8Array =>
  join(hex('00 00 15 00 2f 40 00 a0 20 08 00 00 00 00 00 00'), u8(flags), zeros(4), body)

export const links: readonly Case[] = [
  {
    name: 'null',
    link: 0,
    layers: 'null ip4 tcp',
    make: f => join(u32le(2), packet(f)),
    says: none,
  },
  {
    name: 'loop',
    link: 108,
    layers: 'null ip4 tcp',
    make: f => join(u32(2), packet(f)),
    says: none,
  },
  {
    name: 'null of IPv6',
    link: 0,
    layers: 'null ip6 tcp',
    make: () => join(u32le(30), packet(hello6)),
    says: { ...none, ends: ENDS6 },
  },
  ...[12, 14, 101, 228].map(link => ({
    name: `raw ${String(link)}`,
    link,
    layers: 'raw ip4 tcp',
    make: packet,
    says: none,
  })),
  {
    name: 'IPv6',
    link: 229,
    layers: 'raw ip6 tcp',
    make: () => packet(hello6),
    says: { ...none, ends: ENDS6 },
  },
  {
    name: 'SLL',
    link: 113,
    layers: 'sll ip4 tcp',
    make: f => join(u16(0), u16(1), u16(6), f.subarray(6, 12), u16(0), f.subarray(12)),
    says: { macs: `${client.mac} -` },
  },
  {
    name: 'SLL2',
    link: 276,
    layers: 'sll2 ip4 tcp',
    make: f =>
      join(
        f.subarray(12, 14),
        u16(0),
        u32(3),
        u16(1),
        u8(0),
        u8(6),
        f.subarray(6, 12),
        u16(0),
        packet(f),
      ),
    says: { macs: `${client.mac} -` },
  },
  {
    name: 'PPP',
    link: 9,
    layers: 'ppp ip4 tcp',
    make: f => join(hex('ff 03 00 21'), packet(f)),
    says: none,
  },
  {
    name: 'PPP in HDLC',
    link: 50,
    layers: 'ppp ip4 tcp',
    make: f => join(hex('ff 03'), pppBody(f)),
    says: none,
  },
  {
    name: 'PPPoE alone',
    link: 51,
    layers: 'pppoe ppp ip4 tcp',
    make: f => built.pppoe(f).subarray(14),
    says: none,
  },
  {
    name: 'C-HDLC',
    link: 104,
    layers: 'hdlc ip4 tcp',
    make: f => join(hex('0f 00 08 00'), packet(f)),
    says: none,
  },
  {
    name: 'frame relay',
    link: 107,
    layers: 'frame-relay ip4 tcp',
    make: f => join(hex('18 41 03 cc'), packet(f)),
    says: none,
  },
  ...[0, 1, 2, 3].map(way => ({
    name: `802.11, ${['between stations', 'to', 'from', 'between'][way]!} the access point`,
    link: 105,
    layers: 'wifi snap ip4 tcp',
    make: (f: Uint8Array) => wifi(f, { way, qos: way > 1 }),
  })),
  {
    name: 'radiotap',
    link: 127,
    layers: 'radiotap wifi snap ip4 tcp',
    make: f => radiotap(0x10, join(wifi(f), u32(1))),
  },
  {
    name: 'AVS',
    link: 163,
    layers: 'avs wifi snap ip4 tcp',
    make: f => join(hex('80 21 10 01'), u32(64), zeros(56), wifi(f)),
  },
  {
    name: 'prism',
    link: 119,
    layers: 'prism wifi snap ip4 tcp',
    make: f => join(u32le(0x44), u32le(144), zeros(136), wifi(f)),
  },
  {
    name: 'PPI',
    link: 192,
    layers: 'ppi wifi snap ip4 tcp',
    make: f =>
      join(
        hex('00 00'),
        u16le(32),
        u32le(105),
        u16le(2),
        u16le(20),
        zeros(8),
        u16le(1),
        zeros(10),
        wifi(f),
        u32(7),
      ),
  },
  {
    name: 'NFLOG',
    link: 239,
    layers: 'nflog ip4 tcp',
    make: f =>
      join(
        hex('02 00 00 00'),
        u16le(5),
        u16le(10),
        u32(0),
        u16le(16),
        u16le(8),
        u16(6),
        u16(0),
        f.subarray(6, 12),
        u16(0),
        u16le(f.length - 10),
        u16le(9),
        packet(f),
      ),
    says: { macs: `${client.mac} -` },
  },
  {
    name: 'PKTAP',
    link: 258,
    layers: 'pktap ethernet ip4 tcp',
    make: f => join(u32le(108), u32le(1), u32le(1), zeros(96), f),
  },
  {
    name: 'Juniper',
    link: 178,
    layers: 'juniper ethernet ip4 tcp',
    make: f => join(hex('4d 47 43 80 00 02 00 00'), f),
  },
  {
    name: 'IP over InfiniBand',
    link: 242,
    layers: 'ip4 tcp',
    make: f => join(zeros(40), u16(0x0800), u16(0), packet(f)),
    says: none,
  },
  {
    name: 'FDDI',
    link: 10,
    layers: 'fddi snap ip4 tcp',
    make: f => join(u8(0x50), f.subarray(0, 12), snap(f)),
  },
  {
    name: 'token ring',
    link: 6,
    layers: 'token-ring snap ip4 tcp',
    make: f => join(hex('10 40'), f.subarray(0, 12), snap(f)),
  },
]
