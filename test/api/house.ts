/** A real store with a few devices, and a real API before it: what the API's tests ask. */

import { mkdtempSync, rmSync } from 'node:fs'
import { request, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { Api, type Answering } from '../../src/api/api.js'
import type { Decisions, Sensor } from '../../src/api/call.js'
import { shippedAdvice } from '../../src/findings/recommendations/shipped.js'
import { Managed } from '../../src/identity/managed.js'
import { NO_CENSUS } from '../../src/model/census.js'
import { statusOf } from '../../src/model/health.js'
import type { Changes } from '../../src/model/changes.js'
import type { DeviceRecord, FactRecord, MergeRecord } from '../../src/model/device.js'
import { categoryOf } from '../../src/model/kinds.js'
import { facts } from '../../src/protocols/index.js'
import { counselOf } from '../../src/sensor/counsel.js'
import { readListen, type Listen } from '../../src/settings/listen.js'
import { SOCKET_FILE } from '../../src/settings/places.js'
import { defaults, type Settings } from '../../src/settings/schema.js'
import { openStore } from '../../src/store/open.js'
import { Queries } from '../../src/store/queries.js'
import type { Store } from '../../src/store/store.js'

export const BEGIN = Date.parse('2026-11-21T10:00:00.000Z')
/** Cheap, since tests make many. */
const COST_LOG2 = 10
export const PASSWORD = 'correct horse battery'

export const listenOf = (text: string): Listen => readListen(text) as Listen

export const deviceOf = (id: string, changed: Partial<DeviceRecord> = {}): DeviceRecord => ({
  id,
  ...{ macs: ['00:11:22:33:44:55'], ipv4: ['10.0.0.5'], ipv6: [], vlans: [10], names: [id] },
  ...{ category: 'iot', kind: 'camera', vendor: 'D-Link', model: 'DCS-930L' },
  ...{ os: { name: 'Linux', version: null }, firmware: null, serial: null },
  ...{ confidence: { kind: 0.9 }, randomized_mac: false, routed: false, roles: [] },
  ...{
    site: null,
    zone: null,
    timezone: 'UTC',
    network: null,
    location: null,
    managed: null,
    packets: 5,
    bytes: 500,
  },
  ...{ first_seen: BEGIN, last_seen: BEGIN },
  services: [{ transport: 'tcp', port: 80, protocol: 'http', product: null, version: null }],
  ...{
    status: 'active',
    new: false,
    phantoms: 0,
    behind: null,
    sub_addresses: [],
    risk: 0,
    edits: {},
  },
  ...changed,
})

export const factOf = (device: string, fact: string, value: string): FactRecord => ({
  ...{ device, subject: 'mac 00:11:22:33:44:55@10', fact, value, protocol: fact.split('.')[0]! },
  ...{ first: BEGIN, last: BEGIN + 1000, count: 2 },
})

export const changesOf = (changed: Partial<Changes> = {}): Changes => ({
  at: BEGIN,
  ...{ devices: [], presence: [], facts: [], keys: [], holdings: [], history: [], merges: [] },
  ...{ conversations: [], findings: [], forgotten: [] },
  ...changed,
})

const mergeOf = (changed: Pick<MergeRecord, 'into' | 'from' | 'action' | 'by' | 'at'>) => ({
  ...changed,
  why: 'a person says so',
  score: 1,
})

function managedIn(store: Store): Managed {
  const managed = new Managed()
  for (const endpoint of store.endpoints.all()) managed.add(endpoint)
  for (const chunk of store.devices()) for (const record of chunk) managed.stamp(record)
  return managed
}

/** People's decisions, straight into the store. */
function decisionsOn(store: Store): Decisions {
  const segments = new Map([['10', { segment: '10', begun: BEGIN, ended: null as number | null }]])
  const decide = (merge: MergeRecord): void =>
    void store.commit(changesOf({ at: merge.at, merges: [merge] }))
  return {
    edit: (id, edits, signed) => store.edit(id, edits, signed),
    forget: (id, signed) => store.erase(id, signed),
    merge(into, from, { by, at }) {
      decide(mergeOf({ into, from, action: 'merge', by, at }))
      return { done: true, id: into }
    },
    split(id, address, { by, at }) {
      if (!address.startsWith('d')) return { done: false, why: 'it has no such address', mend: 'x' }
      decide(mergeOf({ into: id, from: address, action: 'split', by, at }))
      return { done: true, id }
    },
    pin(id, { by, at }) {
      decide(mergeOf({ into: id, from: id, action: 'pin', by, at }))
      return { done: true, id }
    },
    learning: () =>
      [...segments.values()].map(one => ({
        ...one,
        until: one.ended ?? one.begun + 7 * 86_400_000,
      })),
    endLearning(segment, { at }) {
      const known = segments.get(segment)
      if (known !== undefined) segments.set(segment, { ...known, ended: at })
      return known !== undefined
    },
    endpointDevice: endpoint => managedIn(store).deviceOf(endpoint),
    endpointsBrought: () => undefined,
  }
}

const counsel = counselOf(shippedAdvice(facts.map(({ name }) => name)))

const sensor: Sensor = {
  version: '0.1.0',
  health: () => ({
    schema: 'onlooker.health/1',
    ...statusOf([], []),
    ...{ name: 'gate', site: null, version: '0.1.0', started: '2026-11-21T10:00:00.000Z' },
    ...{ uptime_seconds: 1, sources: [], ledger: [], findings: [], workers: [], tables: {} },
  }),
  unready: () => [],
  census: () => NO_CENSUS,
  metrics: () => Promise.resolve({ type: 'text/plain; version=0.0.4', text: 'onlooker_up 1\n' }),
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
  json<T = Record<string, never>>(): T
}

export interface Asking {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** By the command line's socket. */
  readonly local?: boolean
}

export interface House {
  readonly folder: string
  readonly socket: string
  readonly port: number
  readonly store: Store
  readonly api: Api
  readonly settings: Settings
  readonly answering: Answering
  readonly errors: Error[]
  /** What the clock says. */
  readonly clock: { now: number }
  ask(asking: Asking): Promise<Reply>
  /** Makes an account; gives the cookie of a session. */
  account(name: string, role: string): Promise<string>
}

export async function house(t: Test, changed: Partial<Settings['http']> = {}): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  const clock = { now: BEGIN }
  const now = (): number => clock.now
  const store = openStore(folder, { now, sensor: 'gate', categoryOf })
  const queries = new Queries(store.path)
  const usual = defaults()
  const http = { ...usual.http, listen: listenOf('127.0.0.1:0'), ...changed }
  const settings = { ...usual, http }
  const errors: Error[] = []
  const api = new Api({
    ...{ settings, folder, sensor, store, queries, now, password_cost_log2: COST_LOG2 },
    decisions: decisionsOn(store),
    counsel,
    onError: error => void errors.push(error),
  })
  t.teardown(async () => {
    await api.stop()
    await queries.close()
    store.close()
    rmSync(folder, { recursive: true })
  })
  const answering = await api.start()
  const port = Number(/:(\d+)$/.exec(answering.places[0]!)?.[1] ?? 0)
  const socket = join(folder, SOCKET_FILE)
  const ask = (asking: Asking): Promise<Reply> => send(asking, { port, socket })
  return {
    ...{ folder, socket, port, store, api, settings, answering, errors, clock, ask },
    account: (name, role) => account(ask, name, role),
  }
}

