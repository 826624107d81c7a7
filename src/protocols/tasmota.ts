/** Tasmota's status (`/cm?cmnd=Status%200`): home-made firmware of plugs and lamps, over HTTP. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import type { Notes, Protocol } from './protocol.js'

const name = fact('tasmota.name', text, 'set')
const host = fact('tasmota.host', text)
const version = fact('tasmota.version', text)
const core = fact('tasmota.core', text)
const hardware = fact('tasmota.hardware', text)
const address = fact('tasmota.mac', mac)
const topic = fact('tasmota.topic', text)

const members = membersOf([
  ['DeviceName', name],
  ['FriendlyName', name],
  ['Hostname', host],
  ['Version', version],
  ['Core', core],
  ['Hardware', hardware],
  ['Mac', address],
  ['Topic', topic],
])

const parse = (c: Cursor, notes: Notes): void => readMembers(c, notes, members)

export const tasmota: Protocol = {
  name: 'tasmota',
  standard: "Tasmota's commands",
  tells: 'names, versions and hardware of plugs and lamps',
  heard: [],
  facts: [name, host, version, core, hardware, address, topic],
  parse,
}
