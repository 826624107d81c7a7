/** What the layers of a frame say, in words. */

import { ipText, macText } from '../../bytes/text.js'
import { checksumHolds } from '../../layers/checksum.js'
import { FIRST_FRAGMENT, type Frame, LATER_FRAGMENT, WHOLE } from '../../layers/frame.js'
import { LINK_NAMES } from '../../layers/link-names.js'
import { LAYERS, UNDECODED } from '../../layers/names.js'
import type { End, FrameDocument, TcpPart } from './document.js'

const TCP = 6
const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'] as const
const UDP = 17
const ICMP6 = 58

type Decoded = Omit<
  FrameDocument,
  | 'schema'
  | 'file'
  | 'frame'
  | 'time'
  | 'heard_as_of'
  | 'interface'
  | 'link'
  | 'captured'
  | 'wire'
  | 'shard'
  | 'duplicate'
  | 'parsers'
  | 'unheard'
  | 'connection'
  | 'readings'
>

export function decodedPart(frame: Frame, cut: boolean): Decoded {
  const known = frame.network !== 0
  return {
    layers: Array.from(frame.layers.subarray(0, frame.layerCount), layer => LAYERS[layer]!),
    undecoded: frame.undecoded === 0 ? null : UNDECODED[frame.undecoded]!,
    encapsulations: frame.depth,
    vlan: frame.vlan || null,
    inner_vlan: frame.innerVlan || null,
    session: frame.session === 0 ? null : frame.session >>> 0,
    source: endOf(frame, frame.sourceMac, frame.sourceIp, frame.sourcePort),
    target: endOf(frame, frame.targetMac, frame.targetIp, frame.targetPort),
    ether_type: frame.etherType === 0 ? null : hexadecimal(frame.etherType),
    ip_protocol: known && frame.protocol >= 0 ? frame.protocol : null,
    ttl: known ? frame.ttl : null,
    fragment: fragmentOf(frame),
    tcp: tcpPart(frame),
    payload: {
      at: frame.payloadAt - frame.at,
      length: Math.max(0, frame.payloadEnd - frame.payloadAt),
    },
    checksum: cut ? null : checksumOf(frame),
  }
}

/** `ethernet` for 1, by the registry of link types; its number where it has no name. */
export const linkName = (link: number): string =>
  LINK_NAMES.find(([number]) => number === link)?.[1] ?? `link type ${link}`

export const hexadecimal = (type: number): string =>
  `0x${type.toString(16).padStart(type < 0x100 ? 2 : 4, '0')}`

function endOf(frame: Frame, mac: number, ip: number, port: number): End {
  return {
    mac: mac < 0 ? null : macText(frame.bytes, mac),
    ip: frame.network === 0 ? null : ipText(frame.bytes, ip, frame.network === 4 ? 4 : 16),
    port: port || null,
  }
}

function fragmentOf({ fragment }: Frame): 'first' | 'later' | null {
  if (fragment === FIRST_FRAGMENT) return 'first'
  return fragment === LATER_FRAGMENT ? 'later' : null
}

function tcpPart(frame: Frame): TcpPart | null {
  if (!hasTransport(frame) || frame.protocol !== TCP) return null
  return {
    flags: FLAGS.filter((_, bit) => frame.tcpFlags & (1 << bit)),
    sequence: frame.sequence >>> 0,
    acknowledged: frame.acknowledged >>> 0,
  }
}

function checksumOf(frame: Frame): 'holds' | 'wrong' | null {
  const { bytes, protocol, transportAt: at, payloadEnd } = frame
  if (!hasTransport(frame) || frame.fragment !== WHOLE || payloadEnd <= at) return null
  if (protocol === UDP && bytes[at + 6] === 0 && bytes[at + 7] === 0) return null
  if (protocol !== TCP && protocol !== UDP && protocol !== ICMP6) return null
  return checksumHolds(frame) ? 'holds' : 'wrong'
}

const hasTransport = (frame: Frame): boolean =>
  frame.network !== 0 &&
  frame.transportAt > 0 &&
  frame.fragment !== LATER_FRAGMENT &&
  frame.undecoded === 0
