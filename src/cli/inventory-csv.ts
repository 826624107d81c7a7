/** An inventory as CSV (RFC 4180): one line for each device. */

import type { Device, InventoryDocument } from '../identity/document.js'
import { timeText } from './inventory-words.js'

type Column = readonly [name: string, value: (device: Device) => string | number | boolean | null]

const COLUMNS: readonly Column[] = [
  ['id', device => device.id],
  ['macs', device => device.macs.join(' ')],
  ['ipv4', device => device.ipv4.join(' ')],
  ['ipv6', device => device.ipv6.join(' ')],
  ['vlans', device => device.vlans.join(' ')],
  ['names', device => device.names.join(' | ')],
  ['category', device => device.category],
  ['kind', device => device.kind],
  ['vendor', device => device.vendor],
  ['model', device => device.model],
  ['os', device => device.os?.name ?? null],
  ['os_version', device => device.os?.version ?? null],
  ['firmware', device => device.firmware],
  ['serial', device => device.serial],
  ['randomized_mac', device => device.randomizedMac],
  ['routed', device => device.routed],
  ['sub_addresses', device => device.subAddresses.join(' ')],
  ['behind', device => device.behind],
  ['first_seen', device => timeText(device.firstSeen)],
  ['last_seen', device => timeText(device.lastSeen)],
  ['packets', device => device.packets],
  ['bytes', device => device.bytes],
  ['services', device => device.services.map(serviceText).join(' ')],
  ['risk', device => device.risk],
]

export function writeCsv(document: InventoryDocument, out: (text: string) => void): void {
  out(`${COLUMNS.map(([name]) => name).join()}\r\n`)
  for (const device of document.devices) {
    out(`${COLUMNS.map(([, value]) => cell(value(device))).join()}\r\n`)
  }
}

const serviceText = ({ transport, port, protocol }: Device['services'][number]): string =>
  protocol === null ? `${transport}/${port}` : `${transport}/${port}/${protocol}`

/** Quoted where it must be, and never a formula to the spreadsheet that opens it. */
function cell(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
