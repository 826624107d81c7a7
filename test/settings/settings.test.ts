/** What a configuration may say, how it is found, and what a wrong one is told. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import t from 'tap'
import { settingsIn } from '../../src/settings/document.js'
import { jsonSchema, written } from '../../src/settings/json-schema.js'
import { readListen } from '../../src/settings/listen.js'
import { SettingsError, loadSettings } from '../../src/settings/load.js'
import { readNetwork } from '../../src/settings/network.js'
import { storeFolder, sensorName } from '../../src/settings/places.js'
import { defaults, schema, type AnySchema, type Settings } from '../../src/settings/schema.js'

const config = new URL('../../../config/', import.meta.url)
const shipped = fileURLToPath(new URL('onlooker.yaml', config))
const jsonFile = fileURLToPath(new URL('onlooker.schema.json', config))
/** GOLDEN=write writes both files anew from the schema. */
const isWriting = process.env.GOLDEN === 'write'
const HEAD = `# yaml-language-server: $schema=onlooker.schema.json
#
# Onlooker's configuration. It is read from --config FILE, else from $ONLOOKER_CONFIG, else from
# /etc/onlooker/onlooker.yaml; without any of them the defaults hold, which are shown here.
# To change a setting, take the # before its key away.

`

function errorIn(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof SettingsError && error.status === 2) return error.message
    throw error
  }
  return 'no error'
}

const complaint = (text: string): string => errorIn(() => settingsIn(text, 'a.yaml'))

/** `#key: value` is a setting that is switched off, `# words` is prose. */
const switchedOn = (text: string): string => text.replace(/^(\s*)#(?=[a-z])/gm, '$1')

/** A default as the shipped file shows it. */
function yamlText(initial: unknown): string {
  const value = written(initial)
  if (Array.isArray(value)) return `[${value.join(', ')}]`
  return value === '' ? "''" : String(value)
}

function shippedText(): string {
  const sections = Object.entries(schema as unknown as AnySchema).map(([section, keys]) => {
    const lines = Object.entries(keys).map(([name, { doc, initial }]) =>
      [...doc.map(line => `  # ${line}`), `  #${name}: ${yamlText(initial)}`].join('\n'),
    )
    return `${section}:\n${lines.join('\n')}\n`
  })
  return HEAD + sections.join('\n')
}

t.test('the shipped file says all there is, and what holds without it', t => {
  if (isWriting) writeFileSync(shipped, shippedText())
  const text = readFileSync(shipped, 'utf8')
  t.strictSame(settingsIn(text, shipped), defaults(), 'as it is')
  t.strictSame(settingsIn(switchedOn(text), shipped), defaults(), 'with every key switched on')
  t.equal(text, shippedText(), 'word for word as the schema; GOLDEN=write writes it anew')
  const long = text.split('\n').filter(line => line.length > 100)
  t.strictSame(long, [], 'in lines that fit')
  t.end()
})

t.test('editors are told the same', async t => {
  const options = { parser: 'json', printWidth: 100 }
  const json = await format(JSON.stringify(jsonSchema(), null, 2), options)
  if (isWriting) writeFileSync(jsonFile, json)
  t.equal(readFileSync(jsonFile, 'utf8'), json, 'GOLDEN=write writes it anew')
  const { properties } = jsonSchema() as { properties: Record<string, { properties: object }> }
  t.strictSame(Object.keys(properties), Object.keys(schema))
  t.match(properties, {
    capture: {
      additionalProperties: false,
      properties: {
        interfaces: { anyOf: [{ const: 'auto' }, { type: 'array', uniqueItems: true }] },
        workers: { anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 16 }] },
        source: { enum: ['ring', 'libpcap', 'cap', 'pcap'], default: 'ring' },
      },
    },
    http: { properties: { listen: { default: '127.0.0.1:8470' } } },
  })
})

t.test('what stands in a file holds, the rest has its default', t => {
  t.strictSame(settingsIn('', 'a.yaml'), defaults())
  t.strictSame(settingsIn('read:\nnetworks: {}\n', 'a.yaml'), defaults())
  t.equal(settingsIn('\ufeffread: {workers: 3}\r\n', 'a.yaml').read.workers, 3)
  t.equal(settingsIn('{"read": {"workers": "auto"}}', 'a.json').read.workers, 'auto')
  const { networks } = settingsIn('networks:\n  inside: [203.0.113.0/24, "2001:db8::/32"]', 'a')
  t.strictSame(
    networks.inside.map(({ version, bits, bytes }) => [version, bits, bytes.slice(0, 4)]),
    [
      [4, 24, Uint8Array.of(203, 0, 113, 0)],
      [6, 32, Uint8Array.of(0x20, 0x01, 0x0d, 0xb8)],
    ],
  )
  t.end()
})

