/** Golden sessions of Telnet, SNMP and VNC: each leads to its recommendations and to nothing else. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as path } from 'node:path'
import t from 'tap'
import { pcap } from '../../fixtures/build/capture.js'
import { sessions } from '../../fixtures/findings/sessions.js'
import { shippedKnowledge } from '../../src/cli/knowledge.js'
import { readFiles } from '../../src/cli/read.js'
import { writeHtml } from '../../src/cli/inventory-html.js'
import { writeJson } from '../../src/cli/inventory-json.js'
import { writeTable } from '../../src/cli/inventory-table.js'

const known = shippedKnowledge()
const folder = mkdtempSync(path(tmpdir(), 'onlooker-'))
t.teardown(() => rmSync(folder, { recursive: true }))

interface Finding {
  readonly id: string
  readonly device: string
  readonly status: string
  readonly title: string
  readonly mend: string
  readonly first: string
  readonly last: string
  readonly evidence: readonly { readonly fact: string; readonly value: string }[]
}
interface Inventory {
  readonly devices: readonly { id: string; ipv4: string[]; ipv6: string[]; risk: number }[]
  readonly recommendations: readonly Finding[]
}

async function textOf(file: string): Promise<string> {
  const chunks: Buffer[] = []
  const document = await readFiles({ files: [file], workers: 1, quiet: true, known })
  writeJson(document, chunk => void chunks.push(Buffer.from(chunk)))
  return Buffer.concat(chunks).toString()
}

for (const { name, frames, leads, planted = [] } of sessions) {
  t.test(name, async t => {
    const file = path(folder, 'session.pcap')
    writeFileSync(file, pcap(frames))
    const text = await textOf(file)
    const { devices, recommendations } = JSON.parse(text) as Inventory
    const address = new Map(devices.map(one => [one.id, one.ipv4[0] ?? one.ipv6[0] ?? '']))
    const found = recommendations.map(
      ({ id, device, status }) => `${address.get(device) ?? ''} ${id} ${status}`,
    )
    t.strictSame(found.sort(), leads.map(lead => `${lead} unhealthy`).sort())
    for (const finding of recommendations) {
      t.ok(finding.evidence.length > 0 && finding.title !== '' && finding.mend !== '')
      t.ok(finding.first <= finding.last)
    }
    const atRisk = devices.filter(({ risk }) => risk > 0).map(({ id }) => address.get(id))
    const led = leads.map(lead => lead.slice(0, lead.indexOf(' ')))
    t.strictSame(atRisk.sort(), [...new Set(led)].sort(), 'nobody else is at risk')
    for (const secret of planted) t.notMatch(text, secret, 'no credential is told')
  })
}

t.test('the table and the page say what to mend, the gravest first', async t => {
  const file = path(folder, 'session.pcap')
  const open = sessions.find(({ name }) => name.endsWith('a shell without a login'))
  writeFileSync(file, pcap(open!.frames))
  const document = await readFiles({ files: [file], workers: 1, quiet: true, known })
  let table = ''
  let html = ''
  writeTable(document, { width: 0, colour: false }, text => (table += text))
  writeHtml(document, text => (html += text))
  const first = /To mend\ncritical +1 device +Require authentication for Telnet.*\nhigh +1 device/
  t.match(table, first)
  t.match(html, /<caption>To mend<\/caption>/)
  t.match(html, /<td>10\.0\.0\.40<\/td>/)
})
