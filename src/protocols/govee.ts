/** Govee's LAN interface: lamps answer a multicast scan in JSON (Govee WLAN Guide). */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** Eight bytes: a hardware address and two bytes before it. */
const deviceId = fact('govee.device_id', text)
const model = fact('govee.model', text)
const hardware = fact('govee.wifi_hw_ver', text)
const firmware = fact('govee.wifi_sw_ver', text)
const bleHardware = fact('govee.ble_hw_ver', text)
const bleFirmware = fact('govee.ble_sw_ver', text)
/** What a client asks or orders: `scan`, `devStatus`, `turn`. */
const asks = fact('govee.asks', text, 'set')

const CLIENT_PORT = 4002

const answers = membersOf([
  ['device', deviceId],
  ['sku', model],
  ['wifiVersionHard', hardware],
  ['wifiVersionSoft', firmware],
  ['bleVersionHard', bleHardware],
  ['bleVersionSoft', bleFirmware],
])
const requests = membersOf([['cmd', asks]], 2)

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (!c.starts('{"msg"') && !c.starts('{ "msg"') && !c.starts('{\n')) return c.fail('not govee')
  readMembers(c, notes, talk.to === CLIENT_PORT ? answers : requests)
}

export const govee: Protocol = {
  name: 'govee',
  standard: "Govee's WLAN guide",
  tells: 'models, serials and versions of lamps, and who commands them',
  heard: ['udp/4001-4003', 'udp "{\\x22msg\\x22:{\\x22cmd\\x22"'],
  facts: [deviceId, model, hardware, firmware, bleHardware, bleFirmware, asks],
  parse,
}
