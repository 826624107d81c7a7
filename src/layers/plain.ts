/**
 * The way of nearly every frame: Ethernet, perhaps one VLAN, IPv4 or IPv6, TCP or UDP, whole and
 * in order. Nothing here that `ethernet`, `ip4`, `ip6` and `transport` could not do, and the same
 * result; only all at once, so that each field is written no more than once.
 */

import { WHOLE, type Frame } from './frame.js'
import { udpTunnel } from './transport.js'

const ETHERNET = 14
const VLAN = 4
const TCP = 6
const UDP = 17

/** Fills in the frame and says true, or leaves it alone and says false: it is no plain one. */
export function plain(frame: Frame, bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < ETHERNET + VLAN + 20) return false
  let network = at + ETHERNET
  let vlan = 0
  let type = (bytes[at + 12]! << 8) | bytes[at + 13]!
  if (type === 0x8100) {
    vlan = ((bytes[at + 14]! & 15) << 8) | bytes[at + 15]!
    type = (bytes[at + 16]! << 8) | bytes[at + 17]!
    network += VLAN
  }
  if (type === 0x0800) {
    if (bytes[network] !== 0x45) return false
    // A fragment, or no length (which is for `ip4` to judge).
    if (((bytes[network + 6]! & 0x3f) | bytes[network + 7]!) !== 0) return false
    const length = (bytes[network + 2]! << 8) | bytes[network + 3]!
    if (length < 20) return false
    const stop = network + length < end ? network + length : end
    if (!transport(frame, bytes, bytes[network + 9]!, network + 20, stop)) return false
    frame.network = 4
    frame.sourceIp = network + 12
    frame.targetIp = network + 16
    frame.ttl = bytes[network + 8]!
  } else if (type === 0x86dd) {
    if (end - network < 40 || bytes[network]! >> 4 !== 6) return false
    const length = (bytes[network + 4]! << 8) | bytes[network + 5]!
    if (length === 0) return false
    const stop = network + 40 + length < end ? network + 40 + length : end
    if (!transport(frame, bytes, bytes[network + 6]!, network + 40, stop)) return false
    frame.network = 6
    frame.sourceIp = network + 8
    frame.targetIp = network + 24
    frame.ttl = bytes[network + 7]!
  } else return false
  frame.etherType = type
  frame.networkAt = network
  frame.vlan = vlan
  frame.targetMac = at
  frame.sourceMac = at + 6
  frame.at = at
  frame.end = end
  if (frame.bytes !== bytes) frame.bytes = bytes
  if (!frame.plain) leaveOthers(frame)
  return true
}

/** Writes nothing unless it says true. */
function transport(
  frame: Frame,
  bytes: Uint8Array,
  protocol: number,
  at: number,
  end: number,
): boolean {
  if (protocol === TCP) {
    if (end - at < 20) return false
    const header = (bytes[at + 12]! >> 4) << 2
    if (header < 20 || header > end - at) return false
    frame.sourcePort = (bytes[at]! << 8) | bytes[at + 1]!
    frame.targetPort = (bytes[at + 2]! << 8) | bytes[at + 3]!
    frame.sequence =
      (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!
    frame.acknowledged =
      (bytes[at + 8]! << 24) | (bytes[at + 9]! << 16) | (bytes[at + 10]! << 8) | bytes[at + 11]!
    frame.tcpFlags = bytes[at + 13]!
    frame.payloadAt = at + header
    frame.payloadEnd = end
  } else if (protocol === UDP) {
    if (end - at < 8) return false
    const sourcePort = (bytes[at]! << 8) | bytes[at + 1]!
    const targetPort = (bytes[at + 2]! << 8) | bytes[at + 3]!
    const length = (bytes[at + 4]! << 8) | bytes[at + 5]!
    if (length < 8 || udpTunnel(sourcePort, targetPort) !== 0) return false
    frame.sourcePort = sourcePort
    frame.targetPort = targetPort
    frame.sequence = 0
    frame.acknowledged = 0
    frame.tcpFlags = 0
    frame.payloadAt = at + 8
    frame.payloadEnd = at + length < end ? at + length : end
  } else return false
  frame.protocol = protocol
  frame.transportAt = at
  return true
}

/** What no plain frame has. */
function leaveOthers(frame: Frame): void {
  frame.innerVlan = 0
  frame.session = 0
  frame.fragment = WHOLE
  frame.undecoded = 0
  frame.depth = 0
  frame.routedInside = false
  frame.numberAt = -1
  frame.layerCount = 0
  frame.plain = true
}
