/** What is not followed, and why it is said not to be. */

import { hex, join, u32, u8, zeros } from '../../../fixtures/build/bytes.js'
import { llc } from '../../../fixtures/build/frames.js'
import * as built from '../../../fixtures/build/tunnels.js'
import { client, OUTER, typed, overIp, overUdp, wifi, type Case } from './case.js'

/** What can't be followed is told by name, and what lies around it stays. */
const outside = { macs: OUTER, ends: '192.0.2.1:0 192.0.2.2:0', payload: undefined! }
const nothing = { ends: '', payload: undefined! }

export const refused: readonly Case[] = [
  {
    name: 'ESP',
    layers: 'ethernet ip4 esp',
    make: (f, e) => overIp(e, 50, f),
    says: { ...outside, undecoded: 'esp' },
  },
  {
    name: 'MACsec',
    layers: 'ethernet macsec',
    make: f => typed(f, 0x88e5, join(u8(0x2c), f)),
    says: { ...nothing, undecoded: 'macsec' },
  },
  {
    name: 'DTLS in CAPWAP',
    layers: 'ethernet ip4 udp',
    make: (f, e) => overUdp(e, 5247, join(u32(0x01000000), f)),
    says: { ...outside, ends: '192.0.2.1:50000 192.0.2.2:5247', undecoded: 'dtls' },
  },
  {
    name: 'a bad header in a tunnel',
    layers: 'ethernet ip4 gre',
    make: (f, e) => overIp(e, 47, join(hex('00 00 08 00 42'), f.subarray(15))),
    says: { ...outside, undecoded: 'bad ip4 header' },
  },
  {
    name: 'a bad header in a bridge',
    layers: 'ethernet ip4 gre ethernet',
    make: (f, e) =>
      overIp(e, 47, join(hex('00 00 65 58'), f.subarray(0, 14), u8(0x42), f.subarray(15))),
    says: { ...nothing, undecoded: 'bad ip4 header' },
  },
  {
    name: 'a bad udp length',
    layers: 'ethernet ip4 udp',
    make: (_, e) => overIp(e, 17, hex('00 07 00 08 00 05 00 00 61')),
    says: { ...outside, ends: '192.0.2.1:7 192.0.2.2:8', undecoded: 'bad udp length' },
  },
  {
    name: 'nine tunnels',
    layers: 'ethernet ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4',
    make: (f, e) => Array.from({ length: 10 }).reduce<Uint8Array>(inner => built.ipip(inner, e), f),
    says: { ...outside, routed: true, undecoded: 'too deep' },
  },
  {
    name: 'protected 802.11',
    link: 105,
    layers: 'wifi',
    make: f => wifi(f, { flags: 0x40 }),
    says: { ...nothing, undecoded: 'encrypted wifi' },
  },
  {
    name: 'a beacon',
    link: 105,
    layers: 'wifi',
    make: f => join(hex('80 00 00 00'), f.subarray(0, 12), zeros(40)),
    says: { ...nothing, undecoded: 'wifi management' },
  },
  {
    name: 'USB',
    link: 189,
    layers: '',
    make: f => f,
    says: { macs: '- -', ...nothing, undecoded: 'link type usb-linux' },
  },
  {
    name: 'nobody knows',
    link: 65535,
    layers: '',
    make: f => f,
    says: { macs: '- -', ...nothing, undecoded: 'unknown link type' },
  },
  {
    name: 'CDP, whose number is a vendor’s',
    layers: 'ethernet snap',
    make: f => llc({ from: client.mac, to: '01:00:0c:cc:cc:cc' }, 'aa aa 03 00 00 0c 20 00', f),
    says: { ...nothing, macs: `${client.mac} 01:00:0c:cc:cc:cc` },
  },
  {
    name: 'a control message of L2TP',
    layers: 'ethernet ip4 udp',
    make: (f, e) => overUdp(e, 1701, join(hex('c8 02'), f)),
    says: { ...outside, ends: '192.0.2.1:50000 192.0.2.2:1701' },
  },
]
