/**
 * DHCPv6 (RFC 8415, 4704, 4649, 6939, 6355): what a machine says of itself while asking for
 * addresses, what it is given, and what a server tells of the network.
 *
 * A client is named by its own address: the sender's, or the one that its first relay wrote down.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, hex, label, mac, text } from '../model/fact.js'
import { isStation, isUnspecified, noteOption, type Options } from './configuring.js'
import {
  clientOptions,
  declineOptions,
  leaseOptions,
  optionFacts,
  releaseOptions,
  serverOptions,
} from './dhcpv6-options.js'
import { IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** The kinds of message it sends, about clients and servers alike: `solicit`, `reply`, ... */
const message = fact('dhcpv6.message', text, 'set')
/** About a relay: that it is one. */
const relay = fact('dhcpv6.relay', text)
/** What a relay says of a client: its hardware address, and where its cable ends. */
const station = fact('dhcpv6.mac', mac, 'set')
const port = fact('dhcpv6.interface_id', label)
const remote = fact('dhcpv6.remote_id', label)
const subscriber = fact('dhcpv6.subscriber_id', label)
/** Who relays for one circuit, as the relay names itself. */
const relayId = fact('dhcpv6.relay_id', hex, 'set')

const REPLY = 7
const RELEASE = 8
const DECLINE = 9
const RELAY_FORWARD = 12
const RELAY_REPLY = 13
/** From here on messages speak of leases that somebody asks about, or carry DHCPv4. */
const LEASE_QUERY = 14
const KINDS = [
  ...['', 'solicit', 'advertise', 'request', 'confirm', 'renew', 'rebind', 'reply', 'release'],
  ...['decline', 'reconfigure', 'information request', 'relay forward', 'relay reply'],
  ...['lease query', 'lease query reply', 'lease query done', 'lease query more'],
  ...['reconfigure request', 'reconfigure reply', 'dhcpv4 query', 'dhcpv4 response'],
] as const
/** Those that servers send: advertise, reply, reconfigure. */
const FROM_SERVER = 0b100_1000_0100

const RELAY_MESSAGE = 9
const INTERFACE_ID = 18
const REMOTE_ID = 37
const SUBSCRIBER_ID = 38
const RELAY_ID = 53
const CLIENT_LINK = 79

const ETHERNET = 1
/** No message has passed more relays than this. */
const RELAYS_MAX = 8

/** Whom the message at hand is about; filled again for each, and on the way into a relayed one. */
const scene = { relays: 0, peer: -1 }

/** One option's value. */
const value = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.network !== 6) return c.fail('other network')
  scene.relays = 0
  scene.peer = -1
  readMessage(c, notes, talk)
}

function readMessage(c: Cursor, notes: Notes, talk: Talk): void {
  const kind = c.u8()
  if (c.fault !== '') return
  if (kind === RELAY_FORWARD || kind === RELAY_REPLY) return relayed(c, notes, talk, kind)
  c.take(3)
  if (c.fault !== '') return
  if (kind === 0 || kind >= KINDS.length) return c.fail('kind')
  if (kind < LEASE_QUERY && ((1 << kind) & FROM_SERVER) !== 0)
    return fromServer(c, notes, talk, kind)
  if (!aboutClient(notes)) return
  notes.say(message, KINDS[kind]!)
  if (kind < LEASE_QUERY) fromClient(c, notes, kind)
}

/** The client is the sender unless a relay carried its words. */
function aboutClient(notes: Notes): boolean {
  if (scene.peer < 0 && scene.relays > 0) return false
  notes.about(scene.peer < 0 ? SENDER : IP6, scene.peer)
  return true
}

function fromClient(c: Cursor, notes: Notes, kind: number): void {
  const table =
    kind === RELEASE ? releaseOptions : kind === DECLINE ? declineOptions : clientOptions
  while (c.left > 0) {
    const code = c.u16()
    const length = c.u16()
    note(table, code, c, length, notes)
  }
}

/** What a server says is about the client it answers where it is about a lease, else about itself. */
function fromServer(c: Cursor, notes: Notes, talk: Talk, kind: number): void {
  notes.about(SENDER)
  notes.say(message, KINDS[kind]!)
  const direct = scene.relays === 0 && !talk.toGroup ? talk.targetIp : -1
  const client = scene.peer >= 0 ? scene.peer : direct
  while (c.left > 0) {
    const code = c.u16()
    const length = c.u16()
    if (leaseOptions[code] === undefined) {
      notes.about(SENDER)
      note(serverOptions, code, c, length, notes)
    } else if (client < 0 || kind !== REPLY) c.take(length)
    else {
      notes.about(IP6, client)
      note(leaseOptions, code, c, length, notes)
    }
  }
}

function note(table: Options, code: number, c: Cursor, length: number, notes: Notes): void {
  const at = c.take(length)
  const option = table[code]
  if (option !== undefined && at >= 0)
    noteOption(option, value.over(c.bytes, at, at + length), notes)
}

/** A relay's envelope: whose words are in it, and what the relay adds about them. */
function relayed(c: Cursor, notes: Notes, talk: Talk, kind: number): void {
  c.take(1)
  const link = c.take(16)
  const peer = c.take(16)
  if (c.fault !== '') return
  if (scene.relays === RELAYS_MAX) return c.fail('relays')
  const named = !isUnspecified(c.bytes, link)
  if (named || (scene.relays === 0 && kind === RELAY_FORWARD)) {
    notes.about(named ? IP6 : SENDER, link)
    notes.say(relay, 'agent')
  }
  const known = !isUnspecified(c.bytes, peer)
  while (c.left > 0) {
    const code = c.u16()
    const length = c.u16()
    const outer = c.narrow(length)
    if (c.fault !== '') return
    if (code === RELAY_MESSAGE) {
      scene.relays++
      scene.peer = known ? peer : -1
      readMessage(c, notes, talk)
      scene.relays--
    } else if (known) {
      notes.about(IP6, peer)
      added(c, notes, code)
    }
    c.widen(outer)
  }
}

function added(c: Cursor, notes: Notes, code: number): void {
  switch (code) {
    case INTERFACE_ID:
      return notes.add(port, c.at, c.left)
    case REMOTE_ID:
      if (c.left > 4) notes.add(remote, c.at + 4, c.left - 4) // Behind the maker's number.
      return
    case SUBSCRIBER_ID:
      return notes.add(subscriber, c.at, c.left)
    case RELAY_ID:
      return notes.add(relayId, c.at, c.left)
    case CLIENT_LINK:
      if (c.left === 8 && c.u16() === ETHERNET && isStation(c.bytes, c.at)) {
        notes.add(station, c.at, 6)
      }
      break
    default:
  }
}

export const dhcpv6: Protocol = {
  name: 'dhcpv6',
  standard: 'RFC 8415, 4704, 6939',
  tells: "a client's lasting identity (DUID), name and maker; what its network gives out",
  heard: ['udp/546-547'],
  facts: [message, relay, station, port, remote, subscriber, relayId, ...optionFacts],
  parse,
}