export const originOf = ({ port }: { port: number }): string => `http://127.0.0.1:${String(port)}`

function send(
  { method = 'GET', path, headers = {}, body, local = false }: Asking,
  { port, socket }: { port: number; socket: string },
): Promise<Reply> {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  const type = body === undefined ? {} : { 'content-type': 'application/json' }
  const length = text === '' ? {} : { 'content-length': String(Buffer.byteLength(text)) }
  const at = local ? { socketPath: socket } : { host: '127.0.0.1', port }
  return new Promise((resolve, reject) => {
    const asked = request(
      { ...at, method, path, agent: false, headers: { ...type, ...length, ...headers } },
      answer => {
        let said = ''
        answer.setEncoding('utf8').on('data', part => (said += String(part)))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode!,
            headers: answer.headers,
            body: said,
            json: <T>() => JSON.parse(said) as T,
          }),
        )
      },
    )
    asked.on('error', reject).end(text)
  })
}

async function account(ask: House['ask'], name: string, role: string): Promise<string> {
  const path = '/api/v1/users'
  await ask({ local: true, method: 'POST', path, body: { name, password: PASSWORD, role } })
  const login = { method: 'POST', path: '/api/v1/login', body: { name, password: PASSWORD } }
  return cookieIn(await ask(login))
}

export const cookieIn = ({ headers }: Reply): string =>
  (headers['set-cookie']?.[0] ?? '').split(';')[0]!
