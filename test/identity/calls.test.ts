/** Whom devices call tells what they are: by DNS, TLS and QUIC, of a capture and of a live network. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { hex } from '../../fixtures/build/bytes.js'
import { pcap } from '../../fixtures/build/capture.js'
import { arpFrame, tcpTalk, udpFrame, type End, type Frame } from '../../fixtures/build/frames.js'
import { dnsMessage } from '../../fixtures/wire/dns.js'
import { clientHello, serverName, versions } from '../../fixtures/wire/handshake.js'
import { crypto, initial } from '../../fixtures/wire/quic.js'
import { sourceOver } from '../../src/capture/file.js'
import { writeJson } from '../../src/cli/inventory-json.js'
import { shippedKnowledge } from '../../src/cli/knowledge.js'
import { readFiles } from '../../src/cli/read.js'
import { Solo } from '../../src/hearing/crew.js'
import { inputOf } from '../../src/hearing/hear-capture.js'
import { readSource } from '../../src/hearing/reading.js'
import { Secrets } from '../../src/hearing/secrets.js'
import { commonDomain } from '../../src/identity/domains.js'
import { categoryOf } from '../../src/model/kinds.js'
import { facts, protocols } from '../../src/protocols/index.js'
import { Keeping } from '../../src/sensor/keeping.js'
import { openStore } from '../../src/store/open.js'

const router = '02:00:00:00:00:fe'
const resolver: End = { mac: router, ip: '10.0.0.1', port: 53 }
const endOf = (n: number, port = 50_000): End => ({
  ...{ mac: `02:00:00:00:01:${n.toString(16).padStart(2, '0')}`, ip: `10.0.0.${String(n)}`, port },
})
const outside = (n: number): string => `198.51.100.${String(n)}`

/** Somebody is told by which name an address can be reached. */
const answered = (n: number, name: string, address: string): Frame =>
  udpFrame(
    resolver,
    endOf(n),
    dnsMessage({
      flags: 0x8180,
      questions: [{ name, type: 'A' }],
      answers: [{ name, type: 'A', address }],
    }),
  )

/** A connection of which nothing can be read. */
const connected = (n: number, address: string, clientPort = 50_000): Frame[] =>
  tcpTalk(
    endOf(n),
    { mac: router, ip: address, port: 8883 },
    [
      { from: 'client', bytes: hex('f7 00 11 22 33 44 55') },
      { from: 'server', bytes: hex('f7 99 88 77 66 55 44') },
    ],
    { clientPort },
  )

const greeted = (n: number, name: string, address: string): Frame => {
  const hello = clientHello({ ciphers: [0x1301], extensions: [serverName(name), versions(0x0304)] })
  const to = hex('83 94 c8 f0 3e 51 57 08')
  const packet = initial({ to, number: 0, frames: crypto(0, hello) })
  return udpFrame(endOf(n), { mac: router, ip: address, port: 443 }, packet)
}

const BUSY_CALLS = 100

/** Somebody asks for the router, and so says which address is its own. */
const asking = (n: number): Frame =>
  arpFrame({
    operation: 1,
    sender: endOf(n),
    target: { mac: '00:00:00:00:00:00', ip: resolver.ip },
  })

const frames: Frame[] = [
  ...[5, 6, 7, 8, 9, 10].map(asking),
  ...[answered(5, 'M2.tuyaeu.com', outside(7)), ...connected(5, outside(7))],
  greeted(6, 'ws.meethue.com', outside(8)),
  ...[answered(7, 'weave-logsink.nest.com', outside(9)), ...connected(7, outside(9))],
  answered(12, 'www.example.org', outside(9)),
  ...[answered(8, 'm2.tuyaus.com', outside(10)), answered(12, 'a2.tuyaus.com', outside(10))],
  ...connected(8, outside(10)),
  ...[answered(9, 'www.example.com', outside(11)), ...connected(9, outside(11))],
  ...Array.from({ length: BUSY_CALLS }, (_, i) => {
    const address = `203.0.113.${String(i + 1)}`
    const name = `x${String(i)}.m2.tuyacn.com`
    return [answered(10, name, address), ...connected(10, address, 40_000 + i)]
  }).flat(),
].map((frame, i) => ({ ...frame, at: i * 0.05 }))

interface Shown {
  readonly vendor: string | null
  readonly kind: string
  readonly ipv4: readonly string[]
  readonly confidence: Readonly<Record<string, number>>
  readonly evidence: readonly { readonly fact: string; readonly value: string }[]
}

