/** A device as a row to filter by, a document, and a text to search in; and back. */

import type { DeviceRecord, Edits } from '../model/device.js'
import { withEdits } from '../model/edited.js'

/** The columns of `devices` that a record fills, in the order `deviceRow` gives them. */
export const DEVICE_COLUMNS = [
  'id',
  'last_seen',
  'first_seen',
  'packets',
  'bytes',
  'risk',
  'new',
  'authorized',
  'randomized_mac',
  'routed',
  'ip',
  'status',
  'category',
  'kind',
  'importance',
  'vendor',
  'model',
  'os',
  'name',
  'site',
  'zone',
  'mac',
  'vlans',
  'tags',
  'roles',
] as const

type Column = (typeof DEVICE_COLUMNS)[number]

/** What a row of `devices` with its document looks like when it is read. */
export type StoredDevice = Readonly<Record<Column, string | number>> & {
  readonly number: number
  readonly document: string
  readonly edits: string
}

/** The category of a kind, by the vocabulary; undefined where nobody told. */
export type CategoryOf = (kind: string) => string | undefined

/** What stands in columns does not stand in the document too, but for what people may outrank. */
type Document = Pick<
  DeviceRecord,
  | 'macs'
  | 'ipv4'
  | 'ipv6'
  | 'sub_addresses'
  | 'vlans'
  | 'names'
  | 'category'
  | 'kind'
  | 'os'
  | 'firmware'
  | 'serial'
  | 'confidence'
  | 'roles'
  | 'services'
  | 'network'
  | 'timezone'
  | 'location'
  | 'managed'
  | 'behind'
  | 'phantoms'
> &
  Partial<Pick<DeviceRecord, 'vendor' | 'model'>>

export function documentOf(record: DeviceRecord): string {
  const { macs, ipv4, ipv6, vlans, names, category, kind, vendor, model } = record
  const { os, firmware, serial, sub_addresses, behind } = record
  const { confidence, roles, services, phantoms, network, timezone, location, managed } = record
  const kept: Document = {
    ...{ macs, ipv4, ipv6, vlans, names, category, kind, vendor, model, os, firmware, serial },
    ...{ confidence, roles, services, phantoms, network, timezone, location, managed },
    ...{ sub_addresses, behind },
  }
  return JSON.stringify(kept)
}

/** The values of `DEVICE_COLUMNS`: what a person said outranks what was heard. */
export function deviceRow(
  record: DeviceRecord,
  edits: Edits,
  categoryOf: CategoryOf,
): (string | number)[] {
  const kind = edits.kind ?? record.kind
  const category = edits.kind ? (categoryOf(edits.kind) ?? record.category) : record.category
  return [
    ...[record.id, record.last_seen, record.first_seen, record.packets, record.bytes, record.risk],
    ...[record.new ? 1 : 0, flagOf(edits.authorized), record.randomized_mac ? 1 : 0],
    ...[record.routed ? 1 : 0, ipv4Number(record.ipv4[0]), record.status, category, kind],
    ...[edits.importance ?? '', edits.vendor ?? record.vendor ?? ''],
    ...[edits.model ?? record.model ?? '', edits.os ?? record.os?.name ?? ''],
    ...[edits.name ?? record.names[0] ?? '', record.site ?? '', record.zone ?? ''],
    ...[record.macs[0] ?? '', listed(record.vlans), listed(edits.tags), listed(record.roles)],
  ]
}

/** Lines in lower case: one for each thing that somebody may look for. */
export function searchText(record: DeviceRecord, edits: Edits): string {
  const { id, names, macs, ipv4, ipv6, sub_addresses, vendor, model, serial, os } = record
  const addresses = [...macs, ...ipv4, ...ipv6, ...sub_addresses]
  const words = [id, edits.name, ...names, ...addresses, serial]
  const kinds = [edits.vendor ?? vendor, edits.model ?? model, edits.os ?? os?.name]
  const more = [
    ...kinds,
    edits.kind ?? record.kind,
    edits.owner,
    edits.location,
    record.network,
    record.zone,
  ]
  const lines = [...words, ...more, ...(edits.tags ?? [])].filter(word => word)
  return `\n${[...new Set(lines)].join('\n').toLowerCase()}\n`
}

/** As it was committed: what was heard, with the edits beside it. */
export function heardRecord(row: StoredDevice): DeviceRecord {
  const document = JSON.parse(row.document) as Document
  return {
    id: String(row.id),
    ...document,
    sub_addresses: document.sub_addresses ?? [],
    behind: document.behind ?? null,
    // Older documents have neither: their columns tell what was heard.
    vendor: document.vendor === undefined ? textOf(row.vendor) : document.vendor,
    model: document.model === undefined ? textOf(row.model) : document.model,
    randomized_mac: row.randomized_mac === 1,
    routed: row.routed === 1,
    site: textOf(row.site),
    zone: textOf(row.zone),
    network: document.network ?? null,
    timezone: document.timezone ?? 'UTC',
    location: document.location ?? null,
    managed: document.managed ?? null,
    first_seen: Number(row.first_seen),
    last_seen: Number(row.last_seen),
    packets: Number(row.packets),
    bytes: Number(row.bytes),
    status: row.status as DeviceRecord['status'],
    new: row.new === 1,
    risk: Number(row.risk),
    edits: JSON.parse(row.edits) as Edits,
  }
}

/** As it is shown: what a person said outranks what was heard. */
export function shownRecord(row: StoredDevice): DeviceRecord {
  return { ...withEdits(heardRecord(row)), category: String(row.category) }
}

/** -1 where nobody said anything. */
const flagOf = (flag: boolean | null | undefined): number =>
  flag === true ? 1 : flag === false ? 0 : -1

/** `,10,20,`: one of them is found by its commas. */
const listed = (many: readonly (string | number)[] | null | undefined): string =>
  many && many.length > 0 ? `,${many.join(',')},` : ''

const textOf = (stored: string | number): string | null => (stored === '' ? null : String(stored))

/** Addresses sort as numbers; -1 is none. */
export function ipv4Number(address: string | undefined): number {
  if (address === undefined) return -1
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
