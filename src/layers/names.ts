/** What layers are called, and why a frame was not followed to its end. */

import { LINK_NAMES } from './link-names.js'

const reasons: string[] = ['']
function reason(name: string): number {
  const known = reasons.indexOf(name)
  return known < 0 ? reasons.push(name) - 1 : known
}

export const TOO_DEEP = reason('too deep')
export const SHORT_LINK = reason('short link header')
export const BAD_LINK = reason('bad link header')
export const SHORT_ETHERNET = reason('short ethernet')
export const SHORT_TAG = reason('short tag')
export const SHORT_LLC = reason('short llc')
export const SHORT_MPLS = reason('short mpls')
export const UNKNOWN_MPLS = reason('unknown mpls payload')
export const SHORT_PPP = reason('short ppp')
export const COMPRESSED_PPP = reason('compressed ppp')
export const MULTILINK_PPP = reason('multilink ppp')
export const SHORT_IP4 = reason('short ip4')
export const BAD_IP4 = reason('bad ip4 header')
export const SHORT_AH = reason('short ah')
export const SHORT_IP6 = reason('short ip6')
export const BAD_IP6 = reason('bad ip6 header')
export const MANY_IP6 = reason('too many ip6 headers')
export const UNKNOWN_IP = reason('unknown ip version')
export const SHORT_TCP = reason('short tcp')
export const BAD_TCP = reason('bad tcp header')
export const SHORT_UDP = reason('short udp')
export const BAD_UDP = reason('bad udp length')
export const FRAGMENTED = reason('fragmented tunnel')
export const SHORT_TUNNEL = reason('short tunnel')
export const BAD_TUNNEL = reason('bad tunnel header')
export const UNKNOWN_TUNNEL = reason('unknown tunnel payload')
export const UNKNOWN_GRE = reason('unknown gre payload')
export const MACSEC = reason('macsec')
export const ESP = reason('esp')
export const DTLS = reason('dtls')
export const IPCOMP = reason('ipcomp')
export const SHORT_WIFI = reason('short wifi')
export const BAD_WIFI = reason('bad wifi header')
export const WIFI_FCS = reason('bad wifi checksum')
export const WIFI_MANAGEMENT = reason('wifi management')
export const WIFI_CONTROL = reason('wifi control')
export const ENCRYPTED_WIFI = reason('encrypted wifi')
export const WIFI_AGGREGATE = reason('wifi aggregate')
export const UNKNOWN_FAMILY = reason('unknown address family')
/** A link type the registry does not name, or not to us. */
export const LINK_OTHER = reason('unknown link type')

/** Nobody may hear it: people said so. */
export const EXCLUDED_VLAN = reason('excluded vlan')
export const EXCLUDED_SUBNET = reason('excluded subnet')
export const EXCLUDED_MAC = reason('excluded mac')

/** For each link type of 16 bits: why it is not decoded, should it not be. */
const linkReasons = new Uint16Array(1024).fill(LINK_OTHER)
for (const [number, name] of LINK_NAMES) linkReasons[number] = reason(`link type ${name}`)

export const linkReason = (link: number): number =>
  link >= 0 && link < linkReasons.length ? linkReasons[link]! : LINK_OTHER

/** Reasons by `Frame.undecoded`; the first is none. */
export const UNDECODED: readonly string[] = reasons

const layers: string[] = []
const layer = (name: string): number => layers.push(name) - 1

export const L_ETHERNET = layer('ethernet')
export const L_VLAN = layer('vlan')
export const L_LLC = layer('llc')
export const L_SNAP = layer('snap')
export const L_MPLS = layer('mpls')
export const L_PSEUDOWIRE = layer('pseudowire')
export const L_PPPOE = layer('pppoe')
export const L_PPP = layer('ppp')
export const L_VN_TAG = layer('vn-tag')
export const L_E_TAG = layer('e-tag')
export const L_CISCO_META = layer('cisco-meta')
export const L_FABRIC_PATH = layer('fabricpath')
export const L_PBB = layer('pbb')
export const L_HSR = layer('hsr')
export const L_R_TAG = layer('r-tag')
export const L_MACSEC = layer('macsec')
export const L_NSH = layer('nsh')
export const L_ARP = layer('arp')
export const L_IP4 = layer('ip4')
export const L_IP6 = layer('ip6')
export const L_AH = layer('ah')
export const L_ESP = layer('esp')
export const L_TCP = layer('tcp')
export const L_UDP = layer('udp')
export const L_SCTP = layer('sctp')
export const L_ICMP = layer('icmp')
export const L_ICMP6 = layer('icmp6')
export const L_IGMP = layer('igmp')
export const L_GRE = layer('gre')
export const L_ERSPAN1 = layer('erspan1')
export const L_ERSPAN2 = layer('erspan2')
export const L_ERSPAN3 = layer('erspan3')
export const L_EOIP = layer('eoip')
export const L_WCCP = layer('wccp')
export const L_ETHERIP = layer('etherip')
export const L_L2TP2 = layer('l2tp2')
export const L_L2TP3 = layer('l2tp3')
export const L_VXLAN = layer('vxlan')
export const L_VXLAN_GPE = layer('vxlan-gpe')
export const L_GENEVE = layer('geneve')
export const L_GTP = layer('gtp')
export const L_TEREDO = layer('teredo')
export const L_TZSP = layer('tzsp')
export const L_CAPWAP = layer('capwap')
export const L_LISP = layer('lisp')
export const L_PEEK_REMOTE = layer('peekremote')
export const L_JMIRROR = layer('jmirror')
export const L_NULL = layer('null')
export const L_RAW = layer('raw')
export const L_SLL = layer('sll')
export const L_SLL2 = layer('sll2')
export const L_HDLC = layer('hdlc')
export const L_FRAME_RELAY = layer('frame-relay')
export const L_RADIOTAP = layer('radiotap')
export const L_AVS = layer('avs')
export const L_PRISM = layer('prism')
export const L_PPI = layer('ppi')
export const L_WIFI = layer('wifi')
export const L_NFLOG = layer('nflog')
export const L_PKTAP = layer('pktap')
export const L_JUNIPER = layer('juniper')
export const L_FDDI = layer('fddi')
export const L_TOKEN_RING = layer('token-ring')
export const L_PFLOG = layer('pflog')

/** Names by the numbers in `Frame.layers`. */
export const LAYERS: readonly string[] = layers
