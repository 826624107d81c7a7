/** Which device is which managed endpoint. */

import t from 'tap'
import { Managed, type ManagedEndpoint } from '../../src/identity/managed.js'
import type { DeviceRecord } from '../../src/model/device.js'
import { deviceOf } from '../api/house.js'

const endpoint = (changed: Partial<ManagedEndpoint>): ManagedEndpoint => ({
  ...{ source: 'edr', hosts: [], macs: [], serial: null, agent: 'a 1', seen: 5 },
  ...changed,
})
const device = (id: string, changed: Partial<DeviceRecord> = {}): DeviceRecord =>
  deviceOf(id, { macs: [], names: [], ...changed })

function over(...endpoints: readonly ManagedEndpoint[]): Managed {
  const managed = new Managed()
  for (const one of endpoints) managed.add(one)
  return managed
}

t.test('by serial number, by hardware address, by name, in this order', t => {
  const bySerial = endpoint({ serial: 'CN123', macs: ['00:11:22:33:44:55'], hosts: ['pc-7'] })
  const managed = over(bySerial)
  const named = managed.stamp(device('d1', { names: ['PC-7'] }))
  t.same(named.managed, { source: 'edr', agent: 'a 1', seen: 5 })
  t.equal(managed.deviceOf(bySerial), 'd1')
  t.ok(managed.stamp(device('d2', { macs: ['00:11:22:33:44:55'] })).managed)
  t.equal(managed.deviceOf(bySerial), 'd2')
  t.ok(managed.stamp(device('d3', { serial: 'cn123' })).managed)
  t.equal(managed.deviceOf(bySerial), 'd3')
  t.same([...managed.touched], [], 'none of them has a key of another')
  t.equal(managed.stamp(named).managed, null, 'the first is it no more')
  t.end()
})

t.test('a name that two devices have is nobody’s', t => {
  const one = endpoint({ hosts: ['printer'] })
  const managed = over(one)
  const first = managed.stamp(device('d1', { names: ['printer'] }))
  t.ok(first.managed)
  t.equal(managed.stamp(first), first, 'and nothing is told twice')
  t.equal(managed.stamp(device('d2', { names: ['printer'] })).managed, null)
  t.same([...managed.touched], ['d1'], 'the other one is told of')
  t.equal(managed.stamp(first).managed, null)
  managed.forget('d2')
  t.equal(managed.deviceOf(one), 'd1')
  t.ok(managed.stamp(first).managed)
  t.end()
})

t.test('another list holds from then on', t => {
  const managed = over(endpoint({ hosts: ['pc-7'] }))
  const known = managed.stamp(device('d1', { names: ['pc-7'] }))
  managed.begin()
  t.equal(managed.stamp(known).managed, null)
  t.equal(managed.deviceOf(endpoint({ hosts: ['pc-7'] })), undefined)
  t.end()
})
