/** Lists of managed endpoints as they are sent, in CSV or JSON: read, looked at, and made the same. */

import type { Endpoint } from '../store/endpoints.js'
import { nearest } from '../settings/nearest.js'
import { CsvError, readCsv, type Cells } from './csv.js'
import { Refusal } from './errors.js'

export const ENDPOINTS_MAX = 200_000
const LISTED_MAX = 64
const CHARACTERS_MAX = 256
const MAC = /^[0-9a-f]{12}$/
const SOURCE = /^[^\p{Cc}\p{Zl}\p{Zp}]{1,64}$/u
const FIELDS = ['hosts', 'macs', 'serial', 'agent', 'seen'] as const

/** What a column may be called. */
const COLUMNS: Readonly<Record<string, keyof Endpoint>> = {
  hosts: 'hosts',
  host: 'hosts',
  hostname: 'hosts',
  hostnames: 'hosts',
  macs: 'macs',
  mac: 'macs',
  serial: 'serial',
  agent: 'agent',
  seen: 'seen',
  last_seen: 'seen',
}

type Written = Readonly<Record<keyof Endpoint, unknown>>

/** One row of either form; throws a Refusal that tells which. */
function endpointOf(written: Partial<Written>, row: number): Endpoint {
  const hosts = listIn(written.hosts).map(host => host.toLowerCase())
  const macs = listIn(written.macs).map(mac => macIn(mac, row))
  const serial = textIn(written.serial)
  if (hosts.length + macs.length === 0 && serial === null) {
    throw wrong(row, 'it names no host, MAC or serial', 'give one of them')
  }
  return { hosts, macs, serial, agent: textIn(written.agent), seen: seenIn(written.seen, row) }
}

const wrong = (row: number, what: string, mend: string): Refusal =>
  new Refusal('wrong-value', `endpoint ${String(row)}: ${what}`, mend)

function listIn(written: unknown): string[] {
  const parts = Array.isArray(written)
    ? written.map(String)
    : String(written ?? '').split(/[\s;|,]+/)
  const words = parts.map(part => part.trim().slice(0, CHARACTERS_MAX)).filter(Boolean)
  return [...new Set(words)].slice(0, LISTED_MAX)
}

function textIn(written: unknown): string | null {
  const text = String(written ?? '').trim()
  return text === '' ? null : text.slice(0, CHARACTERS_MAX)
}

function macIn(written: string, row: number): string {
  const digits = written.toLowerCase().replace(/[-:.]/g, '')
  if (MAC.test(digits)) return digits.replace(/..(?=.)/g, '$&:')
  throw wrong(row, `${written.slice(0, 40)} is no MAC`, 'write it like 00:11:22:33:44:55')
}

function seenIn(written: unknown, row: number): number | null {
  const text = textIn(written)
  if (text === null) return null
  const time = Date.parse(text)
  if (Number.isFinite(time)) return time
  throw wrong(row, `${text.slice(0, 40)} is no time`, 'write it like 2026-11-21T10:00:00Z')
}

/** Of CSV whose first line names the columns. */
function* endpointsInCsv(text: string): Generator<Endpoint> {
  let columns: readonly (keyof Endpoint)[] | undefined
  let row = 0
  try {
    for (const cells of readCsv(text)) {
      if (columns === undefined) columns = columnsOf(cells)
      else yield endpointOf(fieldsOf(columns, cells), ++row)
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new Refusal('wrong-value', `the CSV cannot be read: ${error.message}`, 'see RFC 4180')
  }
}

function columnsOf(cells: Cells): (keyof Endpoint)[] {
  return cells.map(cell => {
    const name = cell.trim().toLowerCase().replace(/[ -]/g, '_')
    if (Object.hasOwn(COLUMNS, name)) return COLUMNS[name]!
    const near = nearest(name, Object.keys(COLUMNS))
    const mend =
      near === undefined ? 'use hosts, macs, serial, agent, seen' : `did you mean ${near}?`
    throw new Refusal('unknown-field', `unknown column: ${cell.slice(0, 60)}`, mend)
  })
}

const fieldsOf = (columns: readonly (keyof Endpoint)[], cells: Cells): Partial<Written> =>
  Object.fromEntries(columns.map((column, i) => [column, cells[i]]))

interface Sent {
  /** Under which name it was sent, if it says so. */
  readonly source: string | null
  readonly endpoints: readonly Endpoint[]
}

/** A whole list of either form; throws a Refusal that tells what is wrong, and in which row. */
export function endpointsIn(text: string, isJson: boolean): Sent {
  const { source, rows } = isJson ? jsonIn(text) : { source: null, rows: endpointsInCsv(text) }
  const endpoints: Endpoint[] = []
  for (const endpoint of rows) {
    if (endpoints.push(endpoint) > ENDPOINTS_MAX) {
      throw new Refusal('too-large', `more than ${String(ENDPOINTS_MAX)} endpoints`)
    }
  }
  return { source, endpoints }
}

/** A list, or an object with one and its name. */
function jsonIn(text: string): { source: string | null; rows: Iterable<Endpoint> } {
  const sent = parsed(text)
  if (Array.isArray(sent)) return { source: null, rows: endpointsInJson(sent) }
  const { source = null, endpoints, ...rest } = isRecord(sent) ? sent : {}
  refuseUnknown(rest, ['source', 'endpoints'], '')
  if (!Array.isArray(endpoints)) {
    throw new Refusal('bad-request', 'endpoints is missing', 'send a list of them')
  }
  if (source !== null && (typeof source !== 'string' || !SOURCE.test(source))) {
    throw new Refusal('wrong-value', 'source is no name', 'write a line of up to 64 characters')
  }
  return { source, rows: endpointsInJson(endpoints) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal('bad-request', 'the JSON cannot be read', 'check it with jq')
  }
}

const isRecord = (sent: unknown): sent is Record<string, unknown> =>
  typeof sent === 'object' && sent !== null && !Array.isArray(sent)

function* endpointsInJson(list: readonly unknown[]): Generator<Endpoint> {
  let row = 0
  for (const sent of list) {
    row++
    if (!isRecord(sent)) throw wrong(row, 'it is no object', 'write {"hosts": ["pc-7"]}')
    const { hosts, macs, serial, agent, seen, ...rest } = sent
    refuseUnknown(rest, FIELDS, `endpoint ${String(row)}: `)
    for (const [name, list] of Object.entries({ hosts, macs })) {
      if (list !== undefined && !isTexts(list)) {
        throw wrong(row, `${name} is no list of texts`, `write it like ["a", "b"]`)
      }
    }
    for (const [name, said] of Object.entries({ serial, agent, seen })) {
      if (said !== undefined && said !== null && typeof said !== 'string') {
        throw wrong(row, `${name} is no text`, 'write a text or null')
      }
    }
    yield endpointOf({ hosts, macs, serial, agent, seen }, row)
  }
}

const isTexts = (list: unknown): boolean =>
  Array.isArray(list) && list.length <= LISTED_MAX && list.every(one => typeof one === 'string')

function refuseUnknown(rest: object, known: readonly string[], where: string): void {
  const [name] = Object.keys(rest)
  if (name === undefined) return
  const near = nearest(name, known)
  const mend = near === undefined ? `it takes: ${known.join(', ')}` : `did you mean ${near}?`
  throw new Refusal('unknown-field', `${where}unknown field: ${name.slice(0, 60)}`, mend)
}
