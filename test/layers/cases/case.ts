/** What a case of encapsulation is: how it is built around a frame, and what decoding it says. */

import { hex, join, mac, u16, u32, u8, zeros } from '../../../fixtures/build/bytes.js'
import { ether, ipPacket, tcpSegment, udp, type Host } from '../../../fixtures/build/frames.js'
import type * as built from '../../../fixtures/build/tunnels.js'

/** What a decoded frame says, in words; what is left out of a case is as in the bare frame. */
export type Said = {
  layers: string
  /** Source and target hardware address. */
  macs: string
  /** Source and target address with port, or '' without a network. */
  ends: string
  vlans: string
  session: number
  undecoded: string
  routed: boolean
  payload: string
}

export type Case = {
  name: string
  layers: string
  link?: number
  /** Puts the frame into the tunnel between these ends, in this direction. */
  make: (frame: Uint8Array, ends: built.Ends) => Uint8Array
  says?: Partial<Said>
}

export const client = { mac: '02:00:00:00:00:0a', ip: '10.1.0.5', ip6: 'fd00::5', port: 40000 }
export const server = { mac: '02:00:00:00:00:0b', ip: '10.2.0.9', ip6: 'fd00::9', port: 80 }
export const left: Host = { mac: '06:00:00:00:00:01', ip: '192.0.2.1', ip6: '2001:db8::1' }
const right: Host = { mac: '06:00:00:00:00:02', ip: '192.0.2.2', ip6: '2001:db8::2' }
export const forth: built.Ends = { from: left, to: right }
export const back: built.Ends = { from: right, to: left }
export const six = ({ from, to }: built.Ends): built.Ends => ({
  from: { ...from, ip: from.ip6! },
  to: { ...to, ip: to.ip6! },
})

const HELLO = hex('68 65 6c 6c 6f')
const segment = { flags: 0x18, sequence: 0x89abcdef, acknowledged: 7 }
export const hello = tcpSegment(client, server, segment, HELLO).bytes
export const reply = tcpSegment(server, client, segment, HELLO).bytes
const ip6Of = ({ ip6, ...end }: typeof client): typeof client => ({ ...end, ip: ip6, ip6 })
export const hello6 = tcpSegment(ip6Of(client), ip6Of(server), segment, HELLO).bytes

export const INNER = `${client.mac} ${server.mac}`
export const OUTER = `${left.mac} ${right.mac}`
export const ENDS = '10.1.0.5:40000 10.2.0.9:80'
export const ENDS6 = 'fd00::5:40000 fd00::9:80'
/** What is told when the tunnel carries no Ethernet. */
export const routed = { macs: OUTER, routed: true }

export const packet = (frame: Uint8Array): Uint8Array => frame.subarray(14)
export const typed = (frame: Uint8Array, type: number, body: Uint8Array): Uint8Array =>
  join(frame.subarray(0, 12), u16(type), body)
export const outer = ({ from, to }: built.Ends, type: number, body: Uint8Array): Uint8Array =>
  ether({ from: from.mac, to: to.mac, type }, body)

export const overIp = (ends: built.Ends, protocol: number, body: Uint8Array): Uint8Array =>
  outer(
    ends,
    ends.to.ip.includes(':') ? 0x86dd : 0x0800,
    ipPacket({ from: ends.from.ip, to: ends.to.ip, protocol }, body),
  )

export const overUdp = (
  ends: built.Ends,
  port: number,
  body: Uint8Array,
  from = 50000,
): Uint8Array =>
  overIp(ends, 17, udp({ ip: ends.from.ip, port: from }, { ip: ends.to.ip, port }, body))

export const snap = (frame: Uint8Array): Uint8Array =>
  join(hex('aa aa 03 00 00 00'), frame.subarray(12))

/** An 802.11 data frame: `way` 0 to 3 tells who relays, `flags` go into the second byte. */
export function wifi(frame: Uint8Array, { way = 1, qos = false, flags = 0 } = {}): Uint8Array {
  const [to, from, access] = [frame.subarray(0, 6), frame.subarray(6, 12), mac('06:00:00:00:00:99')]
  const orders = [
    [to, from, access],
    [access, from, to],
    [to, access, from],
    [access, access, to],
  ]
  const lead = join(u8(qos ? 0x88 : 0x08), u8(way | flags), u16(0), ...orders[way]!, u16(0))
  return join(lead, way === 3 ? from : zeros(0), qos ? u16(0) : zeros(0), snap(frame))
}

export const capwapHead = (native: number, flags = 0): Uint8Array =>
  join(u8(0), u8(2 << 3), u8(native), u8(flags), u32(0))

export const nshHead = (next: number): Uint8Array =>
  join(hex('00 06 01'), u8(next), u32(0x123ff), zeros(16))

export const pppBody = (frame: Uint8Array): Uint8Array => join(u16(0x0021), packet(frame))
