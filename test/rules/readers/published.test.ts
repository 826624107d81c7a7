/** Folders with what others publish: each file is known by what it is, and a bad one refuses all. */

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { Vendors } from '../../../src/identity/vendors.js'
import { DERIVED_FACTS, type Statement } from '../../../src/model/judge.js'
import { facts } from '../../../src/protocols/index.js'
import { Knowledge } from '../../../src/rules/knowledge.js'
import { readPublished } from '../../../src/rules/readers/published.js'

const vocabulary = new Set<string>([...facts.map(({ name }) => name), ...DERIVED_FACTS])
const fixtures = fileURLToPath(new URL('../../../../fixtures/registries', import.meta.url))

function folderWith(t: Test, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

function knowledgeOf(folder: string): Knowledge {
  const { rules, fingerprints } = readPublished([folder], vocabulary)
  return new Knowledge({ rules, tables: [], aliases: new Map(), fingerprints })
}

const said = (fact: string, value: string): Statement => ({ fact, value, evidence: -1 })

const SATORI = `<?xml version="1.0"?>
<DHCP><fingerprints>
  <fingerprint name="Acme Phone" os_name="AcmeOS" os_vendor="Acme" device_type="VoIP Phone" device_vendor="Acme">
    <dhcp_tests>
      <test weight="5" matchtype="exact" dhcptype="Discover" dhcpoption55="1,3,6,15,66" dhcpvendorcode="acme-phone"/>
      <test weight="2" matchtype="partial" dhcptype="Any" dhcpvendorcode="acme.ph"/>
    </dhcp_tests>
  </fingerprint>
  <fingerprint name="Acme Pump" os_name="" os_vendor="" device_type="Medical" device_vendor="Acme">
    <dhcp_tests>
      <test weight="5" matchtype="exact" dhcptype="Any" dhcpoption57="1500" ipttl="128"/>
      <test weight="1" matchtype="exact" dhcpoption60="acme-pump" dhcpoption93="0" dhcpoptions="Any"/>
    </dhcp_tests>
  </fingerprint>
  <fingerprint name="Doors 95" os_name="Doors 95" os_vendor="Doorsoft" device_type="" device_vendor="">
    <dhcp_tests><test weight="3" matchtype="exact" dhcpoption55="1,15,3"/></dhcp_tests>
  </fingerprint>
</fingerprints></DHCP>`

t.test('DHCP fingerprints compare all that a test names', t => {
  const knowledge = knowledgeOf(folderWith(t, { 'dhcp.xml': SATORI }))
  t.equal(knowledge.size, 4)
  const of = (...statements: Statement[]) => knowledge.judge(statements).claims
  const whole = of(said('dhcp.wishes', '1,3,6,15,66'), said('dhcp.vendor_class', 'acme-phone'))
  t.match(
    whole.find(({ property }) => property === 'kind'),
    {
      ...{ value: 'voip-phone', confidence: 0.65 },
    },
  )
  t.strictSame(of(said('dhcp.wishes', '1,3,6,15,66')), [], 'half a test is none')
  t.match(of(said('dhcp.vendor_class', 'xx acme.phone')), [{ confidence: 0.5 }])
  t.strictSame(of(said('dhcp.vendor_class', 'acmeXph')), [], 'a dot is a dot')
  const [system, ...rest] = of(said('dhcp.wishes', '1,15,3'))
  t.match(system, { property: 'os', value: 'Doors 95' })
  t.strictSame(rest, [], 'who made a system made no device')
  t.strictSame(of(said('dhcp.max_size', '1500')), [], 'nor is what nobody hears left out of a test')
  const pump = of(said('dhcp.vendor_class', 'Acme-Pump'), said('dhcp.architecture', '0'))
  t.match(
    pump.find(({ property }) => property === 'kind'),
    { value: 'medical-device' },
  )
  t.end()
})

t.test('registries of prefixes take the place of what is shipped', t => {
  const csv = `Registry,Assignment,Organization Name,Organization Address
MA-L,0A1B2C,"Acme, Inc.","1 Road
Town ""X"""
MA-M,0A1B2D1,Half Acme,Road
MA-L,0A1B2D,IEEE Registration Authority,US
`
  const manuf = `# made up
00:00:5E\tIANA\tICANN, IANA Department
70:B3:D5:01:20:00/36\tTiny\tTiny Makers
01-80-C2-00-00-00/45\tBridges\tnot a maker
`
  const folder = folderWith(t, { 'oui.csv': csv, 'sub/manuf': manuf })
  const { registry } = readPublished([folder], vocabulary)
  const vendors = new Vendors(() => registry!)
  const of = (mac: string) =>
    vendors.of(Uint8Array.from(mac.split(':'), pair => parseInt(pair, 16)))
  t.equal(of('00:00:5e:00:00:01')?.name, 'ICANN, IANA Department')
  t.equal(of('70:b3:d5:01:2f:01')?.name, 'Tiny Makers')
  t.equal(of('70:b3:d5:01:3f:01'), null)
  t.equal(of('08:1b:2c:00:00:00'), null)
  t.match(new TextDecoder().decode(registry), /"0A1B2C": "Acme, Inc\."/)
  t.equal(readPublished([fixtures], vocabulary).registry, undefined)
  t.end()
})

t.test('numbers stand for vendors, in whichever form they are published', t => {
  const folder = folderWith(t, {
    'enterprise-numbers.txt': `PRIVATE ENTERPRISE NUMBERS
0
  Reserved
    Internet Assigned Numbers Authority
      iana&iana.org
318
  American Power Conversion Corp. (formerly X)
    Somebody
      a&b.c
8072
  net-snmp
`,
    'bacnet-vendors.html': '<table><tr><th>ID<th>Name<tr><td>7</td><td>Acme &amp; Sons</td></tr>',
    'cip_vendors.csv': 'Vendor ID,Vendor\n1,Rockwell\n0x2A,"Acme, Drives"\n',
    'profinet.tsv': 'id\tname\n002a\tSiemens AG\n',
  })
  const knowledge = knowledgeOf(folder)
  const vendor = (fact: string, value: string): string | undefined =>
    knowledge.judge([said(fact, value)]).claims[0]?.value
  t.equal(vendor('snmp.sys_object_id', '1.3.6.1.4.1.318.1.3.27'), 'American Power Conversion')
  t.equal(vendor('dhcp.enterprise', '318'), 'American Power Conversion')
  t.equal(vendor('snmp.engine_enterprise', '8072'), undefined, 'a program of many')
  t.equal(vendor('snmp.sys_object_id', '1.3.6.1.2.1'), undefined)
  t.equal(vendor('bacnet.vendor_id', '7'), 'Acme & Sons')
  t.equal(vendor('enip.vendor_id', '42'), 'Acme, Drives')
  t.equal(vendor('profinet.vendor_id', '002a'), 'Siemens')
  t.end()
})

t.test('a file that is wrong is refused with its name, its line, and why', t => {
  const complaint = (name: string, text: string): string => {
    try {
      readPublished([folderWith(t, { [name]: text })], vocabulary)
      return ''
    } catch (error) {
      return (error as Error).message
    }
  }
  t.match(complaint('a.xml', '<fingerprints matches="x"><fingerprint>'), /a\.xml:1: .* not closed/)
  t.match(complaint('a.fp', 'x'), /a\.fp:1: neither/)
  t.match(complaint('cip.csv', '1,Acme\nx,y\n'), /cip\.csv:2: x is no number/)
  t.match(complaint('cip.csv', '1,"Acme\n'), /cip\.csv:1: a quote is not closed/)
  t.match(complaint('bacnet.txt', '\n'), /bacnet\.txt:1: no number/)
  t.match(complaint('dhcp.xml', SATORI.replace('weight="5"', 'weight="x"')), /dhcp\.xml:5: weight/)
  t.equal(complaint('README.md', 'hello'), '', 'what is nothing of all this is passed over')
  t.throws(() => readPublished(['/nowhere/at/all'], vocabulary), { message: /no folder/ })
  t.end()
})

t.test('everything in one folder is asked together', t => {
  const folder = folderWith(t, { 'dhcp.xml': SATORI })
  cpSync(fixtures, folder, { recursive: true })
  const { digest } = readPublished([folder], vocabulary)
  const knowledge = knowledgeOf(folder)
  t.ok(knowledge.reads('ftp.banner'))
  const { verdicts, claims } = knowledge.judge([
    said('snmp.sys_descr', 'Acme Switch SX-24, FW 1.0.3'),
    said('http.server', 'AcmeCam/2.1'),
  ])
  t.match(verdicts, { vendor: { value: 'Acme' }, model: { value: 'SX-24' } })
  t.match(claims[0]?.rule, /^recog /)
  writeFileSync(join(folder, 'dhcp.xml'), SATORI.replace('Doors 95', 'Doors 96'))
  t.not(readPublished([folder], vocabulary).digest, digest)
  t.end()
})