t.test('a wrong word is told with its place and the mend', t => {
  const cases: readonly [text: string, complaint: RegExp][] = [
    [
      'read:\n  wrokers: 4',
      /^unknown key in `read`: `wrokers`: a\.yaml:2:3: did you mean `workers`\?$/,
    ],
    ['raed:\n', /^unknown section: `raed`: a\.yaml:1:1: did you mean `read`\?$/],
    [
      'workers: 4',
      /^unknown section: `workers`: .* did you mean `workers` in `capture` or `read`\?$/,
    ],
    [
      'colour: red',
      /^unknown section: `colour`: a\.yaml:1:1: known .*: sensor, capture, http, .*networks/,
    ],
    ['__proto__: {workers: 1}', /^unknown section: `__proto__`/],
    ['? [a]\n: 1', /^unknown section: `\["a"\]`: a\.yaml:1:3/],
    [`"${'x'.repeat(900)}": 1`, /^unknown section: `x{59}…`: a\.yaml:1:1: [^]{1,150}$/],
    ['"re\\nad": 1', /^unknown section: `re ad`: [^\n]*$/],
    ['read: {workers: 1}\nread: {}', /^`read` stands twice: a\.yaml:2:1: keep one/],
    ['- read', /^no sections: a\.yaml:1:1: known ones here: sensor:, .*, networks:/],
    ['read: 4', /^`read` is no section: a\.yaml:1:7: /],
    ['read:\n  workers:', /^`read\.workers` has no value: a\.yaml:2:3: /],
    ['read: {workers: 0}', /^`read\.workers` can't be `0`: a\.yaml:1:17: .* 1 to 16, or auto$/],
    ['read: {workers: 17}', /can't be `17`/],
    ['read: {workers: 1.5}', /can't be `1\.5`/],
    ['read: {workers: "4"}', /can't be `"4"`/],
    ['read: {workers: [4]}', /can't be `\[4\]`/],
    [
      'networks:\n  inside: 10.0.0.0/8',
      /is no list: a\.yaml:2:11: write it as \[10\.0\.0\.0\/8\]$/,
    ],
    [
      'networks:\n  inside:\n    - 8.8.0.0/16\n    - 8.8.8.8/16',
      /a\.yaml:4:7: .*`8\.8\.0\.0\/16`\?$/,
    ],
    ['networks: {inside: [{a: 1}]}', /can't be `\{a: 1\}`: a\.yaml:1:21/],
    [`networks: {inside: [${'8.8.0.0/16, '.repeat(1025)}]}`, /too long.*: 1024 entries at most$/],
  ]
  for (const [text, pattern] of cases) t.match(complaint(text), pattern, text.slice(0, 40))
  t.end()
})

t.test('an entry that has keys is told which of them it lacks', t => {
  const cases: readonly [text: string, complaint: RegExp][] = [
    [
      'networks: {names: [Office]}',
      /`Office`: a\.yaml:1:20: name one subnet or one VLAN: \{subnet/,
    ],
    ['networks: {names: [{vlan: 7, subnet: 10.0.0.0/8, name: x}]}', /name one subnet or one VLAN/],
    ['networks: {names: [{vlan: 7}]}', /: give it a name: /],
    ['networks: {names: [{vlan: 7, nam: x}]}', /`nam`: a\.yaml:1:30: did you mean `name`\?$/],
    [
      'networks: {names: [{vlan: 0, name: x}]}',
      /^`networks\.names\.vlan` can't be `0`: a\.yaml:1:27: .* 1 to 4094$/,
    ],
  ]
  for (const [text, pattern] of cases) t.match(complaint(text), pattern, text.slice(0, 40))
  t.end()
})

t.test('what is no network is told how it should read', t => {
  const cases: readonly [text: string, mend: RegExp][] = [
    ['', /write an address and a prefix length/],
    ['300.0.0.0/8', /write an address/],
    ['010.0.0.0/8', /write an address/],
    ['fe80::%eth0/64', /write an address/],
    ['10.0.0.0/8/9', /write an address/],
    ['8.8.8.8', /add a prefix length; 8\.8\.8\.8\/32/],
    ['::1', /::1\/128/],
    ['0.0.0.0/0', /8 to 32/],
    ['::/0', /16 to 128/],
    ['10.0.0.0/33', /8 to 32/],
    ['10.0.0.0/', /8 to 32/],
    ['10.0.0.0/+8', /8 to 32/],
    ['10.255.0.1/12', /did you mean `10\.240\.0\.0\/12`/],
    ['2001:db8::ff/44', /did you mean `2001:db8::\/44`/],
  ]
  for (const [text, mend] of cases) t.match(readNetwork(text), mend, text)
  t.strictSame(readNetwork('::ffff:192.0.2.0/120'), {
    text: '::ffff:192.0.2.0/120',
    version: 6,
    bytes: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 0),
    bits: 120,
  })
  t.end()
})

t.test('what is no YAML is told where, and nothing takes the program with it', t => {
  const cases: readonly [text: string, complaint: RegExp][] = [
    ['read:\n\tworkers: 4', /^a tab as indentation: a\.yaml:2:1: indent with spaces$/],
    ['read:\n  workers: "4', /^not valid YAML \(Missing closing "quote\): a\.yaml:2:/],
    ['read: {workers: 4', /^not valid YAML/],
    ['read:\n---\nread:', /^several documents in one file: a\.yaml:2:1: /],
    ['read: {workers: !!js/function x}', /^an unknown tag: a\.yaml:1:17: take it out$/],
    ['read: &a {workers: 4}\nnetworks: *a', /^aliases are not followed: a\.yaml:2:11: /],
    ['read: *nobody', /^aliases are not followed/],
    [`a: &a [x]\nb: &b [${'*a,'.repeat(9)}]\nc: [${'*b,'.repeat(9)}]`, /^aliases are not followed/],
    ['read: \u0000', /^control character: a\.yaml:1:7: take it out$/],
    ['|'.repeat(5000), /^not valid YAML \(.{1,120}\): a\.yaml:1:\d: /],
    ['['.repeat(1_000_000), /^nested too deep: a\.yaml:1:17: /],
    ['[\n'.repeat(300_000), /^nested too deep: a\.yaml:17:1: /],
    ['- '.repeat(500_000), /^nested too deep: /],
    [Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), /^nested too deep: /],
    [Array.from({ length: 80_000 }, (_, i) => `a${i}: 1`).join('\n'), /^too many lines and words/],
    ['\n'.repeat(1_000_000), /^too many lines and words/],
  ]
  for (const [text, pattern] of cases) t.match(complaint(text), pattern, text.slice(0, 40))
  t.end()
})

t.test('a configuration is looked for where it was said to be', t => {
  const folder = t.testdir({ 'two.yaml': 'read: {workers: 2}', 'three.yaml': 'read: {workers: 3}' })
  const two = join(folder, 'two.yaml')
  const three = join(folder, 'three.yaml')
  const none = join(folder, 'none.yaml')
  const workers = (
    path: string | undefined,
    ONLOOKER_CONFIG: string | undefined,
    systemFile: string,
  ) => loadSettings(path, { environment: { ONLOOKER_CONFIG }, systemFile }).read.workers
  t.equal(workers(two, three, three), 2, 'the call first')
  t.equal(workers(undefined, two, three), 2, 'then the environment')
  t.equal(workers(undefined, undefined, three), 3, 'then the system')
  t.equal(workers(undefined, '', none), 'auto', 'then the defaults')
  t.match(
    errorIn(() => workers(none, two, two)),
    /^no such file: .*none\.yaml: check the path$/,
  )
  t.match(
    errorIn(() => workers(undefined, none, two)),
    /^no such file: .*none\.yaml: /,
  )
  t.match(
    errorIn(() => workers(join(two, 'below'), '', none)),
    /^no such file: /,
  )
  t.end()
})

t.test('a file that is no configuration is refused', t => {
  const folder = t.testdir({})
  const written = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const refused = (path: string): string => errorIn(() => loadSettings(path))
  t.match(refused(folder), /^is a directory: .*: name the file in it$/)
  t.match(refused('/dev/zero'), /^larger than 1 MB: \/dev\/zero: /)
  t.match(refused(written('large.yaml', '#'.repeat((1 << 20) + 1))), /^larger than 1 MB: /)
  t.equal(refused(written('most.yaml', '#'.repeat(1 << 20))), 'no error')
  t.match(refused(written('latin.yaml', Uint8Array.of(0x23, 0xe9))), /^not UTF-8: .*: save it/)
  t.match(refused(written('wide.yaml', Buffer.from('\ufeffread:', 'utf16le'))), /^not UTF-8: /)
  t.equal(refused('/dev/null'), 'no error', 'nothing in it, nothing wrong')
  t.end()
})

const capture = (line: string): Settings['capture'] =>
  settingsIn(`capture:\n  ${line}\n`, 'a.yaml').capture

t.test('what the sensor hears and how is written as people write it', t => {
  t.strictSame(capture('interfaces: [eth1, enp3s0f0np0]').interfaces, ['eth1', 'enp3s0f0np0'])
  t.equal(capture('interfaces: auto').interfaces, 'auto')
  t.equal(capture('ring_block_bytes: 512KiB').ring_block_bytes, 524_288)
  t.equal(capture('ring_block_bytes: 1 MiB').ring_block_bytes, 1_048_576)
  t.equal(capture('ring_timeout_ms: 50ms').ring_timeout_ms, 50)
  t.equal(capture('ring_timeout_ms: 1s').ring_timeout_ms, 1000)
  t.equal(capture('promiscuous: false').promiscuous, false)
  t.equal(capture("filter: 'vlan 10 and tcp'").filter, 'vlan 10 and tcp')
  t.equal(capture("filter: ''").filter, '')
  t.equal(capture('ring_blocks: 2048').ring_blocks, 2048)
  const { exclude } = capture('exclude: [vlan 30, 10.9.0.0/16, 00-11-22-33-44-5F]')
  t.strictSame(
    exclude.map(({ text, what }) => [text, what]),
    [
      ['vlan 30', 'vlan'],
      ['10.9.0.0/16', 'subnet'],
      ['00-11-22-33-44-5F', 'mac'],
    ],
  )
  t.end()
})

t.test('a wrong value of the sensor is told with its place and the mend', t => {
  const cases: readonly [text: string, complaint: RegExp][] = [
    ['capture: {interfaces: eth1}', /is no list: a\.yaml:1:23: write it as \[eth1\]$/],
    ['capture: {interfaces: [eth/1]}', /can't be `eth\/1`: a\.yaml:1:24: .*ip link/],
    ['capture: {interfaces: [a, b, a]}', /^`a` stands twice: a\.yaml:1:30: keep one of them$/],
    [`capture: {interfaces: [${'a, '.repeat(17)}]}`, /too long.*: 16 entries at most$/],
    ['capture: {source: dpdk}', /`dpdk`: a\.yaml:1:19: write ring, libpcap, cap or pcap$/],
    ['capture: {workers: 17}', /a whole number from 1 to 16, or auto$/],
    ['capture: {exclude: [vlan 4095]}', /the number of a VLAN is 1 to 4094$/],
    ['capture: {exclude: [vlan 3, 10.0.0.9]}', /`10\.0\.0\.9`: a\.yaml:1:29: add a prefix length/],
    ['capture: {exclude: [hall]}', /write vlan 10, a network like .*, or a MAC like 00:11/],
    ['capture: {snaplen: 40}', /a whole number from 96 to 262144$/],
    ['capture: {promiscuous: yes}', /`yes`: .*: write true or false$/],
    ['capture: {mode: span}', /write mirror or tunnel$/],
    ['capture: {ring_block_bytes: 500kB}', /`500kB`: .*: write a power of two, like 524288$/],
    ['capture: {ring_block_bytes: 1TB}', /bytes from 131072 to 4194304, or like 512KiB$/],
    ['capture: {ring_blocks: 1}', /a whole number from 2 to 8192, or auto$/],
    ['capture: {ring_blocks: 4096}', /at most 1 GiB: write 2048 with blocks of 524288 bytes$/],
    [
      'capture: {snaplen: 262144, ring_block_bytes: 256KiB}',
      /`262144`: a\.yaml:1:20: a block must hold a frame: write less, or raise ring_block_bytes$/,
    ],
    ['capture: {ring_timeout_ms: 2h}', /ms from 1 to 1000, or like 50ms$/],
    ['capture: {ring_timeout_ms: 0.5}', /ms from 1 to 1000/],
    ['capture: {interface: [eth0]}', /unknown key in `capture`: .* mean `interfaces`\?$/],
    ['log: {level: verbose}', /write trace, debug, info, warn, error, fatal or silent$/],
    ['data: {dir: onlooker}', /write a path from the root, or auto$/],
    ['store: {disk_max: 10MB}', /bytes from 100000000 to 100000000000000, or like 20GB$/],
    ['store: {devices_days: 0}', /a whole number from 1 to 3650$/],
    ['store: {durability: none}', /write normal or full$/],
    ['privacy: {names: none}', /write full, hashed or off$/],
    ['learning: {days: 400}', /a whole number from 0 to 365$/],
    ['http: {listen: 8470}', /`8470`: a\.yaml:1:16: write :8470 for all addresses, or/],
    ['sensor: {name: ""}', /write 1 to 64 characters, or auto$/],
    ['interfaces: [eth0]', /did you mean `interfaces` in `capture`\?$/],
  ]
  for (const [text, pattern] of cases) t.match(complaint(text), pattern, text.slice(0, 40))
  t.end()
})

t.test('what others can reach needs a certificate', t => {
  const http = (keys: string): string => complaint(`http: {${keys}}`)
  t.match(
    http('listen: ":8470"'),
    /^`http\.listen` can't be `":8470"`: a\.yaml:1:16: .* needs TLS: add certificate: self-signed/,
  )
  t.match(http('listen: "192.0.2.1:8470"'), /needs TLS/)
  t.match(http('certificate: /a.crt'), /^`http\.certificate` .* come together/)
  t.match(http('certificate_key: /a.key'), /^`http\.certificate_key` .* come together/)
  for (const keys of [
    'listen: ":8470", certificate: self-signed',
    'listen: ":8470", certificate: /a.crt, certificate_key: /a.key',
    'listen: /run/onlooker/http.sock',
    'listen: "[::1]:8470"',
    'listen: "localhost:8470"',
    'listen: "127.1.2.3:8470"',
  ]) {
    t.equal(http(keys), 'no error', keys)
  }
  const { metrics } = settingsIn('metrics: {listen: ":9470", open: never}', 'a')
  t.match(metrics, { listen: { host: '::', port: 9470 }, open: 'never' })
  t.match(complaint('metrics: {listen: 9470}'), /write :9470 for all addresses/)
  t.end()
})

t.test('where to listen is an address, a port or a path', t => {
  const known = (text: string): unknown => {
    const listen = readListen(text)
    if (typeof listen === 'string') return listen
    return listen.path || [listen.host, listen.port]
  }
  t.strictSame(known('127.0.0.1:8470'), ['127.0.0.1', 8470])
  t.strictSame(known('[::]:8470'), ['::', 8470])
  t.strictSame(known('[::1]:0'), ['::1', 0])
  t.strictSame(known(':8470'), ['::', 8470])
  t.strictSame(known('*:8470'), ['::', 8470])
  t.strictSame(known('localhost:8470'), ['localhost', 8470])
  t.strictSame(known('/run/onlooker/http.sock'), '/run/onlooker/http.sock')
  const cases: readonly [text: string, mend: RegExp][] = [
    ['8470', /write :8470/],
    ['', /write host:port/],
    ['eth0', /write host:port/],
    ['127.0.0.1:', /the port is a whole number/],
    ['127.0.0.1:65536', /the port is a whole number from 0 to 65535/],
    ['300.0.0.1:80', /write host:port/],
    ['::1', /put the address in brackets: \[::1\]:8470/],
    ['[::1:80', /write host:port/],
    ['a b:80', /write host:port/],
    ['/run/', /name the socket itself/],
    [`/${'x'.repeat(107)}`, /at most 107 bytes/],
  ]
  for (const [text, mend] of cases) t.match(readListen(text), mend, text.slice(0, 40))
  t.end()
})

t.test('auto is the host, and the folder the environment names', t => {
  const initial = defaults()
  t.equal(sensorName(initial, 'gate'), 'gate')
  t.equal(sensorName(settingsIn('sensor: {name: hall}', 'a'), 'gate'), 'hall')
  const both = { ONLOOKER_DATA_DIR: '/a', STATE_DIRECTORY: '/b:/c' }
  t.equal(storeFolder(settingsIn('data: {dir: /d}', 'a'), both), '/d', 'the configuration first')
  t.equal(storeFolder(initial, both), '/a', 'then our variable')
  t.equal(storeFolder(initial, { STATE_DIRECTORY: '/b:/c' }), '/b', "then systemd's")
  t.match(storeFolder(initial, {}), /\/\.local\/share\/onlooker$/, "then the user's own")
  t.end()
})
