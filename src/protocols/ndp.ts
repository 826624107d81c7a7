/**
 * Neighbor discovery (RFC 4861, 4862, 4191, 8106, 8781, 8910): which hardware address stands for
 * which IPv6 address, who is a router, and what it tells its network.
 *
 * All of it is said with a hop limit of 255: no router can have passed it on.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, ip, mac, number, prefix, text } from '../model/fact.js'
import { isSameStation, isStation, isUnspecified, noteNames, notePrefix } from './configuring.js'
import { IP6, MAC, type Notes, type Protocol, type Talk } from './protocol.js'

/** About an IPv6 address: the hardware address that claims it. */
const binding = fact('ndp.mac', mac)
/** About a hardware address: the address that it is about to take, unless somebody minds. */
const probe = fact('ndp.probe', ip, 'set')
/** `router` or `host`, as it says of itself; whether its word shall replace what was known. */
const role = fact('ndp.role', text, 'set')
const override = fact('ndp.override', text, 'set')
/** About the frame's source: whose words it carries, where those are not its own. */
const speaksFor = fact('ndp.speaks_for', mac, 'set')

/** What a router tells, about its own address. */
const preference = fact('ndp.preference', text)
const configuration = fact('ndp.configuration', text)
const lifetime = fact('ndp.router_lifetime_s', number)
const hopLimit = fact('ndp.hop_limit', number)
const mtu = fact('ndp.mtu', number)
const network = fact('ndp.prefix', prefix, 'set')
const withdrawn = fact('ndp.withdrawn_prefix', prefix, 'set')
const route = fact('ndp.route', prefix, 'set')
const dns = fact('ndp.dns', ip, 'set')
const search = fact('ndp.search', text, 'set')
const nat64 = fact('ndp.nat64', prefix, 'set')
const portal = fact('ndp.captive_portal', text, 'set')
/** A redirect: where it points for which destination. */
const redirects = fact('ndp.redirects', ip, 'set')
const redirectsTo = fact('ndp.redirects_to', ip, 'set')

const ROUTER_SOLICITATION = 133
const ROUTER_ADVERTISEMENT = 134
const NEIGHBOR_SOLICITATION = 135
const NEIGHBOR_ADVERTISEMENT = 136
const REDIRECT = 137

const SOURCE_LINK = 1
const TARGET_LINK = 2
const PREFIX = 3
const MTU = 5
const ROUTE = 24
const DNS = 25
const SEARCH = 31
const PORTAL = 37
const NAT64 = 38

/** Bytes of an Ethernet address option, without kind and length. */
const LINK_BYTES = 6
const FROM_ROUTER = 0x80
const OVERRIDES = 0x20
/** A NAT64 prefix says how long it is in three bits. */
const NAT64_BITS = [96, 64, 56, 48, 40, 32] as const
const PREFERENCES = ['medium', 'high', 'reserved', 'low'] as const
const CONFIGURATIONS = ['none', 'other', 'managed', 'managed,other'] as const

/** An option's content where it has a form of its own. */
const part = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const type = c.u8()
  const code = c.u8()
  c.take(2)
  if (c.fault !== '') return
  if (talk.hops !== 255) return c.fail('hop limit')
  if (code !== 0) return c.fail('code')
  if (talk.network !== 6) return c.fail('no address')
  switch (type) {
    case ROUTER_SOLICITATION:
      c.take(4)
      return links(c, notes, talk, SOURCE_LINK, sourceOf(c, talk))
    case ROUTER_ADVERTISEMENT:
      return routerAdvertisement(c, notes, talk)
    case NEIGHBOR_SOLICITATION:
      return neighborSolicitation(c, notes, talk)
    case NEIGHBOR_ADVERTISEMENT:
      return neighborAdvertisement(c, notes, talk)
    case REDIRECT:
      return redirect(c, notes, talk)
    default:
      c.fail('type')
  }
}

function neighborSolicitation(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(4)
  const target = c.take(16)
  if (c.fault !== '') return
  if (isGroup(c, target)) return c.fail('group target')
  const source = sourceOf(c, talk)
  if (source < 0) {
    notes.about(MAC, talk.sourceMac)
    notes.add(probe, target, 16)
  }
  links(c, notes, talk, SOURCE_LINK, source)
}

function neighborAdvertisement(c: Cursor, notes: Notes, talk: Talk): void {
  const flags = c.u8()
  c.take(3)
  const target = c.take(16)
  if (c.fault !== '') return
  if (isGroup(c, target)) return c.fail('group target')
  notes.about(IP6, target)
  notes.say(role, (flags & FROM_ROUTER) !== 0 ? 'router' : 'host')
  notes.say(override, (flags & OVERRIDES) !== 0 ? 'yes' : 'no')
  links(c, notes, talk, TARGET_LINK, target)
}

/** Options of which only the sender's own hardware address is wanted: `owner` is whose it is. */
function links(c: Cursor, notes: Notes, talk: Talk, wanted: number, owner: number): void {
  while (c.left > 0) {
    const kind = c.u8()
    const length = c.u8() * 8 - 2
    if (length < 0) return c.fail('option length')
    const at = c.take(length)
    if (kind === wanted && length === LINK_BYTES && owner >= 0) link(c, notes, talk, owner, at)
  }
}

