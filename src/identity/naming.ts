/** Which facts name a device, and which say outright what it is. */

/** Facts that name a device, the most telling first. */
const NAMING: readonly string[] = [
  'dhcp.hostname',
  'dhcp.fqdn',
  'dhcpv6.fqdn',
  'mdns.host',
  'snmp.sys_name',
  'lldp.system_name',
  'cdp.device_id',
  'nbns.name',
  'llmnr.name',
  'dhcp.leased_name',
  'dhcpv6.leased_name',
  'dns.registered',
  'dns.ptr',
  'dns.answer',
]

export type Property = 'vendor' | 'model' | 'firmware' | 'serial'

/** Facts that state a property in so many words. */
const STATING: Readonly<Record<string, Property>> = {
  'snmp.model': 'model',
  'snmp.serial': 'serial',
  'snmp.firmware': 'firmware',
  'dhcp.model': 'model',
  'dhcp.serial': 'serial',
  'dhcp.firmware': 'firmware',
  'dhcpv6.model': 'model',
  'dhcpv6.serial': 'serial',
  'dhcpv6.firmware': 'firmware',
  'mdns.model': 'model',
}

/** What a machine calls itself while it asks for an address. */
export const isOwnName = (fact: string): boolean => fact === 'dhcp.hostname'

const RANKS = new Map(NAMING.map((name, rank) => [name, rank]))

/** What a fact is good for in a device's portrait. */
export interface Trait {
  /** Its rank as a name, 0 the best; -1 if it names nothing. */
  readonly naming: number
  readonly states: Property | null
}

export const traitOf = (fact: string): Trait => ({
  naming: RANKS.get(fact) ?? -1,
  states: Object.hasOwn(STATING, fact) ? STATING[fact]! : null,
})

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
