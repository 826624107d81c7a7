/** Where a device is: what its network says of it, and what it says itself. */

import t from 'tap'
import { locationOf, type Said } from '../../src/identity/location.js'
import { address, station, tell } from './load.js'
import { A, read } from './scene.js'

/** One statement after the other. */
const said = (...all: readonly (readonly [fact: string, value: string])[]): Said[] =>
  all.map(([fact, value], at) => ({ fact, value, at }))

const NOBODY_KNOWS = { switch: null, port: null, access_point: null, civic: null }

t.test('a switch that asks who somebody is says at which port', t => {
  t.same(locationOf(said(['radius.at', 'sw-2'], ['radius.port', '50107'])), {
    ...{ ...NOBODY_KNOWS, switch: 'sw-2', port: '50107', from: ['radius.at', 'radius.port'] },
  })
  const both = said(
    ['dhcp.circuit_id', 'Gi1/0/12:vlan30'],
    ['radius.at', 'sw-2'],
    ['radius.port_id', 'Gi1/0/7'],
  )
  t.match(locationOf(both), { switch: 'sw-2', port: 'Gi1/0/7' }, 'the most telling counts')
  t.end()
})

t.test('by radio it is at an access point, and at no port', t => {
  const told = said(
    ['radius.at', 'ap-hall'],
    ['radius.port', '1'],
    ['radius.connection', 'CONNECT 802.11ax'],
  )
  t.same(locationOf(told), {
    ...{ ...NOBODY_KNOWS, access_point: 'ap-hall', from: ['radius.at'] },
  })
  t.end()
})

t.test('option 82 is read as switches write it', t => {
  const told = said(['dhcp.remote_id', '0006001c73000001'], ['dhcp.circuit_id', '0004001e010c'])
  t.match(locationOf(told), { switch: '00:1c:73:00:00:01', port: '1/12' })
  const words = said(['dhcp.remote_id', 'sw-ulm-2'], ['dhcp.circuit_id', 'Gi1/0/12:vlan30'])
  t.match(locationOf(words), { switch: 'sw-ulm-2', port: 'Gi1/0/12:vlan30' })
  t.end()
})

t.test('who moves is where it was told of last', t => {
  const moved = said(['radius.at', 'sw-1'], ['radius.at', 'sw-2'])
  t.match(locationOf(moved), { switch: 'sw-2' })
  t.match(locationOf([...moved, { fact: 'radius.at', value: 'sw-1', at: 9 }]), { switch: 'sw-1' })
  t.end()
})

t.test('a place in words is put together of its parts', t => {
  const parts = said(
    ['snmp.sys_location', 'Rack 3'],
    ['lldp.civic', 'city: Ulm'],
    ['lldp.civic', 'room: 2.10'],
    ['lldp.civic', 'room: 2.11'],
  )
  t.match(locationOf(parts), { civic: 'city: Ulm, room: 2.11', from: ['lldp.civic'] })
  t.match(locationOf(said(['snmp.sys_location', 'Rack 3'])), { civic: 'Rack 3' })
  t.equal(locationOf(said(['dhcp.hostname', 'pc-7'])), null)
  t.end()
})

t.test('a device is shown with it', t => {
  const scene = {
    stations: [station(A, { frame: 1 })],
    addresses: [address('10.0.0.7', A, { frame: 1 })],
    told: [
      tell(A, 'radius.at', 'sw-2', { frame: 2 }),
      tell(A, 'radius.port_id', 'Gi1/0/7', { frame: 3 }),
      tell(A, 'radius.at', 'sw-9', { frame: 4 }),
      tell(A, 'radius.at', 'sw-2', { frame: 5 }),
    ],
  }
  const [device] = read(scene).devices
  t.match(device, {
    ...{ network: null, zone: null, site: null, timezone: 'UTC' },
    location: { switch: 'sw-2', port: 'Gi1/0/7', civic: null, site: null, zone: null },
  })
  t.end()
})