function link(c: Cursor, notes: Notes, talk: Talk, owner: number, at: number): void {
  if (at < 0 || !isStation(c.bytes, at)) return
  notes.about(IP6, owner)
  notes.add(binding, at, LINK_BYTES)
  if (talk.sourceMac < 0 || isSameStation(c.bytes, at, talk.sourceMac)) return
  notes.about(MAC, talk.sourceMac)
  notes.add(speaksFor, at, LINK_BYTES)
}

function routerAdvertisement(c: Cursor, notes: Notes, talk: Talk): void {
  const hops = c.at
  const hopsWanted = c.u8()
  const flags = c.u8()
  const seconds = c.at
  const serves = c.u16() > 0
  c.take(8)
  if (c.fault !== '') return
  if (!isLinkLocal(c, talk.sourceIp)) return c.fail('not link-local')
  notes.about(IP6, talk.sourceIp)
  notes.say(role, 'router')
  notes.add(lifetime, seconds, 2)
  if (serves) notes.say(preference, PREFERENCES[(flags >> 3) & 3]!)
  notes.say(configuration, CONFIGURATIONS[flags >> 6]!)
  if (hopsWanted > 0) notes.add(hopLimit, hops, 1)
  while (c.left > 0) {
    const kind = c.u8()
    const length = c.u8() * 8 - 2
    if (length < 0) return c.fail('option length')
    const outer = c.narrow(length)
    if (c.fault !== '') return
    if (kind === SOURCE_LINK && length === LINK_BYTES) link(c, notes, talk, talk.sourceIp, c.at)
    else if (!told(c, notes, talk, kind)) c.fail('option size')
    c.widen(outer)
  }
}

/** What a router tells in one option, which is all that `c` has left; false if it can't be read. */
function told(c: Cursor, notes: Notes, talk: Talk, kind: number): boolean {
  notes.about(IP6, talk.sourceIp)
  switch (kind) {
    case PREFIX:
      return c.left === 30 && prefixOption(c, notes)
    case MTU:
      c.take(2)
      notes.add(mtu, c.take(4), 4)
      return true
    case ROUTE:
      return routeOption(c, notes)
    case DNS:
      if (c.left < 22) return false
      if (isOver(c)) return true
      while (c.left >= 16) notes.add(dns, c.take(16), 16)
      return true
    case SEARCH:
      if (isOver(c)) return true
      part.over(c.bytes, c.at, c.end)
      if (!noteNames(notes, search, part)) c.fail('bad name')
      return true
    case PORTAL:
      notes.add(portal, c.at, textLength(c))
      return true
    case NAT64:
      return c.left === 14 && nat64Option(c, notes)
    default:
      return true
  }
}

/** True if what follows is no longer to be used: its lifetime is none. */
function isOver(c: Cursor): boolean {
  c.take(2)
  return c.u32() === 0
}

function prefixOption(c: Cursor, notes: Notes): boolean {
  const bits = c.u8()
  c.take(1)
  const valid = c.u32()
  c.take(8)
  notePrefix(notes, valid === 0 ? withdrawn : network, c, 16, bits)
  return bits <= 128
}

/** The prefix takes 0, 8 or 16 bytes, whatever its length needs. */
function routeOption(c: Cursor, notes: Notes): boolean {
  const bits = c.u8()
  c.take(1)
  const valid = c.u32()
  if (bits > c.left * 8) return false
  if (valid !== 0) notePrefix(notes, route, c, 16, bits)
  return true
}

function nat64Option(c: Cursor, notes: Notes): boolean {
  const bits = NAT64_BITS[c.u16() & 7]
  if (bits !== undefined) notePrefix(notes, nat64, c, 16, bits)
  return true
}

function redirect(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(4)
  const target = c.take(16)
  const destination = c.take(16)
  if (c.fault !== '') return
  if (!isLinkLocal(c, talk.sourceIp)) return c.fail('not link-local')
  if (isGroup(c, destination)) return c.fail('group target')
  notes.about(IP6, talk.sourceIp)
  notes.add(redirects, destination, 16)
  notes.add(redirectsTo, target, 16)
  links(c, notes, talk, TARGET_LINK, -1) // Where another one lives is hearsay.
}

const sourceOf = (c: Cursor, talk: Talk): number =>
  isUnspecified(c.bytes, talk.sourceIp) ? -1 : talk.sourceIp

const isGroup = (c: Cursor, at: number): boolean => part.over(c.bytes, at, at + 16).u8() === 0xff

const isLinkLocal = (c: Cursor, at: number): boolean =>
  (part.over(c.bytes, at, at + 16).u16() & 0xffc0) === 0xfe80

/** Zeros fill an option up to whole units. */
function textLength(c: Cursor): number {
  const length = c.distance(0)
  return length < 0 ? c.left : length
}

export const ndp: Protocol = {
  name: 'ndp',
  standard: 'RFC 4861, 4862, 4191, 8106',
  tells: 'which hardware address stands for which IPv6 address; routers, prefixes and resolvers',
  heard: ['icmp6/133-137'],
  facts: [
    ...[binding, probe, role, override, speaksFor],
    ...[preference, configuration, lifetime, hopLimit, mtu, network, withdrawn, route],
    ...[dns, search, nat64, portal, redirects, redirectsTo],
  ],
  parse,
}
