/** What should be mended of a capture, by recommendation: for the table and the page. */

import type { Device, InventoryDocument } from '../identity/document.js'
import { SEVERITIES } from '../model/health.js'
import type { Finding } from '../model/finding.js'
import { escape } from './html-text.js'

/** One recommendation, and all devices it is open for. */
interface Mending extends Pick<Finding, 'id' | 'title' | 'severity' | 'mend'> {
  readonly devices: readonly Device[]
}

/** Devices that a page names of one recommendation. */
const NAMED_MAX = 200

/** The gravest first. */
export function mendings({ devices, recommendations = [] }: InventoryDocument): Mending[] {
  const byId = new Map(devices.map(device => [device.id, device]))
  const found = new Map<string, Mending & { devices: Device[] }>()
  for (const finding of recommendations) {
    const device = byId.get(finding.device)
    if (finding.status !== 'unhealthy' || device === undefined) continue
    const { id, title, severity, mend } = finding
    const known = found.get(id) ?? { id, title, severity, mend, devices: [] }
    known.devices.push(device)
    found.set(id, known)
  }
  return [...found.values()].sort(byGravity)
}

const rankOf = ({ severity }: Mending): number => SEVERITIES.indexOf(severity)

const byGravity = (a: Mending, b: Mending): number =>
  rankOf(a) - rankOf(b) || b.devices.length - a.devices.length || (a.id < b.id ? -1 : 1)

/** `critical  2 devices  Require authentication for Telnet management interface`. */
export const mendingLines = (document: InventoryDocument): string[] =>
  mendings(document).map(({ severity, title, devices }) => {
    const count = `${String(devices.length)} device${devices.length === 1 ? '' : 's'}`
    return `${severity.padEnd(8)}  ${count.padEnd(11)}  ${title}`
  })

/** A table of a page; '' where there is nothing to mend. */
export function mendingTable(document: InventoryDocument): string {
  const rows = mendings(document).map(({ severity, title, mend, devices }) => {
    const names = devices.slice(0, NAMED_MAX).map(nameOf)
    const more = devices.length - names.length
    const all = [...names, ...(more > 0 ? [`and ${String(more)} more`] : [])]
    return `<tr><th scope="row">${escape(title)}</th><td>${severity}</td><td>${all
      .map(escape)
      .join('<br>')}</td><td>${escape(mend)}</td></tr>\n`
  })
  if (rows.length === 0) return ''
  return `<div class="frame" role="region" aria-label="To mend" tabindex="0">
<table>
<caption>To mend</caption>
<thead><tr><th scope="col">What</th><th scope="col">Severity</th><th scope="col">Devices</th><th scope="col">How</th></tr></thead>
<tbody>
${rows.join('')}</tbody>
</table>
</div>
`
}

function nameOf({ names, ipv4, ipv6, macs, id }: Device): string {
  const address = ipv4[0] ?? ipv6[0] ?? macs[0]
  return [names[0] ?? (address === undefined ? id : ''), address ?? ''].filter(Boolean).join(' ')
}
