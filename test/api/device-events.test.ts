/** What changed on a device, and which addresses it held: page by page. */

import t from 'tap'
import { BEGIN, changesOf, deviceOf, house, type House } from './house.js'

interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[]
  readonly cursor: string | null
}

const page = async (known: House, path: string): Promise<Page> =>
  (await known.ask({ local: true, path })).json<Page>()

t.test('what happened to a device comes in pages, whole and in order', async t => {
  const known = await house(t)
  const numbers = Array.from({ length: 250 }, (_, i) => i)
  const at = (i: number): number => BEGIN + Math.floor(i / 10) * 1000
  known.store.commit(
    changesOf({
      devices: [deviceOf('d1'), deviceOf('d2')],
      history: numbers.map(i => ({
        ...{ device: 'd2', at: at(i), field: 'model', because: 'heard' },
        ...{ before: i, after: i + 1 },
      })),
      holdings: numbers.map(i => ({
        ...{ device: 'd2', address: `10.9.0.${String(i)}`, from: at(i), to: at(i) + 500 },
        proof: 'lease',
      })),
    }),
  )
  const all = async (path: string): Promise<Page['items'][number][]> => {
    const rows: Page['items'][number][] = []
    let next: string | null = ''
    while (next !== null) {
      const one: Page = await page(known, `${path}?limit=99${next && `&cursor=${next}`}`)
      rows.push(...one.items)
      next = one.cursor
    }
    return rows
  }
  const history = (await all('/api/v1/devices/d2/history')).map(({ after }) => Number(after))
  t.strictSame(history, numbers.map(i => i + 1).reverse(), 'the newest first')
  const held = await all('/api/v1/devices/d2/addresses')
  const mine = held.filter(({ address }) => String(address).startsWith('10.9.0.'))
  t.equal(new Set(mine.map(({ address }) => address)).size, 250)
  t.equal(mine.length, 250)
  t.match(mine.at(-1), { from: '2026-11-21T10:00:24.000Z', to: '2026-11-21T10:00:24.500Z' })
  const { cursor } = await page(known, '/api/v1/devices/d2/history?limit=1')
  for (const query of [
    `d1/history?cursor=${cursor!}`,
    'd2/history?cursor=x',
    'd2/addresses?limit=0',
  ]) {
    const answer = await known.ask({ local: true, path: `/api/v1/devices/${query}` })
    t.equal(answer.status, 400, query)
  }
})
