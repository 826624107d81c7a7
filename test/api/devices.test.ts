/** What the API tells of devices, and what people may say of them. */

import { request, type IncomingMessage } from 'node:http'
import t, { type Test } from 'tap'
import {
  BEGIN,
  changesOf,
  deviceOf,
  factOf,
  house,
  type Asking,
  type House,
  type Reply,
} from './house.js'

type Json = Record<string, unknown>
type Page = { items: Json[]; cursor: string | null }

const HP = {
  ...{ macs: ['00:11:22:33:44:66'], ipv4: ['10.0.0.6'], names: ['=cmd()|calc'], vlans: [20] },
  ...{ kind: 'printer', vendor: 'HP', model: 'LaserJet', serial: 'CN123', new: true, packets: 9 },
  last_seen: BEGIN + 5000,
} as const
const PC = {
  ...{ macs: ['00:11:22:33:44:77'], ipv4: ['10.0.0.7'], names: ['desk, "front"'] },
  ...{ category: 'computer', kind: 'workstation', vendor: null, model: null, os: null },
  last_seen: BEGIN + 9000,
} as const

async function inhabited(t: Test): Promise<House> {
  const known = await house(t)
  known.store.commit(
    changesOf({
      devices: [deviceOf('d1'), deviceOf('d2', HP), deviceOf('d3', PC)],
      facts: [factOf('d1', 'dhcp.hostname', 'DCS-930L'), factOf('d2', 'snmp.name', 'lj')],
      keys: [
        {
          ...{ kind: 'mac', value: '1/10/00:11:22:33:44:55', device: 'd1', proof: 'frame' },
          ...{ first: BEGIN, last: BEGIN },
        },
      ],
      holdings: [{ device: 'd1', address: '10.0.0.5', from: BEGIN, to: null, proof: 'lease' }],
      history: [
        { device: 'd1', at: BEGIN, field: 'kind', before: null, after: 'camera', because: 'dhcp' },
      ],
      conversations: [
        {
          ...{ from: 'd1', to: '203.0.113.9', transport: 'tcp', port: 443, protocol: 'tls' },
          ...{ name: 'example.org', scope: 'iot-to-internet', packets: 7, bytes_out: 1 },
          ...{ bytes_in: 2, first_seen: BEGIN, last_seen: BEGIN, community_id: null },
          ...{ round_trip_smallest_us: null, round_trip_last_us: null },
        },
      ],
    }),
  )
  return known
}

const local = (known: House, asking: Asking): Promise<Reply> =>
  known.ask({ ...asking, local: true })
const page = async (known: House, path: string): Promise<Page> =>
  (await local(known, { path })).json<Page>()
const ids = async (known: House, query: string): Promise<unknown[]> =>
  (await page(known, `/api/v1/devices${query}`)).items.map(({ id }) => id)
const post = (path: string, body?: unknown): Asking => ({
  method: 'POST',
  path,
  ...(body === undefined ? {} : { body }),
})

t.test('devices are listed, filtered, sorted and searched', async t => {
  const known = await inhabited(t)
  t.strictSame(await ids(known, ''), ['d3', 'd2', 'd1'], 'the last heard first')
  t.strictSame(await ids(known, '?sort=packets&category=iot'), ['d1', 'd2'])
  t.strictSame(await ids(known, '?kind=camera&kind=printer&sort=-packets'), ['d2', 'd1'])
  t.strictSame(await ids(known, '?vendor=hp&new=true&status=active&vlan=20'), ['d2'])
  t.strictSame(await ids(known, '?ip=10.0.0.7'), ['d3'])
  t.strictSame(await ids(known, '?mac=00:11:22:33:44:66'), ['d2'])
  t.strictSame(await ids(known, '?q=laserjet'), ['d2'])
  t.strictSame(await ids(known, '?packets_from=6&packets_to=9'), ['d2'])
  t.strictSame(await ids(known, '?last_seen_from=2026-11-21T10:00:06Z'), ['d3'])
  const [first] = (await page(known, '/api/v1/devices?limit=1')).items
  t.match(first, { id: 'd3', vendor: null, os: null, last_seen: '2026-11-21T10:00:09.000Z' })
})

