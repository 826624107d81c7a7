/**
 * ADS over AMS (Beckhoff): which TwinCAT machines speak to which, what they call themselves, and
 * who starts, stops and writes; and the service by which they are found and routes are laid.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, list, text } from '../model/fact.js'
import { discoveryFacts, orders, readDiscovery } from './ads-discovery.js'
import { noteFixedText } from './fixed-text.js'
import { aboutTarget, tellOrder } from './orders.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** Six numbers, by which machines and the things in them are called. */
const netId = fact('ads.net_id', list, 'set')
const device = fact('ads.device', text, 'set')
const version = fact('ads.device_version', text, 'set')
const state = fact('ads.state', text, 'set')
const role = fact('ads.role', text, 'set')

/** How messages begin by which machines are found; all others begin with a zero. */
const DISCOVERY = 3
const HEAD = 32
const LENGTH_MAX = 1 << 22
const NET_ID = 6
const RESPONSE = 1
const ADS = 4
const DEVICE = 1
const WRITE = 3
const STATE = 4
const CONTROL = 5
const LAST_COMMAND = 9
const NAME_BYTES = 16
const STATES: readonly string[] = [
  ...['invalid', 'idle', 'reset', 'init', 'start', 'run', 'stop', 'save', 'load', 'power failure'],
  ...['power good', 'error', 'shutdown', 'suspend', 'resume', 'config', 'reconfig', 'stopping'],
]

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  if (c.peek() === DISCOVERY) return readDiscovery(c, notes, talk)
  while (c.left > 0) {
    const reserved = c.u16le()
    const length = c.u32le()
    if (c.fault === '' && (reserved !== 0 || length < HEAD || length > LENGTH_MAX)) {
      return c.fail('no ads')
    }
    const rest = Math.min(length, c.left)
    const outer = c.narrow(rest)
    readMessage(c, notes, talk)
    if (rest < length && c.fault === '') return void c.take(c.left + 1)
    c.widen(outer)
  }
}

function readMessage(c: Cursor, notes: Notes, talk: Talk): void {
  const target = c.take(NET_ID + 2)
  const source = c.take(NET_ID + 2)
  const command = c.u16le()
  const flags = c.u16le()
  c.take(4)
  const error = c.u32le()
  c.take(4)
  if (c.fault !== '') return
  if (command > LAST_COMMAND || (flags & ADS) === 0) return c.fail('no ads')
  notes.add(netId, source, NET_ID)
  if ((flags & RESPONSE) !== 0) {
    notes.say(role, 'server')
    return error === 0 ? readAnswer(c, notes, command) : undefined
  }
  notes.say(role, 'client')
  aboutTarget(notes, talk)
  notes.add(netId, target, NET_ID)
  notes.about(SENDER)
  readRequest(c, notes, talk, command)
}

function readRequest(c: Cursor, notes: Notes, talk: Talk, command: number): void {
  if (command === WRITE) tellOrder(notes, talk, orders, 'write')
  else if (command === CONTROL) {
    const word = STATES[c.u16le()]
    if (word !== undefined && c.fault === '') tellOrder(notes, talk, orders, word)
  }
}

function readAnswer(c: Cursor, notes: Notes, command: number): void {
  if (command !== DEVICE && command !== STATE) return
  const isGood = c.u32le() === 0
  if (c.fault !== '' || !isGood) return
  if (command === STATE) {
    const word = STATES[c.u16le()]
    if (word !== undefined && c.fault === '') notes.say(state, word)
    return
  }
  const at = notes.here
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u16le())
  if (c.fault === '') notes.add(version, at, notes.here - at)
  noteFixedText(c, notes, device, NAME_BYTES)
}

export const ads: Protocol = {
  name: 'ads',
  standard: 'Beckhoff ADS, AMS',
  tells: 'Beckhoff controllers: names, net ids and versions; who starts, stops and writes',
  heard: ['tcp/48898', 'udp/48899'],
  messages: true,
  facts: [netId, device, version, state, role, ...discoveryFacts],
  parse,
}
