/**
 * BACnet over IP and Ethernet (ASHRAE 135, ISO 16484-5): what controllers of buildings say they are,
 * which networks routers lead to, and who writes, restarts or silences.
 *
 * Stations behind a router are called `bacnet:NETWORK:ADDRESS`; the router is told as their relay.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, ip, text } from '../model/fact.js'
import { applicationFacts, readApplication } from './bacnet-application.js'
import { subject } from './bacnet-subject.js'
import { IP4, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `bbmd` hands broadcasts on to other networks, `foreign` asks one to do so, `router` leads on. */
const role = fact('bacnet.role', text, 'set')
/** The number of a network that a router leads to. */
const routes = fact('bacnet.routes', text, 'set')
const speaksFor = fact('bacnet.speaks_for', text, 'set')
/** Other machines that hand broadcasts on, as one of them has written down. */
const peer = fact('bacnet.peer', ip, 'set')

const MAGIC = 0x81
const WRITE_TABLE = 0x01
const TABLE = 0x03
const FORWARDED = 0x04
const REGISTER = 0x05
const DISTRIBUTE = 0x09
const UNICAST = 0x0a
const BROADCAST = 0x0b
const FUNCTION_MAX = 0x0c
const VERSION = 1
const PEER_BYTES = 10

const NETWORK_MESSAGE = 0x80
const TO_NETWORK = 0x20
const FROM_NETWORK = 0x08
const I_AM_ROUTER = 0x01
const NUMBER_IS = 0x13

const address = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  subject.clear(talk)
  if (talk.network === 0) return readNetwork(c, notes, talk)
  const magic = c.u8()
  const call = c.u8()
  const length = c.u16()
  if (c.fault === '' && (magic !== MAGIC || call > FUNCTION_MAX || length < 4))
    return c.fail('no bacnet')
  const outer = c.narrow(length - 4)
  if (c.fault !== '') return
  if (call === UNICAST || call === BROADCAST || call === DISTRIBUTE) readNetwork(c, notes, talk)
  else if (call === FORWARDED) readForwarded(c, notes, talk)
  else if (call === REGISTER) notes.say(role, 'foreign')
  else if (call === TABLE || call === WRITE_TABLE) readTable(c, notes, call)
  c.widen(outer)
}

/** A broadcast of another network, with the address of who sent it. */
function readForwarded(c: Cursor, notes: Notes, talk: Talk): void {
  notes.say(role, 'bbmd')
  const at = c.take(6)
  if (c.fault !== '') return
  subject.forwarded(at)
  notes.about(IP4, at)
  readNetwork(c, notes, talk)
}

function readTable(c: Cursor, notes: Notes, call: number): void {
  if (call === TABLE) notes.say(role, 'bbmd')
  while (call === TABLE && c.left >= PEER_BYTES) {
    notes.add(peer, c.at, 4)
    c.take(PEER_BYTES)
  }
}

function readNetwork(c: Cursor, notes: Notes, talk: Talk): void {
  const version = c.u8()
  const control = c.u8()
  if (c.fault === '' && version !== VERSION) return c.fail('bad version')
  if ((control & TO_NETWORK) !== 0) {
    subject.targetNetwork = c.u16()
    subject.targetLength = c.u8()
    subject.targetAt = c.take(subject.targetLength)
  }
  if ((control & FROM_NETWORK) !== 0) readStation(c, notes)
  if ((control & TO_NETWORK) !== 0) c.take(1)
  if (c.fault !== '') return
  if ((control & NETWORK_MESSAGE) !== 0) readRouting(c, notes)
  else readApplication(c, notes, talk)
}

/** Who speaks stands behind a router, and so the router speaks for it. */
function readStation(c: Cursor, notes: Notes): void {
  const network = c.u16()
  const length = c.u8()
  const at = c.take(length)
  if (c.fault !== '' || length === 0) return
  const written = notes.here
  subject.write(notes, network, address.over(c.bytes, at, at + length))
  const size = notes.here - written
  notes.say(role, 'router')
  notes.add(speaksFor, written, size)
  subject.stand(notes, written, size)
}

function readRouting(c: Cursor, notes: Notes): void {
  const message = c.u8()
  if (message !== I_AM_ROUTER && message !== NUMBER_IS) return
  if (message === I_AM_ROUTER) notes.say(role, 'router')
  while (message === I_AM_ROUTER && c.left > 1) notes.count32(routes, c.u16())
}

export const bacnet: Protocol = {
  name: 'bacnet',
  standard: 'ASHRAE 135, ISO 16484-5',
  tells:
    'names, makers, models, firmware and places of controllers in buildings; routers; commands',
  heard: [
    'udp/47808-47823',
    'udp "\\x81\\x0a\\x00"',
    'udp "\\x81\\x0b\\x00"',
    'udp "\\x81\\x04\\x00"',
    'llc/82',
  ],
  facts: [role, routes, speaksFor, peer, ...applicationFacts],
  parse,
}
