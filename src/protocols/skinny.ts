/**
 * Skinny (SCCP, by Cisco): telephones tell the call manager their names, which hold their hardware
 * addresses, their models and their firmware.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { find, found, writeMac } from './text-search.js'

/** `SEP001122334455`; gateways and softphones begin otherwise. */
const deviceName = fact('skinny.device_name', text, 'set')
const address = fact('skinny.mac', mac, 'set')
/** The number Cisco gave to the model: 30018 is a 7961. */
const deviceType = fact('skinny.device_type', text, 'set')
const firmware = fact('skinny.firmware', text, 'set')
/** What the call manager wants its telephones to run. */
const wanted = fact('skinny.wanted_firmware', text, 'set')
const server = fact('skinny.server', text, 'set')
/** `phone` or `manager`. */
const role = fact('skinny.role', text, 'set')

const KEEP_ALIVE = 0x00
const REGISTER = 0x01
const ALARM = 0x20
const REGISTER_TOKEN = 0x29
/** Signs of life, keys, the hook, soft keys. */
const PHONES: readonly number[] = [KEEP_ALIVE, 0x03, 0x04, 0x05, 0x06, 0x07, 0x25, 0x26, 0x28]
/** Tones, rings, lamps, the speaker, a call's state and its keys. */
const MANAGERS: readonly number[] = [0x82, 0x83, 0x85, 0x86, 0x88, 0x8f, 0x110, 0x111]
const REGISTER_ACK = 0x81
const REGISTER_REJECT = 0x9d
const VERSION_ANSWER = 0x98
const SERVER_ANSWER = 0x9b
const CAPABILITIES_ASKED = 0x9a
const KEEP_ALIVE_ACK = 0x100

const NAME_BYTES = 16
const VERSION_BYTES = 16
const SERVER_BYTES = 48
/** How a registration goes on behind the name: in newer versions with two fields more. */
const HEAD = 16
const TO_MAC = 20
const MAC_FIELD = 12
const TO_FIRMWARE = 28
const FIRMWARE_BYTES = 32
const SERVERS = 5
const ALARM_BYTES = 80
const LENGTH_MAX = 4096
const KINDS_MAX = 0x0165
const SPACE = 0x20

function parse(c: Cursor, notes: Notes): void {
  let isFirst = true
  while (c.left > 0) {
    const length = c.u32le()
    const version = c.u32le()
    if (c.fault !== '') return
    if (length < 4 || length > LENGTH_MAX || version < 0 || version > 30) {
      // The rest of a message whose head was in another segment.
      if (isFirst) c.fail('no skinny')
      return
    }
    if (isFirst && c.left >= 4 && (c.peek(1) > KINDS_MAX >> 8 || c.peek(2) !== 0)) {
      return c.fail('no skinny')
    }
    const outer = c.narrow(length)
    readKind(c, notes)
    if (c.fault !== '') return
    c.widen(outer)
    isFirst = false
  }
}

function readKind(c: Cursor, notes: Notes): void {
  const kind = c.u32le()
  if (c.fault !== '') return
  if (kind === REGISTER || kind === REGISTER_TOKEN) register(c, notes)
  else if (kind === ALARM) readAlarm(c, notes)
  else if (kind === VERSION_ANSWER) addPadded(c, notes, wanted, VERSION_BYTES)
  else if (kind === SERVER_ANSWER) readServers(c, notes)
  else if (PHONES.includes(kind)) notes.say(role, 'phone')
  if (isManagers(kind)) notes.say(role, 'manager')
}

const isManagers = (kind: number): boolean =>
  MANAGERS.includes(kind) ||
  kind === REGISTER_ACK ||
  kind === REGISTER_REJECT ||
  kind === VERSION_ANSWER ||
  kind === SERVER_ANSWER ||
  kind === CAPABILITIES_ASKED ||
  kind === KEEP_ALIVE_ACK

function register(c: Cursor, notes: Notes): void {
  notes.say(role, 'phone')
  addName(c, notes)
  if (c.left < HEAD) return
  c.u32le()
  c.u32le()
  c.u32le()
  const model = c.u32le()
  if (model > 0 && model < 1_000_000) notes.count32(deviceType, model)
  if (c.left < TO_MAC + MAC_FIELD) return
  c.take(TO_MAC)
  const isGiven = c.peek() + c.peek(1) + c.peek(2) > 0 && (c.peek() & 1) === 0
  const at = c.take(MAC_FIELD)
  if (isGiven) notes.add(address, at, 6)
  if (c.left < TO_FIRMWARE + FIRMWARE_BYTES) return
  c.take(TO_FIRMWARE)
  addPadded(c, notes, firmware, FIRMWARE_BYTES)
}

function addName(c: Cursor, notes: Notes): void {
  find(c, c.at, NAME_BYTES, 'sep')
  const at = c.at
  addPadded(c, notes, deviceName, NAME_BYTES)
  if (found.at === at + 3) notes.add(address, writeMac(found, notes), 6)
}

/** `Name=SEP001122334455 Load=7.2(3.0) Last=Initialized`, after how bad it is. */
function readAlarm(c: Cursor, notes: Notes): void {
  notes.say(role, 'phone')
  c.u32le()
  const length = Math.min(c.left, ALARM_BYTES)
  const at = c.take(length)
  if (find(c, at, length, 'load=')) addWord(notes, firmware)
  if (!find(c, at, length, 'name=')) return
  addWord(notes, deviceName)
  if (!found.starts('SEP')) return
  found.take(3)
  notes.add(address, writeMac(found, notes), 6)
}

/** What stands at `found` up to the next space. */
function addWord(notes: Notes, said: Fact): void {
  const length = found.distance(SPACE)
  if (length > 0) notes.add(said, found.at, length)
}

/** The names of up to five call managers, each of 48 bytes. */
function readServers(c: Cursor, notes: Notes): void {
  let count = 0
  while (count++ < SERVERS && c.left >= SERVER_BYTES) addPadded(c, notes, server, SERVER_BYTES)
}

/** Text in a field of a fixed size that ends at its first zero. */
function addPadded(c: Cursor, notes: Notes, said: Fact, size: number): void {
  const outer = c.narrow(size)
  const zero = c.distance(0)
  notes.add(said, c.at, zero < 0 ? c.left : zero)
  c.widen(outer)
}

/**
 * Kinds by which a connection is known whose beginning nobody heard: keys, lamps, ringing, prompts,
 * calls, and the versions of telephones behind whose lengths they stand.
 */
const FREQUENT = ['26\\x00', '85\\x00', '86\\x00', '11\\x01', '12\\x01', '45\\x01', '00\\x01']
const VERSIONS = ['00', '11', '12', '14', '16']
const PATTERNS = VERSIONS.flatMap(version =>
  FREQUENT.map(kind => `tcp @2 "\\x00\\x00\\x${version}\\x00\\x00\\x00\\x${kind}\\x00\\x00"`),
)

export const skinny: Protocol = {
  name: 'skinny',
  standard: 'Cisco, Skinny Client Control Protocol',
  tells: 'Cisco telephones: hardware address, model and firmware, and their call managers',
  heard: ['tcp/2000', ...PATTERNS],
  messages: true,
  facts: [deviceName, address, deviceType, firmware, wanted, server, role],
  parse,
}
