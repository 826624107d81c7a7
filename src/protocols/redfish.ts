/**
 * Redfish (DMTF DSP0266), the management of servers over HTTP in JSON: make, model and serial
 * number of a machine, and the version of the controller that speaks for it.
 *
 * Parts have makes and serial numbers, too; only the machine, its case and its controller count.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { membersOf, readMembers, type Members } from './json.js'
import type { Notes, Protocol } from './protocol.js'
import { SENDER } from './protocol.js'
import { contains } from './text-contains.js'

const version = fact('redfish.version', text)
const product = fact('redfish.product', text)
const vendor = fact('redfish.vendor', text)
const manufacturer = fact('redfish.manufacturer', text)
const model = fact('redfish.model', text)
const serial = fact('redfish.serial', text, 'set')
const sku = fact('redfish.sku', text, 'set')
const part = fact('redfish.part_number', text, 'set')
const assetTag = fact('redfish.asset_tag', text)
/** Of the machine; that of its controller, or of the service, is another. */
const uuid = fact('redfish.uuid', text)
const serviceUuid = fact('redfish.service_uuid', text, 'set')
const bios = fact('redfish.bios', text)
const hostName = fact('redfish.host_name', text)
const controller = fact('redfish.controller', text)
const firmware = fact('redfish.firmware', text)
/** Of the controller's network interface. */
const address = fact('redfish.mac', mac, 'set')

const TYPE_MAX = 4096

/** What a resource is, by its `@odata.type`, and what its members say. */
const RESOURCES: readonly (readonly [type: string, members: Members])[] = [
  [
    '"#ServiceRoot.',
    membersOf(
      [
        ['RedfishVersion', version],
        ['Product', product],
        ['Vendor', vendor],
        ['UUID', serviceUuid],
      ],
      1,
    ),
  ],
  [
    '"#ComputerSystem.',
    membersOf(
      [
        ['Manufacturer', manufacturer],
        ['Model', model],
        ['SerialNumber', serial],
        ['SKU', sku],
        ['PartNumber', part],
        ['AssetTag', assetTag],
        ['UUID', uuid],
        ['BiosVersion', bios],
        ['HostName', hostName],
      ],
      1,
    ),
  ],
  [
    '"#Chassis.',
    membersOf(
      [
        ['Manufacturer', manufacturer],
        ['Model', model],
        ['SerialNumber', serial],
        ['SKU', sku],
        ['PartNumber', part],
        ['AssetTag', assetTag],
      ],
      1,
    ),
  ],
  [
    '"#Manager.',
    membersOf(
      [
        ['Model', controller],
        ['FirmwareVersion', firmware],
        ['UUID', serviceUuid],
        ['ServiceEntryPointUUID', serviceUuid],
      ],
      1,
    ),
  ],
  [
    '"#EthernetInterface.',
    membersOf(
      [
        ['PermanentMACAddress', address],
        ['MACAddress', address],
      ],
      1,
    ),
  ],
]

function parse(c: Cursor, notes: Notes): void {
  notes.about(SENDER)
  let i = 0
  while (i < RESOURCES.length) {
    const [type, members] = RESOURCES[i++]!
    if (contains(c, type, TYPE_MAX)) return readMembers(c, notes, members)
  }
}

export const redfish: Protocol = {
  name: 'redfish',
  standard: 'DMTF DSP0266',
  tells:
    'make, model, serial number and versions of servers and of the controllers that manage them',
  heard: [],
  facts: [
    ...[version, product, vendor, manufacturer, model, serial, sku, part, assetTag, uuid],
    ...[serviceUuid, bios, hostName, controller, firmware, address],
  ],
  parse,
}
