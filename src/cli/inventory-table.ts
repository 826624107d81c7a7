/** An inventory as a table for a terminal, and a line that sums it up. */

import type { Device, InventoryDocument } from '../identity/document.js'
import { OTHERS } from '../identity/ends.js'
import type { CaptureSummary } from '../model/capture.js'
import {
  addressOf,
  bytesText,
  countText,
  durationText,
  nameOf,
  plural,
  servicesOf,
  shortTime,
} from './inventory-words.js'
import { mendingLines } from './mending.js'

/** Reasons why frames were not decoded; further ones are in the JSON. */
const REASONS_SHOWN = 3

export interface TableOptions {
  /** Columns of the terminal; lines are cut to it. 0 for no limit. */
  readonly width: number
  readonly colour: boolean
}

interface Column {
  readonly title: string
  readonly value: (device: Device) => string
  readonly max: number
  readonly right?: boolean
}

const COLUMNS: readonly Column[] = [
  { title: 'Name', value: nameOf, max: 28 },
  { title: 'Address', value: addressOf, max: 30 },
  { title: 'MAC', value: macOf, max: 17 },
  { title: 'Vendor', value: device => vendorOf(device), max: 24 },
  { title: 'Kind', value: device => (device.kind === 'unknown' ? '' : device.kind), max: 18 },
  { title: 'Services', value: servicesOf, max: 28 },
  { title: 'Packets', value: device => countText(device.packets), max: 14, right: true },
  { title: 'Last seen', value: device => shortTime(device.lastSeen), max: 19 },
]
const GAP = '  '

const BOLD = '\u001b[1m'
const DIM = '\u001b[2m'
const PLAIN = '\u001b[0m'

export function writeTable(
  document: InventoryDocument,
  options: TableOptions,
  out: (text: string) => void,
): void {
  const { devices } = document
  const width = options.width > 0 ? options.width : Infinity
  const rows = devices.map(device => COLUMNS.map(({ value }) => printable(value(device))))
  const shown = COLUMNS.map((_, i) => i).filter(i => rows.some(row => row[i] !== ''))
  const widths = COLUMNS.map(({ title, max }, i) =>
    Math.min(
      max,
      rows.reduce((most, row) => Math.max(most, row[i]!.length), title.length),
    ),
  )
  const line = (cells: readonly string[]): string =>
    shown
      .map(i => fit(cells[i]!, widths[i]!, COLUMNS[i]!.right === true))
      .join(GAP)
      .trimEnd()
  const style = (text: string, code: string): string =>
    options.colour ? `${code}${cut(text, width)}${PLAIN}` : cut(text, width)
  if (devices.length > 0) out(`${style(line(COLUMNS.map(({ title }) => title)), BOLD)}\n`)
  for (const row of rows) out(`${cut(line(row), width)}\n`)
  if (devices.length > 0) out('\n')
  out(`${style(summary(document), DIM)}\n`)
  const mending = mendingLines(document)
  if (mending.length > 0) out(`\n${style('To mend', BOLD)}\n`)
  for (const one of mending) out(`${cut(printable(one), width)}\n`)
  for (const warning of document.capture.warnings) {
    out(`${cut(`warning: ${printable(warning)}`, width)}\n`)
  }
}

/** `42 devices, 311 conversations, 7 outside peers; 12,034 packets, 8.9 MB in 61 s`. */
export function summary({ capture, devices, conversations }: InventoryDocument): string {
  const peers = new Set<number>()
  for (let i = 0; i < conversations.count; i++) {
    const scope = conversations.scopes[conversations.scope[i]!]!
    if (scope.endsWith('-to-internet')) peers.add(conversations.to[i]!)
    if (scope.startsWith('internet-to-')) peers.add(conversations.from[i]!)
  }
  const outside = `${plural(peers.size, 'outside peer')}${peers.has(OTHERS) ? ' and more' : ''}`
  const amount = `${plural(capture.packets, 'packet')}, ${bytesText(capture.bytes)}`
  const time = durationText(capture.last - capture.first)
  return [
    `${plural(devices.length, 'device')}, ${plural(conversations.count, 'conversation')}, ${outside}`,
    `${amount}${time === '' ? '' : ` in ${time}`}`,
    ...(capture.undecoded > 0 ? [undecodedText(capture)] : []),
    ...(capture.truncated > 0 ? [`${countText(capture.truncated)} cut short`] : []),
  ].join('; ')
}

/** How many frames were not decoded, and the most frequent reasons. */
function undecodedText({ undecoded, reasons }: CaptureSummary): string {
  const counts: [string, number][] = [
    ...(reasons instanceof Map ? reasons : Object.entries(reasons)),
  ]
  const words = counts.sort(([, a], [, b]) => b - a).map(([reason]) => reason)
  const some = words.slice(0, REASONS_SHOWN).join(', ')
  return `${countText(undecoded)} not decoded (${some}${words.length > REASONS_SHOWN ? ', ...' : ''})`
}

function macOf({ macs, routed, behind }: Device): string {
  return macs[0] ?? (behind !== null ? '(behind)' : routed ? '(routed)' : '')
}

function vendorOf({ vendor, randomizedMac }: Device): string {
  return vendor ?? (randomizedMac ? '(random MAC)' : '')
}

/** What a stranger wrote must not move the cursor. */
const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')

const fit = (text: string, width: number, right: boolean): string => {
  const short = cut(text, width)
  return right ? short.padStart(width) : short.padEnd(width)
}

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`
