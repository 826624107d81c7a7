/**
 * TP-Link's discovery of Tapo and newer Kasa devices: a head of sixteen bytes, and JSON in clear.
 * Asked by broadcast to 20002 (devices) and 20004 (robots, hubs); TP-Link's own.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** `SMART.TAPOPLUG`, `IOT.SMARTPLUGSWITCH` */
const type = fact('tapo.type', text)
const model = fact('tapo.model', text)
const name = fact('tapo.name', text)
const deviceId = fact('tapo.device_id', text)
const hardware = fact('tapo.hw_ver', text)
const firmware = fact('tapo.fw_ver', text)
const address = fact('tapo.mac', mac)
/** How it wants to be spoken to: `KLAP`, `AES`, `TPAP`. */
const encryption = fact('tapo.encryption', text)
/** `true`: nobody has set it up yet. */
const unclaimed = fact('tapo.factory_default', text)
/** Somebody looks for such devices. */
const asks = fact('tapo.asks', text, 'set')

const HEAD = 16
const MESSAGE_MAX = 8192

const members = membersOf([
  ['device_type', type],
  ['device_model', model],
  ['device_name', name],
  ['device_id', deviceId],
  ['hw_ver', hardware],
  ['hardware_version', hardware],
  ['fw_ver', firmware],
  ['firmware_version', firmware],
  ['mac', address],
  ['encrypt_type', encryption],
  ['factory_default', unclaimed],
])

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.u8() !== 2) return c.fail('bad version')
  c.take(3)
  const length = c.u16()
  c.take(HEAD - 6)
  if (length > MESSAGE_MAX || (c.left > 0 && c.left > length)) return c.fail('bad length')
  if (talk.to === 20002 || talk.to === 20004) {
    // What a client sends is a key to answer by, or nothing at all.
    if (c.fault === '') notes.say(asks, 'discovery')
    return
  }
  readMembers(c, notes, members)
}

export const tapo: Protocol = {
  name: 'tapo',
  standard: "TP-Link's device discovery",
  tells: 'models, serials and hardware addresses of plugs, bulbs, cameras and hubs',
  heard: ['udp/20002', 'udp/20004', 'udp "\\x02\\x00\\x00\\x01"'],
  facts: [type, model, name, deviceId, hardware, firmware, address, encryption, unclaimed, asks],
  parse,
}
