/**
 * ARP (RFC 826, 5227) and its reverse, RARP (RFC 903): which hardware address stands for which
 * IPv4 address.
 *
 * Only what a sender says of itself is proof. Whom it asks for, and whom it answers, are others.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, ip, mac } from '../model/fact.js'
import { IP4, MAC, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** About an IPv4 address: the hardware address that claims it. */
const binding = fact('arp.mac', mac)
/** The same for a hardware address that many machines listen to (load balancing). */
const groupBinding = fact('arp.group_mac', mac, 'set')
/** An address that a machine would like to have, and asks whether anybody minds. */
const probe = fact('arp.probe', ip, 'set')
/** An address that a machine announced without being asked. */
const announced = fact('arp.announced', ip, 'set')
/** About the frame's source: whose words it carries, where those are not its own. */
const speaksFor = fact('arp.speaks_for', mac, 'set')
/** RARP: for which hardware address somebody asks the network address, and the answer. */
const reverse = fact('arp.reverse', mac, 'set')
const reverseAddress = fact('arp.reverse_address', ip)

/** Hardware type (Ethernet, or all of IEEE 802) and network type, read at once. */
const ETHERNET_IP4 = 0x00010800
const IEEE_802_IP4 = 0x00060800
/** Addresses of 6 and of 4 bytes. */
const LENGTHS = 0x0604

const REQUEST = 1
const REPLY = 2
const REVERSE_REQUEST = 3
const REVERSE_REPLY = 4
const INVERSE_REQUEST = 8
const INVERSE_REPLY = 9

/** What a sender may be: no machine, many, or another than the frame's source. */
const NOBODY = -1
const GROUP = 1
const ANOTHER = 2

/** A hardware address, read apart. */
const station = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const types = c.u32()
  const head = c.u32()
  const senderMac = c.take(6)
  const sender = c.u32()
  const targetMac = c.take(6)
  const target = c.u32()
  if (c.fault !== '') return
  if (types !== ETHERNET_IP4 && types !== IEEE_802_IP4) return c.fail('other network')
  if (head >>> 16 !== LENGTHS) return c.fail('other lengths')

  const speaker = look(c, senderMac, talk.sourceMac)
  if (speaker === NOBODY) return c.fail('no sender')
  if ((speaker & ANOTHER) !== 0) notes.add(speaksFor, senderMac, 6)
  if (isHost(sender)) {
    notes.about(IP4, senderMac + 6)
    notes.add((speaker & GROUP) === 0 ? binding : groupBinding, senderMac, 6)
  }
  const operation = head & 0xffff
  if (operation > REPLY) return other(c, notes, operation, targetMac)
  // Nothing more is said by those who ask for others, and answer others.
  const probes = sender === 0 && operation === REQUEST
  if ((!probes && sender !== target) || !isHost(target)) return
  notes.about(MAC, senderMac)
  notes.add(probes ? probe : announced, targetMac + 6, 4)
}

/** What the sender's hardware address is, seen beside that of the frame. */
function look(c: Cursor, senderMac: number, frameMac: number): number {
  station.over(c.bytes, senderMac, senderMac + 6)
  const maker = station.u32()
  const rest = station.u16()
  if ((maker === 0 && rest === 0) || (maker === -1 && rest === 0xffff)) return NOBODY
  const group = (maker & 0x01000000) === 0 ? 0 : GROUP
  if (frameMac < 0) return group
  station.over(c.bytes, frameMac, frameMac + 6)
  return station.u32() === maker && station.u16() === rest ? group : group | ANOTHER
}

/** RARP: who looks for an address, and gets one. The target's hardware address is given first. */
function other(c: Cursor, notes: Notes, operation: number, targetMac: number): void {
  switch (operation) {
    case REVERSE_REQUEST:
      notes.about(SENDER)
      return notes.add(reverse, targetMac, 6)
    case REVERSE_REPLY:
      notes.about(MAC, targetMac)
      return notes.add(reverseAddress, targetMac + 6, 4)
    case INVERSE_REQUEST:
    case INVERSE_REPLY:
      return
    default:
      c.fail('operation')
  }
}

/** False for no address at all, for this machine, and for groups and everybody. */
function isHost(address: number): boolean {
  const net = address >>> 24
  return net !== 0 && net !== 127 && net < 224
}

export const arp: Protocol = {
  name: 'arp',
  standard: 'RFC 826, 5227, 903',
  tells:
    'which hardware address stands for which IPv4 address; who moved, and who speaks for others',
  heard: ['ether/0806', 'ether/8035'],
  facts: [binding, groupBinding, probe, announced, speaksFor, reverse, reverseAddress],
  parse,
}
