/** What IP carries: TCP (RFC 9293), UDP (RFC 768), other transports, and the way into tunnels. */

import { FIRST_FRAGMENT, LATER_FRAGMENT, WHOLE, type Frame } from './frame.js'
import { numberOf } from './gre.js'
import * as n from './names.js'
import { BAD_TCP, BAD_UDP, ESP, FRAGMENTED, IPCOMP, SHORT_TCP, SHORT_UDP } from './names.js'
import * as s from './steps.js'
import { DONE, inside, record, refuse } from './steps.js'

const PORTS = 65536

/** Layers inside UDP by destination port; 0 is none. */
export const UDP_TUNNELS = new Uint8Array(PORTS)
UDP_TUNNELS[4789] = s.VXLAN
UDP_TUNNELS[8472] = s.VXLAN
UDP_TUNNELS[4790] = s.VXLAN_GPE
UDP_TUNNELS[6081] = s.GENEVE
UDP_TUNNELS[2152] = s.GTP
UDP_TUNNELS[3544] = s.TEREDO
UDP_TUNNELS[37008] = s.TZSP
UDP_TUNNELS[5247] = s.CAPWAP
UDP_TUNNELS[1701] = s.L2TP2
UDP_TUNNELS[4341] = s.LISP
UDP_TUNNELS[5555] = s.PEEK_REMOTE
UDP_TUNNELS[30030] = s.JMIRROR
UDP_TUNNELS[6635] = s.MPLS_UDP
UDP_TUNNELS[4754] = s.GRE_UDP

const answers = (port: number): boolean =>
  port === 5247 || port === 1701 || port === 2152 || port === 3544

/** Which layer a datagram between these ports carries: some servers answer from their port. */
export function udpTunnel(sourcePort: number, targetPort: number): number {
  const layer = UDP_TUNNELS[targetPort]!
  return layer === 0 && answers(sourcePort) ? UDP_TUNNELS[sourcePort]! : layer
}

/** Takes the IP payload at [at, end), of the packet the frame already tells of. */
export function transport(frame: Frame, protocol: number, at: number, end: number): number {
  frame.protocol = protocol
  frame.transportAt = at
  frame.payloadAt = at
  frame.payloadEnd = end
  if (frame.fragment === LATER_FRAGMENT)
    return IP_TUNNELS[protocol] === 0 ? DONE : refuse(frame, FRAGMENTED)
  if (protocol === 6) return tcp(frame, at, end)
  if (protocol === 17) return udp(frame, at, end)
  return other(frame, protocol, at, end)
}

function tcp(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (frame.recording) record(frame, n.L_TCP)
  if (end - at < 20) return shortTransport(frame, SHORT_TCP)
  frame.sourcePort = (bytes[at]! << 8) | bytes[at + 1]!
  frame.targetPort = (bytes[at + 2]! << 8) | bytes[at + 3]!
  frame.sequence =
    (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!
  frame.acknowledged =
    (bytes[at + 8]! << 24) | (bytes[at + 9]! << 16) | (bytes[at + 10]! << 8) | bytes[at + 11]!
  frame.tcpFlags = bytes[at + 13]!
  const header = (bytes[at + 12]! >> 4) << 2
  const payloadAt = at + header
  if (header >= 20 && payloadAt <= end) {
    frame.payloadAt = payloadAt
    return DONE
  }
  frame.payloadAt = end
  return refuse(frame, header < 20 ? BAD_TCP : SHORT_TCP)
}

function udp(frame: Frame, at: number, end: number): number {
  const bytes = frame.bytes
  if (frame.recording) record(frame, n.L_UDP)
  if (end - at < 8) return shortTransport(frame, SHORT_UDP)
  const sourcePort = (bytes[at]! << 8) | bytes[at + 1]!
  const targetPort = (bytes[at + 2]! << 8) | bytes[at + 3]!
  const length = (bytes[at + 4]! << 8) | bytes[at + 5]!
  frame.sourcePort = sourcePort
  frame.targetPort = targetPort
  frame.payloadAt = at + 8
  if (length < end - at && length !== 0) {
    if (length < 8) {
      frame.payloadAt = end
      return refuse(frame, BAD_UDP)
    }
    end = at + length
    frame.payloadEnd = end
  }
  const layer = udpTunnel(sourcePort, targetPort)
  return layer === 0 ? DONE : udpInside(frame, layer)
}

/** A fragment is never followed inside: the datagram's other fragments could not be. */
function udpInside(frame: Frame, layer: number): number {
  if (frame.fragment === FIRST_FRAGMENT) return refuse(frame, FRAGMENTED)
  return s.next(frame, layer, frame.payloadAt, frame.payloadEnd)
}

/** The ports may be there although the header is cut. */
function shortTransport(frame: Frame, reason: number): number {
  ports(frame, frame.transportAt, frame.payloadEnd)
  frame.payloadAt = frame.payloadEnd
  return refuse(frame, reason)
}

function ports(frame: Frame, at: number, end: number): void {
  if (end - at < 4) return
  const bytes = frame.bytes
  frame.sourcePort = (bytes[at]! << 8) | bytes[at + 1]!
  frame.targetPort = (bytes[at + 2]! << 8) | bytes[at + 3]!
}

/** Layers inside IP itself by protocol number; 0 is none. */
export const IP_TUNNELS = new Uint8Array(256)
IP_TUNNELS[4] = s.IP4
IP_TUNNELS[41] = s.IP6
IP_TUNNELS[47] = s.GRE
IP_TUNNELS[94] = s.IP
IP_TUNNELS[97] = s.ETHERIP
IP_TUNNELS[115] = s.L2TP3
IP_TUNNELS[137] = s.MPLS
IP_TUNNELS[143] = s.ETHERNET

const NO_LAYER = 255
const TRANSPORT_LAYERS = new Uint8Array(256).fill(NO_LAYER)
TRANSPORT_LAYERS[1] = n.L_ICMP
TRANSPORT_LAYERS[2] = n.L_IGMP
TRANSPORT_LAYERS[50] = n.L_ESP
TRANSPORT_LAYERS[58] = n.L_ICMP6
TRANSPORT_LAYERS[132] = n.L_SCTP

function other(frame: Frame, protocol: number, at: number, end: number): number {
  const known = TRANSPORT_LAYERS[protocol]!
  if (frame.recording && known !== NO_LAYER) record(frame, known)
  const layer = IP_TUNNELS[protocol]!
  if (layer !== 0) {
    if (frame.fragment === WHOLE) return inside(frame, layer, at, end)
    if (layer === s.GRE) numberOf(frame, at, end)
    return refuse(frame, FRAGMENTED)
  }
  if (protocol === 132 || protocol === 136 || protocol === 33) ports(frame, at, end)
  else if (protocol === 50) return refuse(frame, ESP)
  else if (protocol === 108) return refuse(frame, IPCOMP)
  return DONE
}
