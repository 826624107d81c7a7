/**
 * TP-Link Smart Home: plugs, bulbs and switches of the Kasa line answer anybody in JSON, behind a
 * cipher whose key is the byte before (TP-Link's own; never published, widely described).
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import { IN_SCRATCH, type Notes, type Protocol, type Talk } from './protocol.js'

const alias = fact('kasa.alias', text, 'set')
const model = fact('kasa.model', text)
const type = fact('kasa.type', text)
/** What the maker calls it: `Wi-Fi Smart Plug With Energy Monitoring`. */
const name = fact('kasa.dev_name', text)
const deviceId = fact('kasa.device_id', text)
const hardwareId = fact('kasa.hw_id', text)
const oemId = fact('kasa.oem_id', text)
const address = fact('kasa.mac', mac)
const software = fact('kasa.sw_ver', text)
const hardware = fact('kasa.hw_ver', text)
const cloud = fact('kasa.cloud', text, 'set')
/** What a client asks or orders; orders need no password. */
const asks = fact('kasa.asks', text, 'set')
const command = fact('kasa.command', text, 'event')

const PORT = 9999
const KEY = 0xab
/** A brace behind the cipher: all messages begin with it. */
const BRACE = 0xd0
const MESSAGE_MAX = 8192

const answers = membersOf([
  ['alias', alias],
  ['model', model],
  ['type', type],
  ['mic_type', type],
  ['dev_name', name],
  ['description', name],
  ['deviceId', deviceId],
  ['hwId', hardwareId],
  ['oemId', oemId],
  ['mac', address],
  ['mic_mac', address],
  ['ethernet_mac', address],
  ['sw_ver', software],
  ['hw_ver', hardware],
  ['server', cloud],
])

const requests = membersOf(
  [
    ['get_sysinfo', asks, 'key'],
    ['get_realtime', asks, 'key'],
    ['get_daystat', asks, 'key'],
    ['get_scaninfo', asks, 'key'],
    ['get_light_state', asks, 'key'],
    ['get_info', asks, 'key'],
    ['set_relay_state', command, 'key'],
    ['set_led_off', command, 'key'],
    ['set_dev_alias', command, 'key'],
    ['set_brightness', command, 'key'],
    ['set_light_state', command, 'key'],
    ['transition_light_state', command, 'key'],
    ['set_stainfo', command, 'key'],
    ['set_server_url', command, 'key'],
    ['set_mac_addr', command, 'key'],
    ['set_device_id', command, 'key'],
    ['download_firmware', command, 'key'],
    ['flash_firmware', command, 'key'],
    ['add_rule', command, 'key'],
    ['reboot', command, 'key'],
    ['reset', command, 'key'],
    ['unbind', command, 'key'],
  ],
  2,
)

const plain = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.peek() === BRACE) return readMessage(c, notes, talk, c.left)
  while (c.left > 0) {
    const length = c.u32()
    const good = length > 1 && length <= MESSAGE_MAX && (c.left === 0 || c.peek() === BRACE)
    if (c.fault === '' && !good) return c.fail('not kasa')
    // Some send the length by itself, ahead of what it counts.
    if (c.left > 0) readMessage(c, notes, talk, length)
  }
}

function readMessage(c: Cursor, notes: Notes, talk: Talk, length: number): void {
  const missing = length - c.left
  decipher(c, notes, Math.min(length, c.left))
  const toDevice = talk.to === PORT && talk.from !== PORT
  readMembers(plain, notes, toDevice ? requests : answers, IN_SCRATCH)
  if (missing > 0) c.take(missing)
  else if (plain.fault === 'short') c.take(c.left + 1)
  else if (plain.fault !== '') c.fail(plain.fault)
}

/** Writes the next `length` bytes in clear into the scratch, and puts a cursor over them. */
function decipher(c: Cursor, notes: Notes, length: number): void {
  const from = notes.scratchUsed
  let key = KEY
  let rest = length
  while (rest-- > 0) {
    const byte = c.u8()
    notes.put(byte ^ key)
    key = byte
  }
  plain.over(notes.scratch, from, notes.scratchUsed)
}

export const kasa: Protocol = {
  name: 'kasa',
  standard: "TP-Link's Smart Home protocol",
  tells: 'models, names, versions and serials of plugs, bulbs and switches, and who commands them',
  heard: ['udp/9999', 'tcp/9999', 'udp "\\xd0\\xf2\\x81"'],
  messages: true,
  facts: [
    ...[alias, model, type, name, deviceId, hardwareId, oemId, address],
    ...[software, hardware, cloud, asks, command],
  ],
  parse,
}
