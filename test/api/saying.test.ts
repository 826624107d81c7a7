/** People say what a device is: that outranks what was concluded, also when it is heard anew. */

import t from 'tap'
import type { DeviceRecord } from '../../src/model/device.js'
import { withEdits } from '../../src/model/edited.js'
import { BEGIN, changesOf, deviceOf, house } from './house.js'

type Answer = Record<string, unknown>

t.test('vendor, model and system are what a person says, and survive what is heard', async t => {
  const known = await house(t)
  known.store.commit(changesOf({ devices: [deviceOf('d1')] }))
  const path = '/api/v1/devices/d1'
  const body = { kind: 'nvr', vendor: 'Acme', model: 'X1', os: 'VxWorks' }
  const answer = await known.ask({ method: 'PATCH', path, body, local: true })
  t.equal(answer.status, 200)
  const said = {
    ...{ kind: 'nvr', category: 'iot', vendor: 'Acme', model: 'X1', edits: body },
    ...{ os: { name: 'VxWorks', version: null }, confidence: { kind: 1, vendor: 1, model: 1 } },
  }
  t.match(answer.json<Answer>(), said)
  const heard = deviceOf('d1', { vendor: 'Other', model: 'Other', last_seen: BEGIN + 9000 })
  known.store.commit(changesOf({ devices: [heard] }))
  const again = await known.ask({ path, local: true })
  t.match(again.json<Answer>(), said)
  const listed = await known.ask({ path: '/api/v1/devices?vendor=Acme&os=VxWorks', local: true })
  t.equal(listed.json<{ items: Answer[] }>().items.length, 1, 'and are searched by')
  const undone = { kind: null, vendor: null, model: null, os: null }
  const taken = await known.ask({ method: 'PATCH', path, body: undone, local: true })
  t.match(taken.json<Answer>(), { kind: 'camera', vendor: 'Other', model: 'Other', edits: {} })
  t.match(taken.json<Answer>(), { os: { name: 'Linux' }, confidence: { kind: 0.9 }, claims: [] })
})

t.test('what an edit hides is known again when it is taken back, edit after edit', async t => {
  const known = await house(t)
  known.store.commit(changesOf({ devices: [deviceOf('d1')] }))
  const path = '/api/v1/devices/d1'
  for (const vendor of ['One', 'Two', null]) {
    await known.ask({ method: 'PATCH', path, body: { vendor }, local: true })
  }
  const answer = await known.ask({ path, local: true })
  t.match(answer.json<Answer>(), { vendor: 'D-Link', model: 'DCS-930L' })
  const long = 'x'.repeat(200)
  const refused = await known.ask({ method: 'PATCH', path, body: { vendor: long }, local: true })
  t.equal(refused.status, 400)
})

t.test('a device nobody said anything of is shown as it is', t => {
  const device: DeviceRecord = deviceOf('d1')
  t.equal(withEdits(device), device)
  const same = withEdits({ ...device, os: { name: 'Linux', version: '5' }, edits: { os: 'Linux' } })
  t.strictSame(same.os, { name: 'Linux', version: '5' }, 'a version that fits stays')
  t.end()
})
