/**
 * What devices do for others: routers and proxies by how they are heard, relays, gateways and
 * reflectors by whose words they carry, translators by the systems that speak from their address.
 */

import type { Role } from '../model/device.js'
import type { Told } from '../model/heard.js'
import type { Addresses } from './addresses.js'
import type { Bindings } from './bindings.js'
import { UNBOUND } from './claims.js'
import { addressSubject, stationSubject, type Subject } from './evidence.js'
import { SPEAKERS_MAX, SPOKEN_MAX } from './limits.js'
import { isStationNode, type Node, type Nodes } from './nodes.js'
import type { Stations } from './stations.js'
import type { SubAddresses } from './sub-addresses.js'
import type { Systems } from './systems.js'

type Telling = 'relay' | 'router' | 'bbmd' | 'frames' | 'names' | 'traps'

/** Facts that tell of a role: about whom, and what of. */
const TELLING: Readonly<Record<string, Telling>> = {
  'dhcp.relay': 'relay',
  'dhcpv6.relay': 'relay',
  'ndp.role': 'router',
  'arp.speaks_for': 'frames',
  'ndp.speaks_for': 'frames',
  'dhcp.speaks_for': 'frames',
  'mdns.speaks_for': 'names',
  'ssdp.speaks_for': 'names',
  'snmp.speaks_for': 'traps',
  'bacnet.role': 'bbmd',
}
/** Values by which a fact tells of the role of this name, and others of none. */
const STATED: readonly string[] = ['router', 'bbmd']
/** Nobody knows whose these addresses are, but they are too many to be the speaker's own. */
const STRANGERS = 2

interface Known {
  readonly stations: Stations
  readonly addresses: Addresses
  readonly bindings: Bindings
  readonly systems: Systems
  readonly nodes: Nodes
  readonly subs: SubAddresses
}

export class Roles {
  private readonly known: Known
  /** By fact id. */
  private readonly telling: (Telling | null)[] = []
  private readonly relays = new Set<Subject>()
  private readonly routers = new Set<Subject>()
  private readonly bbmds = new Set<Subject>()
  /** By speaker: for whom it spoke. */
  private readonly spoken = new Map<Subject, Subject[]>()
  /** By who passes traps on: of whom. */
  private readonly reported = new Map<Subject, Subject[]>()

  constructor(known: Known) {
    this.known = known
  }

  /** True if it tells of a role. */
  hear(told: Told, subject: Subject): boolean {
    const { fact } = told
    let telling = this.telling[fact.id]
    if (telling === undefined) {
      telling = Object.hasOwn(TELLING, fact.name) ? TELLING[fact.name]! : null
      this.telling[fact.id] = telling
    }
    if (telling === null) return false
    if (telling === 'relay') note(this.relays, subject)
    else if (!STATED.includes(telling)) this.hearSpoken(told, subject, telling)
    else if (fact.form(told.bytes, told.valueAt, told.valueLength) === telling)
      note(telling === 'router' ? this.routers : this.bbmds, subject)
    return true
  }

  of(own: readonly Node[]): Role[] {
    const { bindings, systems, nodes, subs } = this.known
    const roles = new Set<Role>()
    for (const node of own) {
      if (isStationNode(node)) {
        const station = node >>> 1
        if (bindings.duties.carries(station)) roles.add('router')
        if (bindings.duties.isProxy(station)) roles.add('proxy')
      }
      nodes.eachSubject(node, subject => {
        if (this.relays.has(subject)) roles.add('relay')
        if (this.routers.has(subject)) roles.add('router')
        const spoken = this.spoken.get(subject)
        if (spoken !== undefined) this.addSpoken(spoken, own, roles)
        const reported = this.reported.get(subject)
        if (reported !== undefined && this.others(reported, own).length > 0) roles.add('relay')
        if (this.bbmds.has(subject)) roles.add('bbmd')
        if (subs.hasStations(subject)) roles.add('gateway')
        if ((subject & 1) === 1 && systems.areSeveral(subject >>> 1)) roles.add('nat')
      })
    }
    return [...roles].sort()
  }

  private hearSpoken(told: Told, subject: Subject, telling: Telling): void {
    const { stations, addresses } = this.known
    const { bytes, valueAt, valueLength } = told
    if (telling === 'frames' ? valueLength !== 6 : valueLength !== 4 && valueLength !== 16) return
    const index =
      telling === 'frames'
        ? stations.at(bytes, valueAt, told.session)
        : addresses.at(bytes, valueAt, valueLength, told)
    if (index < 0) return
    const whom = telling === 'frames' ? stationSubject(index) : addressSubject(index)
    const all = telling === 'traps' ? this.reported : this.spoken
    const spoken = all.get(subject)
    if (spoken === undefined) {
      if (all.size < SPEAKERS_MAX) all.set(subject, [whom])
    } else if (spoken.length < SPOKEN_MAX && !spoken.includes(whom)) spoken.push(whom)
  }

  /** Who speaks for others of the same network is a proxy; who repeats what those of another say reflects. */
  private addSpoken(spoken: readonly Subject[], own: readonly Node[], roles: Set<Role>): void {
    for (const whom of this.others(spoken, own)) {
      const isElsewhere = (whom & 1) === 1 && this.known.bindings.proofOf(whom >>> 1) === UNBOUND
      roles.add(isElsewhere ? 'reflector' : 'proxy')
    }
  }

  /** Those of them that are somebody else. */
  private others(spoken: readonly Subject[], own: readonly Node[]): Subject[] {
    let strangers = 0
    return spoken.filter(whom => {
      const node = this.known.nodes.of(whom)
      if (own.includes(node)) return false
      return node >= 0 || ((whom & 1) === 1 && ++strangers >= STRANGERS)
    })
  }
}

function note(set: Set<Subject>, subject: Subject): void {
  if (set.size < SPEAKERS_MAX) set.add(subject)
}
