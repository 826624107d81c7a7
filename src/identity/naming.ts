/** Which facts name a device. */

/** Facts that name a device, the most telling first. */
const NAMING: readonly string[] = [
  'dhcp.hostname',
  'dhcp.fqdn',
  'dhcpv6.fqdn',
  'mdns.host',
  'snmp.sys_name',
  'lldp.sys_name',
  'cdp.sys_name',
  'cdp.device_id',
  'mndp.identity',
  'ubnt.hostname',
  'ntlmssp.dns_computer',
  'ntlmssp.netbios_computer',
  'ntlmssp.workstation',
  'ldap.host',
  'kerberos.machine',
  'browse.name',
  'nbns.name',
  'llmnr.host',
  'wsd.computer',
  'lltd.machine_name',
  'rdp.client_name',
  'smb.server_name',
  'ipp.host_name',
  'redfish.host_name',
  'onvif.hostname',
  'capwap.name',
  'isis.name',
  'bgp.host',
  'esphome.name',
  'tasmota.host',
  'sip.device_name',
  'skinny.device_name',
  'iscsi.initiator_alias',
  'checkmk.host',
  'zabbix.host',
  'mssql.server_name',
  'mssql.host_name',
  'syslog.host',
  'cast.name',
  'roku.name',
  'airplay.name',
  'kasa.alias',
  'tapo.name',
  'yeelight.name',
  'lifx.label',
  'tasmota.name',
  'steam.host',
  'upnp.friendly_name',
  'wsd.friendly_name',
  'dhcp.leased_name',
  'dhcpv6.leased_name',
  'dns.registered',
  'dns.ptr',
  'dns.answer',
]

/** By what name others reached an address: so that a conversation with it has one. */
const REACHED = new Set(['dns.answer', 'tls.name', 'http.name', 'http2.name'])
export const isReachedName = (fact: string): boolean => REACHED.has(fact)

/** What a machine calls itself while it asks for an address. */
export const isOwnName = (fact: string): boolean => fact === 'dhcp.hostname'

const RANKS = new Map(NAMING.map((name, rank) => [name, rank]))

/** A fact's rank as a name, 0 the best; -1 if it names nothing. */
export const namingRank = (fact: string): number => RANKS.get(fact) ?? -1

/** A name as people write it: without the dots at its ends, and without `.local`. */
export function plainName(text: string): string {
  if (!text.includes('.')) return text.trim()
  return text
    .trim()
    .replace(/^\.+|\.+$/g, '')
    .replace(/\.(local|localdomain)$/i, '')
    .replace(/\.+$/, '')
}

/** Distinct names, whatever their case, the best first. */
export function distinctNames(
  ranked: readonly { name: string; rank: number }[],
  max: number,
): string[] {
  if (ranked.length === 1) return ranked[0]!.name === '' ? [] : [ranked[0]!.name]
  const seen = new Set<string>()
  const names: string[] = []
  for (const { name } of [...ranked].sort((a, b) => a.rank - b.rank)) {
    const key = name.toLowerCase()
    if (name === '' || seen.has(key)) continue
    seen.add(key)
    names.push(name)
    if (names.length === max) break
  }
  return names
}
