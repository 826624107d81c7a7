/**
 * Ether-S-Bus (SAIA): controllers of buildings and machines say what they are and whether they run,
 * and are read, written, loaded, started and stopped. Not published; as the community describes it.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `controller` or `client`. */
const role = fact('sbus.role', text, 'set')
/** The number it answers to on the bus. */
const station = fact('sbus.station', text, 'set')
/** `D2M48` is a PCD2.M48. */
const model = fact('sbus.model', text, 'set')
const firmware = fact('sbus.firmware', text)
const status = fact('sbus.status', text)
const orders = ordersOf('sbus')

const HEAD = 9
const CHECK = 2
const LENGTH_MAX = 2048
const REQUEST = 0
const ANSWER = 1
const CONFIRMED = 2
const VERSION_MAX = 1
const READ_FIRMWARE = 0x20
const MODEL_BYTES = 5
const FIRMWARE_BYTES = 3
const STATES: Readonly<Record<number, string>> = {
  0x48: 'halt',
  0x52: 'run',
  0x53: 'stop',
}
/** Commands that change something, each up to a number. */
const COMMANDS: readonly (readonly [from: number, to: number, word: string])[] = [
  [0x0a, 0x0f, 'write'],
  [0x23, 0x25, 'write program'],
  [0x28, 0x30, 'start'],
  [0x32, 0x39, 'cold start'],
  [0x3c, 0x44, 'stop'],
  [0x50, 0x53, 'write'],
  [0x5a, 0x5e, 'clear memory'],
  [0x64, 0x6b, 'warm start'],
  [0x70, 0x70, 'write program'],
  [0x72, 0x72, 'write program'],
  [0x97, 0x97, 'write'],
  [0xa3, 0xa3, 'write'],
  [0xa5, 0xa5, 'clear memory'],
  [0xac, 0xac, 'write program'],
  [0xae, 0xae, 'write firmware'],
]

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  const length = c.left
  const isWhole = c.u32() === length && length >= HEAD + CHECK && length <= LENGTH_MAX
  const version = c.u8()
  const protocol = c.u8()
  const sequence = c.u16()
  const kind = c.u8()
  if (c.fault !== '') return
  const isKnown = version <= VERSION_MAX && protocol === 0 && kind <= CONFIRMED
  if (!isWhole || !isKnown) return c.fail('no s-bus')
  notes.say(role, kind === REQUEST ? 'client' : 'controller')
  const outer = c.narrow(length - HEAD - CHECK)
  if (kind === REQUEST) readRequest(c, notes, talk, sequence)
  else if (kind === ANSWER) readAnswer(c, notes, talk.memory.recall(sequence))
  c.widen(outer)
  c.take(c.left)
}

/** A station and a command, whose answer repeats neither. */
function readRequest(c: Cursor, notes: Notes, talk: Talk, sequence: number): void {
  const asked = c.u16()
  if (c.fault !== '') return
  talk.memory.remember(sequence, asked)
  const word = orderOf(asked & 255)
  if (word !== '') tellOrder(notes, talk, orders, word)
}

function orderOf(command: number): string {
  let left = COMMANDS.length
  while (left-- > 0) {
    const [from, to, word] = COMMANDS[left]!
    if (command >= from && command <= to) return word
  }
  return ''
}

function readAnswer(c: Cursor, notes: Notes, asked: number): void {
  if (asked < 0) return
  notes.count32(station, asked >> 8)
  const command = asked & 255
  if (command === READ_FIRMWARE && c.left >= MODEL_BYTES + FIRMWARE_BYTES) {
    notes.add(model, c.take(MODEL_BYTES), MODEL_BYTES)
    notes.add(firmware, c.take(FIRMWARE_BYTES), FIRMWARE_BYTES)
  } else if (command >= 0x14 && command <= 0x1b && c.left > 0) {
    const word = STATES[c.u8()]
    if (word !== undefined) notes.say(status, word)
  }
}

export const sbus: Protocol = {
  name: 'sbus',
  standard: 'SAIA Ether-S-Bus',
  tells:
    'controllers of buildings: model, firmware and mode; who reads, writes, starts and stops them',
  heard: ['udp/5050'],
  facts: [role, station, model, firmware, status, ...orderFacts(orders)],
  parse,
}
