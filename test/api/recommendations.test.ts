/** What the API tells of recommendations, and how people take the risk of them. */

import t, { type Test } from 'tap'
import type { FindingRecord } from '../../src/model/finding.js'
import { BEGIN, changesOf, deviceOf, house, type House, type Reply } from './house.js'

const HOUR = 3_600_000
const PATH = '/api/v1/recommendations'

type Json = Record<string, unknown>
interface Page {
  readonly items: Json[]
}
interface One extends Json {
  readonly counts: Json
  readonly unhealthy: Json[]
  readonly healthy: Json[]
  readonly not_observed: string[]
  readonly ticket: string
  readonly walls: Record<string, string>
}

const finding = (device: string, changed: Partial<FindingRecord> = {}): FindingRecord => ({
  ...{ recommendation: 'disable-telnet', topic: '', device, standing: 'unhealthy' },
  ...{ severity: 'high', first: BEGIN, last: BEGIN + 1000, resolved: null, because: null },
  proofs: [
    { fact: 'telnet.serves', value: 'tcp/23', rule: 'disable-telnet', first: BEGIN, last: BEGIN },
  ],
  ...changed,
})

const FIVE = ['w1', 'w2', 'c1', 'c2', 'c3']
const OPENSSL = { recommendation: 'update-vulnerable-software', topic: 'OpenSSL 3.0.15' }

async function inhabited(t: Test): Promise<House> {
  const known = await house(t)
  known.store.commit(
    changesOf({
      devices: [
        ...['d1', 'd2', 'd3', 'd4'].map(id => deviceOf(id)),
        ...FIVE.map(id =>
          deviceOf(id, { kind: id.startsWith('w') ? 'workstation' : 'camera', names: [id] }),
        ),
      ],
      findings: [
        finding('d1'),
        finding('d2', { severity: 'critical', recommendation: 'telnet-require-authentication' }),
        finding('d3', { standing: 'resolved', resolved: BEGIN + HOUR, because: 'it was mended' }),
        finding('d4', { recommendation: 'remove-snmp-v1-v2', standing: 'healthy' }),
        ...FIVE.map(id => finding(id, OPENSSL)),
      ],
    }),
  )
  return known
}

const get = (known: House, path: string): Promise<Reply> => known.ask({ local: true, path })
const post = (known: House, path: string, body: unknown, cookie?: string): Promise<Reply> =>
  known.ask({ local: cookie === undefined, method: 'POST', path, body, ...said(cookie) })
const said = (cookie?: string): object => (cookie === undefined ? {} : { headers: { cookie } })

t.test('a row for each device, the gravest first; what is healthy is no row', async t => {
  const known = await inhabited(t)
  const { items } = (await get(known, PATH)).json<Page>()
  t.equal(items.length, 8)
  t.match(items[0], {
    ...{ id: 'telnet-require-authentication', device: 'd2', status: 'unhealthy' },
    ...{ severity: 'critical', title: /Require authentication for Telnet/, accepted: null },
    ...{ first: '2026-11-21T10:00:00.000Z', mend: /password/ },
    evidence: [{ fact: 'telnet.serves', value: 'tcp/23' }],
  })
  const of = async (query: string): Promise<unknown[]> =>
    (await get(known, `${PATH}?${query}`)).json<Page>().items.map(({ device }) => device)
  t.strictSame(await of('status=resolved'), ['d3'])
  t.strictSame(await of('recommendation=disable-telnet&status=unhealthy'), ['d1'])
  t.strictSame(await of('device=d2'), ['d2'])
  const csv = (await get(known, `${PATH}?format=csv`)).body
  t.match(csv, /^id,title,device,status,severity/)
  t.match(csv, /telnet\.serves=tcp\/23/)
})

