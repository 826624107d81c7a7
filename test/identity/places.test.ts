/** Networks that people have named: what a device's is called, and where that is. */

import t from 'tap'
import { writeJson } from '../../src/cli/inventory-json.js'
import { Identity } from '../../src/identity/identity.js'
import { Inventory } from '../../src/identity/inventory.js'
import { Places, type NamedPlace } from '../../src/identity/places.js'
import { Vendors } from '../../src/identity/vendors.js'
import type { DeviceRecord } from '../../src/model/device.js'
import { settingsIn } from '../../src/settings/document.js'
import { EMPTY, address, station } from './load.js'
import { A, REGISTRY } from './scene.js'

const namesIn = (text: string): readonly NamedPlace[] =>
  settingsIn(`networks: {names: [${text}]}`, 'a.yaml').networks.names

const CAMERAS =
  '{subnet: 10.1.2.0/24, name: Cameras, zone: Hall 2, site: Ulm, timezone: Europe/Berlin}'
const ALL = `{subnet: 10.0.0.0/8, name: Works}, ${CAMERAS}, {vlan: 30, name: Guests}`

t.test('the smallest network that holds an address, else the VLAN', t => {
  const places = new Places(namesIn(`${ALL}, {subnet: 2001:db8::/32, name: Six}`))
  const of = (addresses: readonly (readonly number[])[], vlans: readonly number[] = []) =>
    places.of(
      addresses.map(bytes => Uint8Array.from(bytes)),
      vlans,
    ).network
  t.equal(of([[10, 9, 9, 9]]), 'Works')
  t.equal(of([[10, 1, 2, 9]]), 'Cameras')
  t.equal(
    of([
      [10, 9, 9, 9],
      [10, 1, 2, 9],
    ]),
    'Cameras',
    'whatever the order of its addresses',
  )
  t.equal(of([[0x20, 1, 0x0d, 0xb8, ...Array<number>(12).fill(1)]]), 'Six')
  t.equal(of([[192, 168, 0, 1]], [7, 30]), 'Guests')
  t.equal(of([[192, 168, 0, 1]], [7]), null)
  t.end()
})

t.test('a capture tells it of each device', t => {
  const inventory = new Inventory({ places: namesIn(ALL), vendors: new Vendors(() => REGISTRY) })
  inventory.station(station(A, { frame: 1 }))
  inventory.address(address('10.1.2.3', A, { frame: 1 }))
  let json = ''
  writeJson(inventory.finish(EMPTY), chunk => (json += Buffer.from(chunk).toString()))
  const [device] = (JSON.parse(json) as { devices: object[] }).devices
  t.match(device, { network: 'Cameras', zone: 'Hall 2', site: 'Ulm', timezone: 'Europe/Berlin' })
  t.end()
})

t.test('the sensor records it, and anew when networks are called otherwise', t => {
  const records = new Map<string, DeviceRecord>()
  const live = (text: string): Identity =>
    new Identity({
      ...{ seed: 1, facts: [], places: namesIn(text), site: 'Bonn' },
      vendors: new Vendors(() => REGISTRY),
      recall: id => records.get(id),
    })
  const first = live('{vlan: 30, name: Guests, zone: Hall 2, site: Ulm}')
  first.station(station(A, { frame: 1, vlan: 30 }))
  const heard = first.settle(1, true)
  const [record] = heard.devices
  t.match(record, { network: 'Guests', zone: 'Hall 2', site: 'Ulm' })
  records.set(record!.id, record!)

  const same = live('{vlan: 30, name: Guests, zone: Hall 2, site: Ulm}')
  same.remember(record!, heard.keys, [])
  t.same(same.settle(2).devices, [], 'with the same names nothing is news')
  const other = live('{vlan: 30, name: Doors, zone: Yard}')
  other.remember(record!, heard.keys, [])
  const renamed = other.settle(3)
  t.match(renamed.devices, [{ network: 'Doors', zone: 'Yard', site: 'Bonn' }])
  t.match(renamed.history, [
    { field: 'network', before: 'Guests', after: 'Doors' },
    { field: 'zone', before: 'Hall 2', after: 'Yard' },
  ])
  t.end()
})

t.test(
  'a network is in the time zone that its entry says, else in the one of the sensor, else UTC',
  t => {
    const place = Uint8Array.of(10, 1, 2, 9)
    const of = (text: string, zone?: string): string =>
      new Places(namesIn(text), zone).of([place], []).timezone
    t.equal(of(CAMERAS, 'Asia/Tokyo'), 'Europe/Berlin')
    t.equal(of('{subnet: 10.0.0.0/8, name: Works}', 'Asia/Tokyo'), 'Asia/Tokyo')
    t.equal(of('', 'Asia/Tokyo'), 'Asia/Tokyo')
    t.equal(of('{subnet: 10.0.0.0/8, name: Works}'), 'UTC')
    const wrong = (zone: string): void => void namesIn(`{vlan: 3, name: A, timezone: ${zone}}`)
    t.throws(() => wrong('Europe/Berln'), /timezone.*did you mean Europe\/Berlin\?/s)
    t.throws(() => wrong('+01:00'), /timezone.*write a name like Europe\/Berlin, or UTC/s)
    t.throws(() => wrong('7'), /timezone.*write a name like/s)
    t.end()
  },
)
