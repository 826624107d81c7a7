/**
 * GOOSE (IEC 61850-8-1) on the cable, and routed over UDP (IEC 61850-90-5): which protection devices
 * publish what, and whether it is only a test.
 */

import { readLength } from '../bytes/ber.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, number, text, type Fact } from '../model/fact.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `GA_UR74Master/LLN0$GO$gcb1`. */
const controlBlock = fact('goose.control_block', text, 'set')
/** What stands before the slash: the device's name, and that of a logical device in it. */
const device = fact('goose.device', text, 'set')
const dataset = fact('goose.dataset', text, 'set')
const id = fact('goose.id', text, 'set')
const appId = fact('goose.app_id', hex, 'set')
const revision = fact('goose.revision', number, 'set')
/** `simulated`, `test` or `needs commissioning`. */
const flag = fact('goose.flag', text, 'set')

const MESSAGE = 0x61
const CONTROL_BLOCK = 0x80
const DATASET = 0x82
const ID = 0x83
const TEST = 0x87
const REVISION = 0x88
const NEEDS_COMMISSIONING = 0x89
const ENTRIES = 0x8a
const SLASH = 0x2f
const SIMULATED = 0x80

const CONNECTIONLESS = 0x40
const SESSION = 0xa1
const COMMON_HEADER = 0x80

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  if (talk.network !== 0 && !enterSession(c)) return
  const application = c.take(2)
  const length = c.u16()
  const isRouted = talk.network !== 0
  const flags = isRouted ? 0 : c.u8()
  if (!isRouted) c.take(3)
  if (c.fault !== '') return
  if (c.peek() !== MESSAGE || length < 2) return c.fail('no goose')
  notes.add(appId, application, 2)
  if ((flags & SIMULATED) !== 0) notes.say(flag, 'simulated')
  c.take(1)
  const outer = c.narrow(readLength(c))
  readMessage(c, notes)
  c.widen(outer)
}

/** Routed: connectionless transport, a session with its security, and then what it carries. */
function enterSession(c: Cursor): boolean {
  c.u8()
  const transport = c.u8()
  const session = c.u8()
  c.take(1)
  const header = c.u8()
  const length = c.u8()
  if (c.fault === '' && (transport !== CONNECTIONLESS || header !== COMMON_HEADER)) {
    c.fail('no session')
    return false
  }
  c.take(length + 4)
  if (session !== SESSION || c.fault !== '') return false
  return c.take(2) >= 0
}

function readMessage(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const tag = c.u8()
    // What comes now is what happens in the plant, not who speaks.
    if (tag >= ENTRIES) return
    const length = readLength(c)
    const isSet = length === 1 && c.peek() !== 0
    const slash = c.distance(SLASH)
    const at = c.take(length)
    if (tag === TEST && isSet) notes.say(flag, 'test')
    else if (tag === NEEDS_COMMISSIONING && isSet) notes.say(flag, 'needs commissioning')
    else noteField(notes, tag, at, length)
    if (tag === CONTROL_BLOCK && at >= 0 && slash > 0 && slash < length)
      notes.add(device, at, slash)
  }
}

function noteField(notes: Notes, tag: number, at: number, length: number): void {
  const said: Fact | undefined =
    tag === CONTROL_BLOCK
      ? controlBlock
      : tag === DATASET
        ? dataset
        : tag === ID
          ? id
          : tag === REVISION
            ? revision
            : undefined
  if (said !== undefined) notes.add(said, at, length)
}

export const goose: Protocol = {
  name: 'goose',
  standard: 'IEC 61850-8-1, 61850-90-5',
  tells: 'names of protection devices and of what they publish; tests and simulations',
  heard: ['ether/88b8', 'udp/102'],
  facts: [controlBlock, device, dataset, id, appId, revision, flag],
  parse,
}
