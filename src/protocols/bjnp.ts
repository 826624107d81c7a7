/**
 * BJNP, by which Canon's printers and scanners are found and used: hardware address and identity
 * (IEEE 1284). What is printed, by whom and under which title, is not told.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, mac, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'

const address = fact('bjnp.mac', mac)
const network = fact('bjnp.address', ip, 'set')
const role = fact('bjnp.role', text, 'set')
/** `MFG:Canon;CMD:BJL,BJRaster3;MDL:MG5200 series;...`. */
const identity = fact('bjnp.identity', text)

const DISCOVER = 0x01
const IDENTITY = 0x30
const RESPONSE = 0x80
/** Ways of speaking that differ in these letters only. */
const MAGIC: readonly string[] = ['BJNP', 'BJNB', 'MFNP']
const KINDS: readonly string[] = ['', 'printer', 'scanner', '', 'multifunction']
const MAC_BYTES = 6
const IP4_BYTES = 4

function parse(c: Cursor, notes: Notes): void {
  if (!isMagic(c)) return c.fail('not bjnp')
  c.take(4)
  const type = c.u8()
  const command = c.u8()
  c.take(6)
  const length = c.u32()
  if (c.fault !== '') return
  const kind = KINDS[type & ~RESPONSE]
  if (kind === undefined || length < 0) return c.fail('bad type')
  notes.about(SENDER)
  const answer = (type & RESPONSE) !== 0
  if (answer && kind !== '') notes.say(role, kind)
  if (!answer || length === 0) return
  if (command === DISCOVER) readAddresses(c, notes)
  else if (command === IDENTITY) readIdentity(c, notes)
}

function isMagic(c: Cursor): boolean {
  let i = 0
  while (i < MAGIC.length) if (c.starts(MAGIC[i++]!)) return true
  return false
}

function readAddresses(c: Cursor, notes: Notes): void {
  c.take(4)
  const macLength = c.u8()
  const ipLength = c.u8()
  const at = c.take(macLength)
  if (macLength === MAC_BYTES) notes.add(address, at, MAC_BYTES)
  if (ipLength === IP4_BYTES) notes.add(network, c.take(IP4_BYTES), IP4_BYTES)
}

/** The length counts itself on some printers, and on others it does not. */
function readIdentity(c: Cursor, notes: Notes): void {
  const given = c.u16()
  const length = given === c.left + 2 ? c.left : given
  const at = c.take(length)
  notes.add(identity, at, length)
}

export const bjnp: Protocol = {
  name: 'bjnp',
  standard: 'Canon',
  tells: 'model and hardware address of Canon printers and scanners',
  heard: ['udp/8611-8614', 'udp "BJNP"', 'udp "BJNB"', 'udp "MFNP"'],
  facts: [address, network, role, identity],
  parse,
}