t.test('pages follow one another, and a cursor belongs to its question', async t => {
  const known = await inhabited(t)
  const seen: unknown[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const more: string = cursor === '' ? '' : `&cursor=${cursor}`
    const next: Page = await page(known, `/api/v1/devices?limit=1&sort=vendor${more}`)
    seen.push(...next.items.map(({ id }) => id))
    cursor = next.cursor
    if (seen.length === 1) {
      const other = await local(known, { path: `/api/v1/devices?cursor=${cursor!}` })
      t.match(other.json(), { error: { code: 'wrong-value', message: /another question/ } })
    }
  }
  t.strictSame(seen.sort(), ['d1', 'd2', 'd3'])
})

t.test('a wrong question is told which was meant', async t => {
  const known = await inhabited(t)
  const cases: readonly [query: string, code: string, mend: RegExp][] = [
    ['?knid=camera', 'unknown-field', /did you mean kind\?/],
    ['?limit=1001', 'wrong-value', /openapi/],
    ['?limit=0', 'wrong-value', /openapi/],
    ['?limit=ten', 'wrong-value', /openapi/],
    ['?sort=vendr', 'wrong-value', /did you mean -?vendor\?/],
    ['?new=perhaps', 'wrong-value', /./],
    ['?last_seen_from=yesterday', 'wrong-value', /./],
    ['?cursor=abc', 'wrong-value', /begin again/],
    [`?q=${'x'.repeat(201)}`, 'wrong-value', /./],
    ['?format=pdf', 'wrong-value', /json, csv, ndjson/],
    ['?__proto__=1', 'unknown-field', /./],
  ]
  for (const [query, code, mend] of cases) {
    const answer = await local(known, { path: `/api/v1/devices${query}` })
    t.equal(answer.status, 400, query)
    t.match(answer.json(), { error: { code, mend } }, query)
  }
  t.strictSame(known.errors, [], 'none of it is our mistake')
})

t.test('one device is told with what is about it', async t => {
  const known = await inhabited(t)
  const answer = await local(known, { path: '/api/v1/devices/d1' })
  t.match(answer.json(), {
    id: 'd1',
    edits: {},
    keys: [{ kind: 'mac', first: '2026-11-21T10:00:00.000Z' }],
    merges: [],
  })
  const about = '/api/v1/devices/d1'
  t.match((await page(known, `${about}/facts`)).items, [{ fact: 'dhcp.hostname', count: 2 }])
  t.match((await page(known, `${about}/history`)).items, [{ field: 'kind', after: 'camera' }])
  t.match((await page(known, `${about}/addresses`)).items, [{ address: '10.0.0.5', to: null }])
  t.match((await page(known, `${about}/conversations`)).items, [{ to: '203.0.113.9', port: 443 }])
  t.equal((await page(known, '/api/v1/facts')).items.length, 2)
  t.equal((await page(known, '/api/v1/conversations?scope=iot-to-internet')).items.length, 1)
  const all = (await local(known, { path: `${about}/export` })).json<Json>()
  t.match(all, { schema: 'onlooker.device/1', device: { id: 'd1' }, facts: [{}], history: [{}] })
  t.match((await local(known, { path: '/api/v1/devices/none' })).json(), {
    error: { code: 'no-such-device' },
  })
  t.equal((await local(known, { path: '/api/v1/devices/none/facts' })).status, 404)
})

t.test('tabs are counted', async t => {
  const known = await inhabited(t)
  const counts = (await local(known, { path: '/api/v1/counts' })).json()
  t.match(counts, {
    devices: 3,
    new: 1,
    tabs: { iot: 2, computers: 1, ot: 0 },
    kind: { camera: 1 },
  })
  t.match((await local(known, { path: '/api/v1/counts?vendor=HP' })).json(), { devices: 1 })
  t.match((await page(known, '/api/v1/sensors')).items, [{ name: 'gate', status: 'ok' }])
})