t.test('one recommendation: who is healthy, who is not, and of whom nothing is known', async t => {
  const known = await inhabited(t)
  const one = (await get(known, `${PATH}/disable-telnet`)).json<One>()
  t.strictSame(one.counts, { unhealthy: 1, healthy: 1, not_observed: 7 })
  t.strictSame([one.unhealthy[0]?.device, one.healthy[0]?.device], ['d1', 'd3'])
  t.strictSame(one.not_observed, ['d2', 'd4', ...FIVE])
  t.match(one.ticket, /Disable insecure administration protocol - Telnet/)
  t.match(one.walls.nftables, /tcp dport 23 counter drop/)
  t.equal((await get(known, `${PATH}/disable-telnets`)).status, 404)
  t.equal((await get(known, `${PATH}/update-vulnerable-software:x`)).status, 404)
})

t.test('one ticket for two workstations and three cameras', async t => {
  const known = await inhabited(t)
  const id = 'update-vulnerable-software:OpenSSL 3.0.15'
  const one = (await get(known, `${PATH}/${encodeURIComponent(id)}`)).json<One>()
  t.match(one, { id, title: 'Update OpenSSL 3.0.15', counts: { unhealthy: 5, healthy: 0 } })
  t.match(one.ticket, /Devices \(5: camera, workstation\)/)
  for (const name of FIVE) t.match(one.ticket, `- ${name} · `)
})

t.test('a risk is taken for a reason, and not for ever', async t => {
  const known = await inhabited(t)
  const path = `${PATH}/disable-telnet/accept`
  const until = new Date(known.clock.now + HOUR).toISOString()
  const reason = 'it is replaced in May'
  t.equal((await post(known, path, { devices: ['d1'] })).status, 400, 'why?')
  t.equal((await post(known, path, { devices: ['d3'], reason })).status, 409, 'it is mended')
  const past = new Date(known.clock.now - 1).toISOString()
  t.equal((await post(known, path, { reason, until: past })).status, 400)
  const done = (await post(known, path, { devices: ['d1'], reason, until })).json<One>()
  t.match(done.unhealthy, [{ device: 'd1', status: 'accepted', accepted: { reason, until } }])

  known.store.commit(changesOf({ findings: [finding('d1', { last: BEGIN + HOUR })] }))
  const again = (await get(known, `${PATH}?status=accepted`)).json<Page>()
  t.match(again.items, [{ device: 'd1', last: '2026-11-21T11:00:00.000Z' }], 'it is still taken')
  t.equal(known.store.endAcceptances(known.clock.now), 0)
  t.equal(known.store.endAcceptances(known.clock.now + 2 * HOUR), 1)
  t.equal((await get(known, `${PATH}?status=accepted`)).json<Page>().items.length, 0)

  await post(known, path, { devices: ['d1'], reason })
  const undo = await post(known, `${PATH}/disable-telnet/unaccept`, { devices: ['d1'] })
  t.match(undo.json<One>().unhealthy, [{ device: 'd1', status: 'unhealthy', accepted: null }])
  const log = known.store.people.audit().map(({ what, about }) => `${what} ${about}`)
  t.ok(log.includes('recommendation.accept disable-telnet'))
  t.ok(log.includes('recommendation.unaccept disable-telnet'))
})

t.test('whoever only reads takes no risk', async t => {
  const known = await inhabited(t)
  const cookie = await known.account('rita', 'reader')
  const reply = await post(known, `${PATH}/disable-telnet/accept`, { reason: 'x' }, cookie)
  t.equal(reply.status, 403)
})

t.test('what is forgotten or merged takes its findings along', async t => {
  const known = await inhabited(t)
  known.store.erase('d1', { by: 'ann', at: BEGIN })
  const merge = { into: 'd4', from: 'd2', at: BEGIN, action: 'merge' as const, by: '', why: '' }
  known.store.commit(changesOf({ merges: [{ ...merge, score: 1 }] }))
  const { items } = (await get(known, `${PATH}?status=unhealthy`)).json<Page>()
  const others = items.filter(({ device }) => !FIVE.includes(String(device)))
  t.strictSame(
    others.map(({ id, device }) => [id, device]),
    [['telnet-require-authentication', 'd4']],
  )
})
