/**
 * IEC 60870-5-104: how control centres talk to substations. Which side controls, the common addresses
 * of stations, the kinds of values they send, and every command.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, number, text } from '../model/fact.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `controlling` or `controlled`. */
const role = fact('iec104.role', text, 'set')
/** The address of a station: several behind one machine are stations of a lower level. */
const station = fact('iec104.station', text, 'set')
/** Kinds of values, by number: 36 is a measured one with its time. */
const type = fact('iec104.type', number, 'set')
const asks = fact('iec104.asks', text, 'set')
const status = fact('iec104.status', text, 'set')
const orders = ordersOf('iec104')

const START = 0x68
const LENGTH_MAX = 253
const SUPERVISORY = 1
const UNNUMBERED = 3
const START_TRANSFER = 0x07
const STOP_TRANSFER = 0x13
const CONTROLS: readonly number[] = [0x07, 0x0b, 0x13, 0x23, 0x43, 0x83]

const ACTIVATION = 6
const DEACTIVATION = 8
const REQUESTED = 5
const CAUSE = 0x3f
const INITIALIZED = 70
const TYPE_MAX = 127
/** Types from here on are commands that are confirmed, and the like. */
const MONITORED_MAX = 40
const PORT = 2404

const ASKS: Readonly<Record<number, string>> = {
  100: 'interrogation',
  101: 'counter interrogation',
  102: 'read',
}
const COMMANDS: Readonly<Record<number, string>> = {
  45: 'single command',
  46: 'double command',
  47: 'step command',
  48: 'set point',
  49: 'set point',
  50: 'set point',
  51: 'bit string command',
  58: 'single command',
  59: 'double command',
  60: 'step command',
  61: 'set point',
  62: 'set point',
  63: 'set point',
  64: 'bit string command',
  103: 'set clock',
  105: 'reset',
  110: 'set parameter',
  111: 'set parameter',
  112: 'set parameter',
  113: 'activate parameter',
  120: 'file',
  121: 'file',
  122: 'file',
}

/** The frame at hand: its first control byte, and whose it is. */
const frame = { control: 0, isController: false }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  const isController = talk.side === 'client' || (talk.side === 'unknown' && talk.to === PORT)
  while (c.left > 0) {
    const start = c.u8()
    const length = c.u8()
    const control = c.u8()
    if (c.fault !== '') return
    if (start !== START || length < 4 || length > LENGTH_MAX) return c.fail('no iec104')
    const outer = c.narrow(length - 1)
    c.take(3)
    if (c.fault !== '') return
    frame.control = control
    frame.isController = isController
    readFrame(c, notes, talk)
    if (c.fault === 'short') c.fault = 'bad frame'
    c.widen(outer)
  }
}

function readFrame(c: Cursor, notes: Notes, talk: Talk): void {
  const { control, isController } = frame
  const format = control & 3
  if (format === UNNUMBERED && !CONTROLS.includes(control)) return c.fail('bad control')
  if (format === SUPERVISORY && control !== SUPERVISORY) return c.fail('bad control')
  notes.say(role, isController ? 'controlling' : 'controlled')
  if (control === START_TRANSFER) notes.say(asks, 'start transfer')
  else if (control === STOP_TRANSFER) tellOrder(notes, talk, orders, 'stop transfer')
  else if (format !== SUPERVISORY && format !== UNNUMBERED) readUnit(c, notes, talk, isController)
}

/** A type, how many, why, and whose they are; cause and address have two bytes each. */
function readUnit(c: Cursor, notes: Notes, talk: Talk, isController: boolean): void {
  const typeAt = c.at
  const kind = c.u8()
  c.take(1)
  const cause = c.u8() & CAUSE
  c.take(1)
  const address = c.u16le()
  if (c.fault !== '') return
  if (kind === 0 || kind > TYPE_MAX) return c.fail('bad type')
  if (!isController) {
    notes.count32(station, address)
    if (kind <= MONITORED_MAX) notes.add(type, typeAt, 1)
    if (kind === INITIALIZED) notes.say(status, 'initialized')
    return
  }
  if (cause !== ACTIVATION && cause !== DEACTIVATION && cause !== REQUESTED) return
  const question = ASKS[kind]
  if (question !== undefined) notes.say(asks, question)
  const command = COMMANDS[kind]
  if (command !== undefined) tellOrder(notes, talk, orders, command)
}

export const iec104: Protocol = {
  name: 'iec104',
  standard: 'IEC 60870-5-104',
  tells: 'control centres and substations, addresses of stations, every command',
  heard: [
    'tcp/2404',
    'tcp "\\x68\\x04\\x07\\x00\\x00\\x00"',
    'tcp "\\x68\\x04\\x43\\x00\\x00\\x00"',
    'tcp "\\x68\\x04\\x83\\x00\\x00\\x00"',
  ],
  messages: true,
  facts: [role, station, type, asks, status, ...orderFacts(orders)],
  parse,
}
