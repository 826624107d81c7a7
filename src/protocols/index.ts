/** All protocols that are heard: a new one is a file beside this one and a line in this list. */

import type { Fact } from '../model/fact.js'
import { arp } from './arp.js'
import { dhcp } from './dhcp.js'
import { dhcpv6 } from './dhcpv6.js'
import { dns } from './dns.js'
import { mdns } from './mdns.js'
import { ndp } from './ndp.js'
import type { Protocol } from './protocol.js'
import { snmp } from './snmp.js'
import { tcp } from './tcp.js'
import { telnet } from './telnet.js'
import { vnc } from './vnc.js'

export const protocols: readonly Protocol[] = [
  arp,
  ndp,
  dhcp,
  dhcpv6,
  dns,
  mdns,
  snmp,
  telnet,
  vnc,
  tcp,
]

export const facts: readonly Fact[] = number(protocols)

/** Gives every fact its id, its place in the list of all; names must be what they promise. */
function number(list: readonly Protocol[]): Fact[] {
  const names = new Set<string>()
  const all: Fact[] = []
  for (const { name, facts } of list) {
    if (names.has(name)) throw new Error(`two protocols are called ${name}`)
    names.add(name)
    for (const fact of facts) {
      if (!fact.name.startsWith(`${name}.`)) throw new Error(`${fact.name} is no fact of ${name}`)
      if (names.has(fact.name)) throw new Error(`two facts are called ${fact.name}`)
      names.add(fact.name)
      fact.id = all.length
      all.push(fact)
    }
  }
  return all
}
