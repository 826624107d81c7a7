/** An inventory as one self-contained page: no script, nothing fetched, dark or light as one likes. */

import type { Device, InventoryDocument } from '../identity/document.js'
import { escape } from './html-text.js'
import { summary } from './inventory-table.js'
import { bytesText, countText, servicesOf, shortTime, timeText } from './inventory-words.js'
import { mendingTable } from './mending.js'

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --quiet: #767676; }
@media (prefers-color-scheme: dark) { :root { --quiet: #9a9a9a; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem; }
h1 { font-size: 1.4rem; margin: 0 0 .25rem; }
p { margin: .25rem 0 1.25rem; color: var(--quiet); }
.frame { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: 600; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); }
thead th { position: sticky; top: 0; background: Canvas; }
tbody tr:hover { background: var(--soft); }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.mac, .address { font-family: ui-monospace, monospace; font-size: .9em; white-space: nowrap; }
.quiet { color: var(--quiet); }
time span { white-space: nowrap; }
tbody th { overflow-wrap: anywhere; min-width: 9rem; }
ul { padding-left: 1.2rem; }
`

export function writeHtml(document: InventoryDocument, out: (text: string) => void): void {
  const { capture, devices } = document
  const known = devices.some(device => device.kind !== 'unknown')
  out(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Onlooker inventory</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Onlooker inventory</h1>
<p>${escape(period(document))}<br>${escape(summary(document))}</p>
`)
  if (capture.warnings.length > 0) {
    const items = capture.warnings.map(warning => `<li>${escape(warning)}</li>`)
    out(`<section aria-label="Warnings"><ul>${items.join('')}</ul></section>\n`)
  }
  out(mendingTable(document))
  out(`<div class="frame" role="region" aria-label="Devices" tabindex="0">
<table>
<caption>Devices</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Addresses</th><th scope="col">MAC</th><th scope="col">Vendor</th>${known ? '<th scope="col">Kind</th>' : ''}<th scope="col">Services</th><th scope="col" class="number">Packets</th><th scope="col" class="number">Bytes</th><th scope="col">First seen</th><th scope="col">Last seen</th></tr></thead>
<tbody>
`)
  for (const device of devices) out(row(device, known))
  out('</tbody>\n</table>\n</div>\n</main>\n</body>\n</html>\n')
}

function period({ capture }: InventoryDocument): string {
  if (!Number.isFinite(capture.first)) return 'The capture holds no packets.'
  return `${shortTime(capture.first)} to ${shortTime(capture.last)} (UTC)`
}

/** A column of kinds is only there if any is known. */
function row(device: Device, withKind: boolean): string {
  const cells = [
    `<th scope="row">${lines(device.names) || `<span class="quiet">${device.id}</span>`}</th>`,
    cell(lines([...device.ipv4, ...device.ipv6, ...device.subAddresses]), 'address'),
    cell(lines(device.macs) || (device.routed ? 'behind a router' : ''), 'mac'),
    cell(escape(device.vendor ?? (device.randomizedMac ? 'random address' : ''))),
    withKind ? cell(escape(device.kind === 'unknown' ? '' : device.kind)) : '',
    cell(escape(servicesOf(device))),
    cell(countText(device.packets), 'number'),
    cell(bytesText(device.bytes), 'number'),
    cell(moment(device.firstSeen)),
    cell(moment(device.lastSeen)),
  ]
  return `<tr>${cells.join('')}</tr>\n`
}

const cell = (html: string, name = ''): string =>
  name === '' ? `<td>${html}</td>` : `<td class="${name}">${html}</td>`

const lines = (texts: readonly string[]): string => texts.map(escape).join('<br>')

/** A narrow page may break it between the day and the hour, and nowhere else. */
function moment(micros: number): string {
  const parts = shortTime(micros).split(' ')
  return `<time datetime="${timeText(micros)}"><span>${parts.join('</span> <span>')}</span></time>`
}
