/** Takes a frame apart: fills the one reused Frame from the bytes of a capture. */

import { mpls, ppp, pppoe } from './carriers.js'
import { ethernet } from './ethernet.js'
import { WHOLE, type Frame } from './frame.js'
import { etherIp, gre, greUdp } from './gre.js'
import { ip4 } from './ip4.js'
import { ip6 } from './ip6.js'
import { l2tp, l2tp3 } from './l2tp.js'
import { ETHERNET_LINK, openLink } from './links.js'
import { TOO_DEEP, UNKNOWN_IP } from './names.js'
import { plain } from './plain.js'
import * as s from './steps.js'
import { DONE, IP4, IP6, STEPS_MAX, refuse } from './steps.js'
import { ciscoMeta, eTag, fabricPath, hsr, macsec, nsh, pbb, rTag, vnTag } from './tags.js'
import * as tunnels from './tunnels.js'
import { wifi } from './wifi.js'

/**
 * Decodes the frame whose captured bytes are [at, end) of a capture with this link type. Total:
 * any bytes give a filled Frame. Keeps `bytes`, allocates nothing, never throws.
 */
export function decode(
  frame: Frame,
  bytes: Uint8Array,
  at: number,
  end: number,
  link: number,
): void {
  if (link === ETHERNET_LINK && !frame.recording && plain(frame, bytes, at, end)) return
  reset(frame, bytes, at, end)
  const layer = link === ETHERNET_LINK ? ethernet(frame, at, end) : openLink(frame, at, end, link)
  // Nearly every frame is done after these two.
  if (layer === IP4) {
    const more = ip4(frame, frame.nextAt, frame.nextEnd)
    if (more !== DONE) follow(frame, more)
  } else if (layer !== DONE) follow(frame, layer)
}

function reset(frame: Frame, bytes: Uint8Array, at: number, end: number): void {
  frame.plain = false
  frame.bytes = bytes
  frame.at = at
  frame.end = end
  frame.targetMac = -1
  frame.sourceMac = -1
  frame.vlan = 0
  frame.innerVlan = 0
  frame.session = 0
  frame.etherType = 0
  frame.networkAt = at
  frame.network = 0
  frame.sourceIp = -1
  frame.targetIp = -1
  frame.ttl = 0
  frame.protocol = -1
  frame.fragment = WHOLE
  frame.transportAt = 0
  frame.sourcePort = 0
  frame.targetPort = 0
  frame.tcpFlags = 0
  frame.sequence = 0
  frame.acknowledged = 0
  frame.payloadAt = at
  frame.payloadEnd = end
  frame.undecoded = 0
  frame.depth = 0
  frame.routedInside = false
  frame.numberAt = -1
  frame.layerCount = 0
}

/** Goes from layer to layer. A layer that can't be followed leaves the frame as far as it came. */
function follow(frame: Frame, layer: number): void {
  for (let steps = 0; layer !== DONE; steps++) {
    if (steps === STEPS_MAX) {
      refuse(frame, TOO_DEEP)
      return
    }
    const at = frame.nextAt
    const end = frame.nextEnd
    layer = layer < s.VXLAN ? step(frame, layer, at, end) : udpStep(frame, layer, at, end)
  }
}

function step(frame: Frame, layer: number, at: number, end: number): number {
  switch (layer) {
    case IP4:
      return ip4(frame, at, end)
    case IP6:
      return ip6(frame, at, end)
    case s.ETHERNET:
      return ethernet(frame, at, end)
    case s.IP:
      return ip(frame, at, end)
    case s.PPP:
      return ppp(frame, at, end)
    case s.PPPOE:
      return pppoe(frame, at, end)
    case s.MPLS:
      return mpls(frame, at, end)
    case s.WIFI:
      return wifi(frame, at, end)
    case s.GRE:
      return gre(frame, at, end)
    case s.ETHERIP:
      return etherIp(frame, at, end)
    case s.L2TP3:
      return l2tp3(frame, at, end)
    default:
      return tagStep(frame, layer, at, end)
  }
}

function ip(frame: Frame, at: number, end: number): number {
  const version = end > at ? frame.bytes[at]! >> 4 : 4
  if (version === 4) return ip4(frame, at, end)
  return version === 6 ? ip6(frame, at, end) : refuse(frame, UNKNOWN_IP)
}

function tagStep(frame: Frame, layer: number, at: number, end: number): number {
  switch (layer) {
    case s.NSH:
      return nsh(frame, at, end)
    case s.VN_TAG:
      return vnTag(frame, at, end)
    case s.E_TAG:
      return eTag(frame, at, end)
    case s.CISCO_META:
      return ciscoMeta(frame, at, end)
    case s.FABRIC_PATH:
      return fabricPath(frame, at, end)
    case s.PBB:
      return pbb(frame, at, end)
    case s.MACSEC:
      return macsec(frame, at, end)
    case s.HSR:
      return hsr(frame, at, end)
    default:
      return rTag(frame, at, end)
  }
}

function udpStep(frame: Frame, layer: number, at: number, end: number): number {
  switch (layer) {
    case s.VXLAN:
      return tunnels.vxlan(frame, at, end)
    case s.VXLAN_GPE:
      return tunnels.vxlanGpe(frame, at, end)
    case s.GENEVE:
      return tunnels.geneve(frame, at, end)
    case s.GTP:
      return tunnels.gtp(frame, at, end)
    case s.TEREDO:
      return tunnels.teredo(frame, at, end)
    case s.TZSP:
      return tunnels.tzsp(frame, at, end)
    case s.CAPWAP:
      return tunnels.capwap(frame, at, end)
    case s.L2TP2:
      return l2tp(frame, at, end)
    case s.LISP:
      return tunnels.lisp(frame, at, end)
    case s.PEEK_REMOTE:
      return tunnels.peekRemote(frame, at, end)
    case s.JMIRROR:
      return tunnels.jmirror(frame, at, end)
    case s.MPLS_UDP:
      return tunnels.mplsUdp(frame, at, end)
    default:
      return greUdp(frame, at, end)
  }
}
