/** What Onlooker and tshark call the same protocol. */

import type { Over } from './accepted.js'

export interface Pair {
  /** One name of ours, or several that tshark does not tell apart. */
  readonly ours: readonly string[]
  /** The names tshark writes into `frame.protocols` for it, any of them. */
  readonly theirs: readonly string[]
  /** What is compared. */
  readonly over: readonly Over[]
}

/** Called the same by both. */
const SAME = `afp amqp arp bgp bjnp capwap carp cdp coap dhcp dhcpv6 dns dtls dtp eapol edp eigrp
  fdp ftp git glbp h225 homeplug hsrp http http2 iax2 ica icmp ieee1905 igmp imap ipmi ipp irc
  iscsi isis kerberos kpasswd lacp lldp llmnr lltd loop lpd lsd lwapp mdns mgcp mndp mqtt mqttsn
  mysql nbdgm nbns nntp ntp openvpn ospf ossp pagp pim ptp radius realtek rip ripng rlogin rsh
  rsvp rsync rtcp rtsp sdp sflow sip skinny snmp socks ssdp ssh stp syslog telnet tftp tls tns
  udld unistim vnc vrrp vtp wol x11 xdmcp xmpp`

/** Ours = theirs, where the names differ; a comma stands between names of one side. */
const OTHERS = `avtp=ieee1722 browse=browser cassandra=cql dropbox=db-lsp-disc garp=gvrp,gmrp
  homeplug1=homeplug-av ike=isakmp kasa=tplink-smarthome ldap=ldap,cldap memcached=memcache
  mld=icmpv6.mld mongodb=mongo mrp=mrp-mmrp,mrp-msrp,mrp-mvrp msrpc,pnio=dcerpc mssql=tds
  ndp=icmpv6.nd netflow,ipfix=cflow oam=oampdu pop3=pop postgresql=pgsql quic=quic,gquic
  rdp=rdp,rdpudp redis=resp slp=srvloc smb=smb,smb2 sonmp=ndp steam=steam_ihs_discovery
  stun=stun,classicstun sunrpc=rpc tacacs=tacacs,tacplus ubnt=ubdp wireguard=wg`

/**
 * In datagrams tshark calls TLS what QUIC carries, and SMB what wraps a mailslot: here these
 * are parts of QUIC and of NetBIOS.
 */
const OVER_TCP = ['tls', 'smb']

/**
 * Once what is told of itself is over, the rest of a flow is sealed, or somebody's voice: it is no
 * longer read. Of these not packets are compared, but between whom they were heard at all.
 */
const SEALED = ['dtls', 'openvpn', 'quic', 'rtcp', 'stun', 'wireguard']

const namesIn = (text: string): string[] => text.trim().split(/\s+/)

const pairIn = (text: string): Pair => {
  const [ours = '', theirs = ours] = text.split('=')
  const datagrams = SEALED.includes(ours) ? 'flows' : 'packets'
  const over: Over[] = OVER_TCP.includes(ours) ? ['connections'] : [datagrams, 'connections']
  return { ours: ours.split(','), theirs: theirs.split(','), over }
}

export const pairs: readonly Pair[] = namesIn(`${SAME} ${OTHERS}`).map(pairIn)

/** What a pair is called in results and in the list of accepted differences. */
export const nameOf = ({ ours }: Pair): string => ours.join('+')