t.test('an export tells all, and is no formula to a spreadsheet', async t => {
  const known = await inhabited(t)
  const csv = await local(known, { path: '/api/v1/devices?format=csv&sort=id' })
  t.match(csv.headers['content-type'], /^text\/csv/)
  t.match(csv.headers['content-disposition'], /filename="devices\.csv"/)
  const lines = csv.body.split('\r\n')
  t.equal(lines.length, 5, 'a head, three devices and the end')
  t.match(lines[2], /,'=cmd\(\)\|calc,/)
  t.match(lines[3], /,"desk, ""front""",/)
  const accepted = await local(known, {
    path: '/api/v1/conversations',
    headers: { accept: 'application/x-ndjson' },
  })
  t.match(JSON.parse(accepted.body.trim()), { from: 'd1' })
  const wrong = await local(known, { path: '/api/v1/devices?format=csv&cursor=abc' })
  t.equal(wrong.status, 400, 'a wrong question is refused before it begins')
})

t.test('an export has no cap, and waits for a slow reader', async t => {
  const known = await house(t)
  for (let slice = 0; slice < 6; slice++) {
    const devices = Array.from({ length: 500 }, (_, i) => {
      const number = String(slice * 500 + i)
      return deviceOf(`d${number}`, { last_seen: BEGIN + Number(number), names: ['n'.repeat(200)] })
    })
    known.store.commit(changesOf({ devices }))
  }
  const answer = await new Promise<IncomingMessage>(resolve =>
    request({ socketPath: known.socket, path: '/api/v1/devices?format=ndjson' }, resolve).end(),
  )
  await new Promise(resolve => setTimeout(resolve, 200))
  let text = ''
  for await (const part of answer.setEncoding('utf8')) text += String(part)
  const seen = new Set(
    text
      .trim()
      .split('\n')
      .map(line => (JSON.parse(line) as Json).id),
  )
  t.equal(seen.size, 3000)
  const some = await local(known, { path: '/api/v1/devices?format=ndjson&limit=700' })
  t.equal(some.body.trim().split('\n').length, 700, 'unless a limit is asked for')
})

t.test('an edit is kept, told and undone', async t => {
  const known = await inhabited(t)
  const path = '/api/v1/devices/d1'
  const body = { name: 'Front door', kind: 'doorbell', tags: ['hall'], authorized: true }
  const answer = await local(known, { method: 'PATCH', path, body })
  t.equal(answer.status, 200)
  t.match(answer.json(), { names: ['Front door', 'd1'], kind: 'doorbell', edits: body })
  t.strictSame(await ids(known, '?tag=hall&authorized=true'), ['d1'])
  const taken = await local(known, { method: 'PATCH', path, body: { kind: null, tags: null } })
  t.match(taken.json(), { kind: 'camera', edits: { name: 'Front door' } })
  t.notOk('kind' in taken.json<{ edits: object }>().edits)
  const log = await page(known, '/api/v1/audit')
  t.match(log.items[1], {
    ...{ who: 'local', what: 'device.edit', about: 'd1', from: 'local' },
    ...{ before: { name: null, kind: null }, after: { kind: 'doorbell' } },
  })
})

t.test('an edit has its bounds', async t => {
  const known = await inhabited(t)
  const cases: readonly [body: unknown, code: string, mend: RegExp][] = [
    [{ nmae: 'x' }, 'unknown-field', /did you mean name\?/],
    [{ kind: 'printr' }, 'wrong-value', /did you mean printer\?/],
    [{ kind: 'spaceship' }, 'wrong-value', /one of: camera, .*\.\.\.$/],
    [{ name: 'x'.repeat(129) }, 'wrong-value', /./],
    [{ name: '' }, 'wrong-value', /./],
    [{ name: 'a\u001b[2J' }, 'wrong-value', /./],
    [{ tags: ['a,b'] }, 'wrong-value', /./],
    [{ authorized: 'yes' }, 'wrong-value', /./],
    [{ importance: 'huge' }, 'wrong-value', /one of: low, normal, high/],
    [{ id: 'x' }, 'unknown-field', /./],
    [{}, 'bad-request', /./],
    [[], 'bad-request', /./],
    ['{"name":', 'bad-request', /./],
    ['{"__proto__":{"name":"x"}}', 'bad-request', /./],
  ]
  for (const [body, code, mend] of cases) {
    const answer = await local(known, { method: 'PATCH', path: '/api/v1/devices/d1', body })
    t.equal(answer.status, 400, JSON.stringify(body))
    t.match(answer.json(), { error: { code, mend } }, JSON.stringify(body))
  }
})

t.test('devices are joined, taken apart and kept as they are', async t => {
  const known = await inhabited(t)
  const merged = await local(known, post('/api/v1/devices/merge', { into: 'd1', from: 'd2' }))
  t.match(merged.json(), { id: 'd1', merges: [{ action: 'merge', from: 'd2' }] })
  const gone = await local(known, { path: '/api/v1/devices/d2' })
  t.match(gone.json(), { id: 'd1' }, 'an id that was merged means where it went')
  t.equal(gone.headers['content-location'], '/api/v1/devices/d1')
  t.equal((await page(known, '/api/v1/devices/d2/facts')).items.length, 2)
  t.match((await local(known, post('/api/v1/devices/merge', { into: 'd1', from: 'd2' }))).json(), {
    error: { code: 'conflict' },
  })
  t.equal((await local(known, post('/api/v1/devices/d1/split', { address: 'd2' }))).status, 200)
  t.match((await local(known, { path: '/api/v1/devices/d2' })).json(), { id: 'd2' })
  const wrong = await local(known, post('/api/v1/devices/d1/split', { address: '10.9.9.9' }))
  t.match(wrong.json(), { error: { code: 'conflict', message: 'it has no such address' } })
  t.match((await local(known, post('/api/v1/devices/d1/pin'))).json<{ merges: Json[] }>().merges, {
    2: { action: 'pin' },
  })
})

t.test('what is forgotten leaves a receipt and nothing else', async t => {
  const known = await inhabited(t)
  const answer = await local(known, post('/api/v1/devices/d1/forget'))
  t.match(answer.json(), {
    id: 'd1',
    by: 'local',
    removed: { devices: 1, facts: 1 },
    hash: /^.{64}$/,
  })
  t.equal((await local(known, { path: '/api/v1/devices/d1' })).status, 404)
  t.strictSame(await ids(known, ''), ['d3', 'd2'])
})

t.test('learning is told, and ended early', async t => {
  const known = await inhabited(t)
  t.match((await page(known, '/api/v1/learning')).items, [
    { segment: '10', until: '2026-11-28T10:00:00.000Z', ended: null },
  ])
  const ended = await local(known, post('/api/v1/learning/end', { segment: '10' }))
  t.match(ended.json<Page>().items, [{ ended: '2026-11-21T10:00:00.000Z' }])
  t.equal((await local(known, post('/api/v1/learning/end', { segment: '99' }))).status, 404)
})

t.test('managed endpoints are brought and recognised', async t => {
  const known = await inhabited(t)
  const path = '/api/v1/endpoints'
  const list =
    'Hostname,MAC,Serial,Agent,Seen\r\npc-7,00-11-22-33-44-77,,edr,2026-11-21\r\nlj,,CN123,,\r\n'
  const headers = { 'content-type': 'text/csv' }
  const brought = await local(known, { ...post(`${path}?source=edr`, list), headers })
  t.match(brought.json(), { source: 'edr', count: 2 })
  t.match((await page(known, path)).items, [
    { source: 'edr', hosts: ['pc-7'], macs: ['00:11:22:33:44:77'], device: 'd3', agent: 'edr' },
    { serial: 'CN123', device: 'd2' },
  ])
  const again = { source: 'edr', endpoints: [{ macs: ['001122334455'] }] }
  t.match((await local(known, post(path, again))).json(), { count: 1 })
  t.match((await page(known, path)).items, [{ device: 'd1' }], 'in place of the list before')
  const cases: readonly [body: unknown, code: string, type?: string][] = [
    ['host,colour\na,red\n', 'unknown-field', 'text/csv'],
    ['host\n"open', 'wrong-value', 'text/csv'],
    ['mac\nno-mac\n', 'wrong-value', 'text/csv'],
    [{ endpoints: [{}] }, 'wrong-value'],
    [{ endpoints: [{ agent: 'x' }] }, 'wrong-value'],
    [{ endpoints: [{ host: 'x' }] }, 'unknown-field'],
  ]
  for (const [body, code, type = 'application/json'] of cases) {
    const answer = await local(known, { ...post(path, body), headers: { 'content-type': type } })
    t.equal(answer.status, 400, JSON.stringify(body))
    t.match(answer.json(), { error: { code } }, JSON.stringify(body))
  }
  t.equal((await page(known, path)).items.length, 1, 'a list that is wrong changes nothing')
})

/** Events as they come, until one satisfies. */
async function events(known: House, last: string | undefined, until: (text: string) => boolean) {
  const headers = last === undefined ? {} : { 'last-event-id': last }
  const asked = request({ socketPath: known.socket, path: '/api/v1/events', headers })
  const answer = await new Promise<IncomingMessage>(resolve => asked.on('response', resolve).end())
  let text = ''
  const done = new Promise<string>(resolve =>
    answer.setEncoding('utf8').on('data', part => {
      text += String(part)
      if (until(text)) resolve(text)
    }),
  )
  return { answer, done, end: () => asked.destroy() }
}

t.test('what is committed is told to who listens, and who comes back misses nothing', async t => {
  const known = await inhabited(t)
  const first = await events(known, undefined, text => text.includes('event: device'))
  t.match(first.answer.headers['content-type'], /^text\/event-stream/)
  await new Promise(resolve => setTimeout(resolve, 50))
  known.store.commit(changesOf({ devices: [deviceOf('d4')] }))
  const text = await first.done
  t.match(text, /^id: \S+\nevent: device\ndata: \{"id":"d4".*\}\n\n/m)
  const id = /^id: (\S+)$/m.exec(text)![1]!
  first.end()
  known.store.commit(changesOf({ devices: [deviceOf('d5')] }))
  await local(known, post('/api/v1/devices/merge', { into: 'd1', from: 'd2' }))
  const second = await events(known, id, text => text.includes('event: merge'))
  const more = await second.done
  t.match(more, /"id":"d5"/)
  t.notMatch(more, /"id":"d4"/)
  second.end()
  const lost = await events(known, 'other.1.1', text => text.includes('event: reload'))
  t.match(await lost.done, /event: reload\ndata: \{"why":/)
  lost.end()
})

t.test('no more may listen than there is room for', async t => {
  const known = await inhabited(t)
  const all = []
  for (let i = 0; i < 32; i++) all.push(await events(known, undefined, () => false))
  const refused = await local(known, { path: '/api/v1/events' })
  t.match(refused.json(), { error: { code: 'crowded' } })
  t.equal(refused.headers['retry-after'], '10')
  for (const one of all) one.end()
  for (let i = 0; i < 100 && known.api.listeners.now > 0; i++) {
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  t.equal(known.api.listeners.now, 0, 'who hangs up is gone')
})

t.test('who reads too slowly is dropped, and told so', async t => {
  const known = await house(t)
  const asked = request({ socketPath: known.socket, path: '/api/v1/events' })
  const answer = await new Promise<IncomingMessage>(resolve => asked.on('response', resolve).end())
  answer.pause()
  const names = Array.from({ length: 40 }, (_, i) => `${'n'.repeat(200)}${String(i)}`)
  for (let i = 0; i < 60 && known.api.listeners.dropped === 0; i++) {
    const devices = Array.from({ length: 20 }, (_, j) =>
      deviceOf(`d${String(i * 20 + j)}`, { names }),
    )
    known.store.commit(changesOf({ devices }))
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  t.equal(known.api.listeners.dropped, 1)
  t.equal(known.api.listeners.now, 0)
  let text = ''
  for await (const part of answer.setEncoding('utf8')) text += String(part)
  t.match(text.slice(-200), /event: dropped\ndata: \{"why":"you read too slowly.*\n\n$/)
})