const known = shippedKnowledge()

async function jsonOf(file: string, workers: number): Promise<string> {
  const document = await readFiles({ files: [file], workers, quiet: true, known })
  let json = ''
  writeJson(document, chunk => (json += Buffer.from(chunk).toString()))
  return json
}

function folderOf(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

t.test('names that a capture shows are witnesses, whatever the number of workers', async t => {
  const file = join(folderOf(t), 'calls.pcap')
  writeFileSync(file, pcap(frames))
  const json = await jsonOf(file, 1)
  const { devices } = JSON.parse(json) as { devices: readonly Shown[] }
  const of = (n: number): Shown => devices.find(({ ipv4 }) => ipv4.includes(endOf(n).ip))!
  const called = (n: number): string[] =>
    of(n).evidence.flatMap(({ fact, value }) => (fact === 'peer.name' ? [value] : []))
  t.strictSame(called(5), ['m2.tuyaeu.com'])
  t.match(of(5), { vendor: 'Tuya', kind: 'iot-device' })
  t.strictSame(called(6), ['ws.meethue.com'])
  t.match(of(6), { vendor: 'Philips Hue', kind: 'lighting-bridge' })
  const row = { fact: 'tls.sni', value: 'ws.meethue.com', evidence: 0 }
  const alone = known.judge.judge([row]).verdicts.vendor!.confidence
  t.equal(of(6).confidence.vendor, Math.round(alone * 1000) / 1000, 'one call is one witness')
  t.strictSame(called(7), [], 'an address of several makers tells nothing')
  t.strictSame([of(7).vendor, of(7).kind], [null, 'unknown'])
  t.strictSame(called(8), ['tuyaus.com'], 'what all its names have in common')
  t.strictSame(called(9), [], "what no rule knows is nobody's business")
  t.equal(called(10).length, 64, 'and no more than so many')
  t.equal(await jsonOf(file, 3), json)
})

t.test('a live sensor learns it as it goes, and still knows after a restart', async t => {
  const folder = folderOf(t)
  const end = (1768204800 + 3600) * 1000
  const store = openStore(folder, { now: () => end, sensor: 'test', categoryOf })
  t.teardown(() => store.close())
  const started = (): Keeping =>
    new Keeping({
      ...{ store, facts, seed: 1, inside: [], site: null, learning_days: 7, judge: known.judge },
      now: () => end,
    })
  const keeping = started()
  const options = { protocols, facts, secrets: new Secrets(new Uint8Array(32)), seed: 1 }
  const source = sourceOver(inputOf(pcap(frames)))
  await readSource(source, new Solo(options, keeping), () => undefined)
  t.ok(keeping.finish())
  const of = (n: number) =>
    [...store.devices()].flat().find(({ macs }) => macs.includes(endOf(n).mac))!
  t.match(of(5), { vendor: 'Tuya', kind: 'iot-device' })
  t.match(of(6), { vendor: 'Philips Hue' })
  t.match(keeping.claims(of(5).id)[0], { fact: 'peer.name', said: 'm2.tuyaeu.com' })
  t.notMatch(keeping.claims(of(9).id), [{ fact: 'peer.name' }])
  const stored = [...store.facts(['peer.name'])].flat()
  t.equal(stored.filter(({ value }) => value === 'm2.tuyaeu.com').length, 1)
  t.equal(stored.filter(({ value }) => value === 'www.example.com').length, 0)

  const again = started()
  await again.load(() => Promise.resolve())
  await again.rejudge(known.judge, undefined, () => Promise.resolve())
  while (again.turn());
  t.ok(again.finish())
  t.match(of(5), { vendor: 'Tuya', kind: 'iot-device' })
  t.match(again.claims(of(5).id)[0], { fact: 'peer.name' })
})

t.test('what names have in common is a domain', t => {
  const common: [string, string, string][] = [
    ['a.b.c', 'x.b.c', 'b.c'],
    ['a.b.c', 'A.b.C.', 'a.b.c'],
    ['b.c', 'a.b.c', 'b.c'],
    ['ab.c', 'b.c', 'c'],
    ['a.b', 'c.d', ''],
    ['', 'a.b', ''],
  ]
  for (const [one, other, domain] of common) t.equal(commonDomain(one, other), domain)
  t.end()
})
