/**
 * PROFINET on the cable (IEC 61158-6-10): DCP, by which stations are found, named and given
 * addresses; and that cyclic data, alarms and clocks are sent at all.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, mac, text } from '../model/fact.js'
import { aboutTarget, noteOrder, orderFacts, ordersOf, tellOrder } from './orders.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const name = fact('profinet.name', text)
/** What its maker calls it: `S7-1200`. */
const type = fact('profinet.type', text)
const vendorId = fact('profinet.vendor_id', hex)
const deviceId = fact('profinet.device_id', hex)
/** `io device`, `io controller`, `multidevice`, `supervisor`. */
const role = fact('profinet.role', text, 'set')
const address = fact('profinet.ip', ip)
const alias = fact('profinet.alias', text, 'set')
const instance = fact('profinet.instance', hex)
/** The name of a station that a controller looks for. */
const asks = fact('profinet.asks', text, 'set')
/** What it takes part in: `dcp`, `cyclic`, `alarm`, `clock`. */
const part = fact('profinet.part', text, 'set')
const orders = ordersOf('profinet', mac)

const HELLO_FRAME = 0xfefc
const SET_FRAME = 0xfefd
const ASK_FRAME = 0xfefe
const ANSWER_FRAME = 0xfeff
const ALARM_HIGH = 0xfc01
const ALARM_LOW = 0xfe01
const CLOCK_FRAME = 0xff00
const CLOCKS_MAX = 0x0080
const CYCLIC_LEAST = 0x0100
const CYCLIC_MOST = 0xfbff

const GET = 3
const SET = 4
const HELLO = 6
const REQUEST = 0
const SUCCESS = 1

const ADDRESS = 1
const PROPERTIES = 2
const CONTROL = 5
const IP_BLOCK = 2
const IP_SUITE = 3
const TYPE = 1
const NAME = 2
const IDS = 3
const ROLE = 4
const ALIAS = 6
const INSTANCE = 7

const ROLES: readonly string[] = ['io device', 'io controller', 'multidevice', 'supervisor']
const CONTROLS: readonly string[] = ['', '', '', 'blink', '', 'factory reset', 'factory reset']

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const frame = c.u16()
  if (c.fault !== '') return
  notes.about(SENDER)
  if (frame >= HELLO_FRAME && frame <= ANSWER_FRAME) readDiscovery(c, notes, talk, frame)
  else if (frame === ALARM_HIGH || frame === ALARM_LOW) notes.say(part, 'alarm')
  else if (frame < CLOCKS_MAX || frame >= CLOCK_FRAME) notes.say(part, 'clock')
  else if (frame >= CYCLIC_LEAST && frame <= CYCLIC_MOST) notes.say(part, 'cyclic')
}

function readDiscovery(c: Cursor, notes: Notes, talk: Talk, frame: number): void {
  const service = c.u8()
  const kind = c.u8()
  c.take(6)
  const length = c.u16()
  if (c.fault !== '') return
  notes.say(part, 'dcp')
  const outer = c.narrow(length)
  const isAnswer = kind === SUCCESS || service === HELLO
  if (isAnswer && service !== SET) readBlocks(c, notes)
  else if (frame === ASK_FRAME && kind === REQUEST) readQuestion(c, notes)
  else if (frame === SET_FRAME && service === SET && kind === REQUEST) readOrders(c, notes, talk)
  else if (service < GET || service > HELLO) c.fail('bad service')
  c.widen(outer)
}

/** What a station says of itself: each value behind two bytes that say how it came by it. */
function readBlocks(c: Cursor, notes: Notes): void {
  while (c.left > 1) {
    const option = c.u8()
    const suboption = c.u8()
    const length = c.u16()
    const outer = c.narrow(length)
    c.take(2)
    if (c.fault !== '') return
    if (option === PROPERTIES) readProperty(c, notes, suboption)
    else if (option === ADDRESS && suboption === IP_BLOCK && c.peek() !== 0)
      notes.add(address, c.take(4), 4)
    c.widen(outer)
    if ((length & 1) !== 0 && c.left > 0) c.take(1)
  }
}

function readProperty(c: Cursor, notes: Notes, suboption: number): void {
  const { left } = c
  if (suboption === TYPE) notes.add(type, c.at, left)
  else if (suboption === NAME) notes.add(name, c.at, left)
  else if (suboption === ALIAS) notes.add(alias, c.at, left)
  else if (suboption === ROLE) readRole(c, notes)
  else if (suboption === INSTANCE && left === 2) notes.add(instance, c.at, 2)
  else if (suboption === IDS && left === 4) {
    notes.add(vendorId, c.take(2), 2)
    notes.add(deviceId, c.take(2), 2)
  }
}

function readRole(c: Cursor, notes: Notes): void {
  const bits = c.u8()
  let i = -1
  while (++i < ROLES.length) if ((bits & (1 << i)) !== 0) notes.say(role, ROLES[i]!)
}

function readQuestion(c: Cursor, notes: Notes): void {
  while (c.left > 1) {
    const option = c.u8()
    const suboption = c.u8()
    const length = c.u16()
    const at = c.take(length)
    if (option === PROPERTIES && suboption === NAME) notes.add(asks, at, length)
    if ((length & 1) !== 0 && c.left > 0) c.take(1)
  }
}

/** What somebody has a station set: each value behind two bytes that say for how long. */
function readOrders(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 1) {
    const option = c.u8()
    const suboption = c.u8()
    const length = c.u16()
    const at = c.take(length)
    if ((length & 1) !== 0 && c.left > 0) c.take(1)
    if (c.fault !== '') return
    const word = orderOf(option, suboption)
    if (word !== '') tellOrder(notes, talk, orders, word)
    if (option !== PROPERTIES || suboption !== NAME || length < 3 || talk.toGroup) continue
    aboutTarget(notes, talk)
    noteOrder(notes, talk, orders, 'set name')
    notes.add(name, at + 2, length - 2)
    notes.about(SENDER)
    notes.say(orders.commands, 'set name')
  }
}

function orderOf(option: number, suboption: number): string {
  if (option === ADDRESS && (suboption === IP_BLOCK || suboption === IP_SUITE)) return 'set ip'
  return option === CONTROL ? (CONTROLS[suboption] ?? '') : ''
}

export const profinet: Protocol = {
  name: 'profinet',
  standard: 'IEC 61158-6-10',
  tells: 'names, types, makers and addresses of stations, who looks for and who configures them',
  heard: ['ether/8892'],
  facts: [
    ...[name, type, vendorId, deviceId, role, address, alias, instance, asks, part],
    ...orderFacts(orders),
  ],
  parse,
}
