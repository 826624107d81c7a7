/** All that is kept of what was heard, each kind in its own table, and who judges it. */

import type { Prefix } from '../bytes/prefixes.js'
import { NO_JUDGE, type Judge } from '../model/judge.js'
import { Activity } from './activity.js'
import { Addresses } from './addresses.js'
import { Bindings } from './bindings.js'
import { Carriers } from './carriers.js'
import { Claims } from './claims.js'
import { Evidence } from './evidence.js'
import { Flood } from './flood.js'
import { Holdings } from './holdings.js'
import { Joining, type Decisions } from './joining.js'
import { Labels } from './labels.js'
import { Makers } from './makers.js'
import { Nodes } from './nodes.js'
import { Outsiders } from './outsiders.js'
import { Patience } from './patience.js'
import { Places, type NamedPlace } from './places.js'
import { Roles } from './roles.js'
import { Stations } from './stations.js'
import { SubAddresses } from './sub-addresses.js'
import { Subnets } from './subnets.js'
import { Systems } from './systems.js'
import { Tokens } from './tokens.js'
import { Twins } from './twins.js'
import { Vendors } from './vendors.js'
import { Verdicts } from './verdicts.js'

export interface TablesOptions {
  readonly seed: number
  readonly vendors?: Vendors
  readonly inside?: readonly Prefix[]
  /** What networks are called, and where they are. */
  readonly places?: readonly NamedPlace[]
  /** Of devices of which `places` says no other. */
  readonly timezone?: string
  /** Where the sensor stands; ids of devices at several sites must differ. */
  readonly site?: string | null
  readonly decisions?: Decisions
  /** Who says what a device is. */
  readonly judge?: Judge
  /** Of which facts it matters when they were said last. */
  readonly isTimed?: (fact: string) => boolean
  /** A sensor's, which doesn't believe everything at once. */
  readonly isLive?: boolean
}

export class Tables {
  readonly seed: number
  readonly site: string
  readonly vendors: Vendors
  readonly judge: Judge
  readonly places: Places
  readonly labels = new Labels()
  readonly subnets = new Subnets()
  readonly activity = new Activity()
  readonly holdings = new Holdings()
  readonly stations: Stations
  readonly addresses: Addresses
  readonly claims: Claims
  readonly carriers: Carriers
  readonly evidence: Evidence
  readonly tokens: Tokens
  readonly makers: Makers
  readonly flood: Flood
  readonly twins: Twins
  readonly systems: Systems
  readonly outsiders: Outsiders
  readonly bindings: Bindings
  readonly subs: SubAddresses
  readonly nodes: Nodes
  readonly joining: Joining
  readonly roles: Roles
  readonly patience: Patience | undefined

  constructor(options: TablesOptions) {
    const { seed, vendors = new Vendors(), inside = [], decisions, isLive = false } = options
    this.seed = seed
    this.site = options.site ?? ''
    this.vendors = vendors
    this.places = new Places(options.places ?? [], options.timezone)
    this.stations = new Stations(seed)
    this.addresses = new Addresses(seed, inside)
    this.claims = new Claims(this.stations, this.addresses)
    this.judge = options.judge ?? NO_JUDGE
    this.evidence = new Evidence(seed, this.judge, options.isTimed)
    this.tokens = new Tokens(seed)
    this.makers = new Makers(this.stations, vendors)
    this.flood = new Flood(this)
    this.twins = new Twins(this, seed)
    this.systems = new Systems(this.addresses)
    this.outsiders = new Outsiders(this)
    this.carriers = new Carriers(isLive ? this.outsiders : undefined)
    this.patience = isLive ? new Patience(this.addresses, this.subnets, seed) : undefined
    this.bindings = new Bindings(this)
    this.subs = new SubAddresses(this)
    this.nodes = new Nodes(this)
    const verdicts = new Verdicts(this.nodes, this.tokens, this.activity)
    this.joining = new Joining(this, verdicts, decisions)
    this.roles = new Roles(this)
    this.connect()
  }

  /** What one table learns concerns others. */
  private connect(): void {
    const { stations, bindings, twins, claims, tokens, activity, subs } = this
    subs.onChange = sub => bindings.touch(sub)
    stations.onNew = station => twins.welcome(station)
    twins.onBegin = () => bindings.hosts.retell()
    bindings.hosts.onJoin = (host, address) => twins.welcomeHost(host, address)
    claims.onLease = station => stations.vouch(station)
    tokens.onWeak = subject => {
      if ((subject & 1) === 0) activity.watch(subject >>> 1)
    }
  }
}
