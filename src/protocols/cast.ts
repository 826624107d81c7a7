/** Google Cast's own description (`/setup/eureka_info`), which comes over HTTP in JSON. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import type { Notes, Protocol } from './protocol.js'

const name = fact('cast.name', text)
const model = fact('cast.model', text)
const manufacturer = fact('cast.manufacturer', text)
const build = fact('cast.build', text)
const version = fact('cast.version', text)
/** The device's certificate is for this number. */
const udn = fact('cast.udn', text)
const cloudId = fact('cast.cloud_id', text)
const address = fact('cast.mac', mac)
const bluetooth = fact('cast.bluetooth_mac', mac)
/** The network it is in. */
const network = fact('cast.ssid', text)

const members = membersOf([
  ['name', name],
  ['model_name', model],
  ['manufacturer', manufacturer],
  ['cast_build_revision', build],
  ['build_version', version],
  ['ssdp_udn', udn],
  ['cloud_device_id', cloudId],
  ['mac_address', address],
  ['bluetooth_mac_address', bluetooth],
  ['ssid', network],
])

const parse = (c: Cursor, notes: Notes): void => readMembers(c, notes, members)

export const cast: Protocol = {
  name: 'cast',
  standard: "Google Cast's local API",
  tells: 'models, names, builds and serials of televisions, players and speakers',
  heard: [],
  facts: [
    ...[name, model, manufacturer, build, version, udn, cloudId, address, bluetooth, network],
  ],
  parse,
}
