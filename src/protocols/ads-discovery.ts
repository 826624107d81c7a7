/** How Beckhoff's machines are found and routes to them are laid: AMS over UDP, in tagged fields. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, list, secretFact, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import type { Notes, Talk } from './protocol.js'

const hostName = fact('ads.host_name', text, 'set')
const ownNetId = fact('ads.own_net_id', list, 'set')
const twincat = fact('ads.twincat', text, 'set')
const os = fact('ads.os', text, 'set')
const fingerprint = fact('ads.fingerprint', text, 'set')
const user = secretFact('ads.user', ['Administrator'])
const password = secretFact('ads.password', ['1', '', 'admin', 'beckhoff'])

export const orders = ordersOf('ads')
export const discoveryFacts = [
  ...[hostName, ownNetId, twincat, os, fingerprint, user, password],
  ...orderFacts(orders),
]

const MAGIC = 0x71146603
const ANSWER = 0x80
const ADD_ROUTE = 6
const NET_ID = 6
const PASSWORD = 2
const TWINCAT = 3
const OS = 4
const HOST_NAME = 5
const USER = 13
const FINGERPRINT = 18
const TAGS_MAX = 32
const OS_HEAD = 20
const SYSTEMS: readonly string[] = ['', 'Windows', 'Windows NT', 'Windows CE']

export function readDiscovery(c: Cursor, notes: Notes, talk: Talk): void {
  const magic = c.u32le()
  if (c.fault === '' && magic !== MAGIC) return c.fail('no ads')
  c.take(4)
  const service = c.u16le()
  const isAnswer = c.u16le() >> 8 === ANSWER
  const netId = c.take(NET_ID)
  c.take(2)
  const count = c.u32le()
  if (c.fault !== '') return
  notes.add(ownNetId, netId, NET_ID)
  if (!isAnswer && service === ADD_ROUTE) tellOrder(notes, talk, orders, 'add route')
  let tags = 0
  while (tags++ < count && tags <= TAGS_MAX && c.left > 0) readTag(c, notes)
}

function readTag(c: Cursor, notes: Notes): void {
  const tag = c.u16le()
  const length = c.u16le()
  const outer = c.narrow(length)
  if (c.fault !== '') return
  if (tag === HOST_NAME) noteFixedText(c, notes, hostName, length)
  else if (tag === FINGERPRINT) noteFixedText(c, notes, fingerprint, length)
  else if (tag === USER) noteFixedText(c, notes, user, length)
  else if (tag === PASSWORD) noteFixedText(c, notes, password, length)
  else if (tag === TWINCAT) noteTwincat(c, notes)
  else if (tag === OS && length >= OS_HEAD) noteSystem(c, notes)
  c.widen(outer)
}

function noteTwincat(c: Cursor, notes: Notes): void {
  const at = notes.here
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u16le())
  if (c.fault === '') notes.add(twincat, at, notes.here - at)
}

/** As Windows tells its version: major, minor, build and platform behind a size. */
function noteSystem(c: Cursor, notes: Notes): void {
  c.take(4)
  const major = c.u32le()
  const minor = c.u32le()
  const build = c.u32le()
  const system = SYSTEMS[c.u32le()]
  if (c.fault !== '' || system === undefined || system === '') return
  const at = notes.here
  notes.write(system)
  notes.write(' ')
  notes.writeNumber(major)
  notes.write('.')
  notes.writeNumber(minor)
  if (build > 0) {
    notes.write('.')
    notes.writeNumber(build)
  }
  notes.add(os, at, notes.here - at)
}
