/**
 * How one layer hands over to the next: each says which layer follows and where it lies, and one
 * loop calls it. So no layer knows its neighbours, and nothing recurses.
 */

import { DEPTH_MAX, LAYERS_MAX, type Frame } from './frame.js'
import { TOO_DEEP } from './names.js'

/** What follows: nothing more, or one of these. */
export const DONE = 0
export const IP4 = 1
export const IP6 = 2
export const ETHERNET = 3
/** IPv4 or IPv6, told apart by the version. */
export const IP = 4
export const PPP = 5
export const PPPOE = 6
export const MPLS = 7
export const NSH = 8
export const WIFI = 9
export const GRE = 10
export const ETHERIP = 11
export const L2TP3 = 12
export const VN_TAG = 13
export const E_TAG = 14
export const CISCO_META = 15
export const FABRIC_PATH = 16
export const PBB = 17
export const HSR = 18
export const R_TAG = 19
export const MACSEC = 20
/** Layers inside UDP: each is a UDP port's. */
export const VXLAN = 32
export const VXLAN_GPE = 33
export const GENEVE = 34
export const GTP = 35
export const TEREDO = 36
export const TZSP = 37
export const CAPWAP = 38
export const L2TP2 = 39
export const LISP = 40
export const PEEK_REMOTE = 41
export const JMIRROR = 42
export const MPLS_UDP = 43
export const GRE_UDP = 44

/** No frame has more steps than this: a string of tags can't keep us busy. */
export const STEPS_MAX = 64

/** Says that `layer` lies at [at, end) and belongs to the same packet. */
export function next(frame: Frame, layer: number, at: number, end: number): number {
  frame.nextAt = at
  frame.nextEnd = end
  return layer
}

/** Says that another packet lies at [at, end): opens an encapsulation, unless it is too deep. */
export function inside(frame: Frame, layer: number, at: number, end: number): number {
  if (frame.depth >= DEPTH_MAX) return refuse(frame, TOO_DEEP)
  frame.depth++
  frame.nextAt = at
  frame.nextEnd = end
  return layer
}

/** Keeps the first reason why a layer could not be followed; what was decoded stays. */
export function refuse(frame: Frame, reason: number): number {
  if (frame.undecoded === 0) frame.undecoded = reason
  return DONE
}

/** Adds to the record of layers, which somebody asked for. */
export function record(frame: Frame, layer: number): void {
  if (frame.layerCount < LAYERS_MAX) frame.layers[frame.layerCount++] = layer
}

/** Forgets the network layer outside, because a link layer begins inside. */
export function leaveNetwork(frame: Frame): void {
  frame.routedInside = false
  frame.network = 0
  frame.sourceIp = -1
  frame.targetIp = -1
  frame.ttl = 0
  frame.protocol = -1
  leaveTransport(frame)
}

/** Forgets the transport outside. */
export function leaveTransport(frame: Frame): void {
  frame.fragment = 0
  frame.transportAt = 0
  frame.sourcePort = 0
  frame.targetPort = 0
  frame.tcpFlags = 0
  frame.sequence = 0
  frame.acknowledged = 0
}
