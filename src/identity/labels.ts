/** What a conversation is called when no parser recognised it: its port's service, or its transport. */

export const TCP = 6
export const UDP = 17

const TRANSPORTS: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  6: 'tcp',
  17: 'udp',
  41: 'ipv6',
  47: 'gre',
  50: 'esp',
  51: 'ah',
  58: 'icmpv6',
  88: 'eigrp',
  89: 'ospf',
  103: 'pim',
  112: 'vrrp',
  115: 'l2tp',
  132: 'sctp',
}

const BOTH: Readonly<Record<number, string>> = {
  53: 'dns',
  88: 'kerberos',
  123: 'ntp',
  137: 'netbios-ns',
  138: 'netbios-dgm',
  139: 'netbios-ssn',
  389: 'ldap',
  464: 'kpasswd',
  853: 'dns-over-tls',
  1194: 'openvpn',
  1812: 'radius',
  1813: 'radius',
  3389: 'rdp',
  3478: 'stun',
  5060: 'sip',
  5061: 'sips',
  47808: 'bacnet',
}

const OF_TCP: Readonly<Record<number, string>> = {
  20: 'ftp-data',
  21: 'ftp',
  22: 'ssh',
  23: 'telnet',
  25: 'smtp',
  43: 'whois',
  79: 'finger',
  80: 'http',
  102: 's7',
  110: 'pop3',
  111: 'rpc',
  135: 'msrpc',
  143: 'imap',
  179: 'bgp',
  443: 'https',
  445: 'smb',
  465: 'smtps',
  502: 'modbus',
  515: 'lpd',
  548: 'afp',
  554: 'rtsp',
  587: 'submission',
  631: 'ipp',
  636: 'ldaps',
  873: 'rsync',
  993: 'imaps',
  995: 'pop3s',
  1433: 'mssql',
  1521: 'oracle',
  1723: 'pptp',
  1883: 'mqtt',
  2049: 'nfs',
  2404: 'iec104',
  3260: 'iscsi',
  3306: 'mysql',
  5222: 'xmpp',
  5223: 'apns',
  5432: 'postgresql',
  5900: 'vnc',
  5985: 'winrm',
  6379: 'redis',
  8008: 'http',
  8009: 'googlecast',
  8080: 'http',
  8443: 'https',
  8883: 'mqtts',
  9100: 'jetdirect',
  20000: 'dnp3',
  44818: 'enip',
}

const OF_UDP: Readonly<Record<number, string>> = {
  67: 'dhcp',
  68: 'dhcp',
  69: 'tftp',
  161: 'snmp',
  162: 'snmp',
  443: 'quic',
  500: 'ike',
  514: 'syslog',
  520: 'rip',
  546: 'dhcpv6',
  547: 'dhcpv6',
  623: 'ipmi',
  1645: 'radius',
  1646: 'radius',
  1900: 'ssdp',
  2222: 'enip',
  3702: 'ws-discovery',
  4500: 'ipsec',
  4789: 'vxlan',
  5353: 'mdns',
  5355: 'llmnr',
  5683: 'coap',
  6343: 'sflow',
  44818: 'enip',
  51820: 'wireguard',
}

/** The service of a well-known port, or ''. */
export function portLabel(transport: number, port: number): string {
  const own = transport === TCP ? OF_TCP : transport === UDP ? OF_UDP : undefined
  return own === undefined ? '' : (own[port] ?? BOTH[port] ?? '')
}

export const transportLabel = (transport: number): string =>
  TRANSPORTS[transport] ?? `ip-${transport}`

/** Every label once, as a number; a row's label is found without making strings. */
export class Labels {
  readonly names: string[] = []
  private readonly numbers = new Map<string, number>()
  /** By transport and port: the number of the label and 1, or 0 while nobody asked. */
  private readonly byPort = [new Int32Array(65536), new Int32Array(65536)]

  of(transport: number, port: number, recognised: string): number {
    if (recognised !== '') return this.number(recognised)
    if (transport !== TCP && transport !== UDP) return this.number(transportLabel(transport))
    const ports = this.byPort[transport === TCP ? 0 : 1]!
    const known = ports[port & 0xffff]!
    if (known > 0) return known - 1
    const label = portLabel(transport, port)
    const number = this.number(label === '' ? transportLabel(transport) : label)
    ports[port & 0xffff] = number + 1
    return number
  }

  number(name: string): number {
    let number = this.numbers.get(name)
    if (number === undefined) {
      number = this.names.length
      this.numbers.set(name, number)
      this.names.push(name)
    }
    return number
  }
}
