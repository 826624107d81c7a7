/** What a configuration may say, how it is found, and what a wrong one is told. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { settingsIn } from '../../src/settings/document.js'
import { SettingsError, loadSettings } from '../../src/settings/load.js'
import { readNetwork } from '../../src/settings/network.js'
import { defaults, schema, type AnySchema } from '../../src/settings/schema.js'

const shipped = fileURLToPath(new URL('../../../config/onlooker.yaml', import.meta.url))

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

t.test('the shipped file says all there is, and what holds without it', t => {
  const text = readFileSync(shipped, 'utf8')
  t.strictSame(settingsIn(text, shipped), defaults(), 'as it is')
  t.strictSame(settingsIn(switchedOn(text), shipped), defaults(), 'with every key switched on')
  const written = Object.entries(schema as AnySchema).map(([section, keys]) => {
    const lines = Object.entries(keys).flatMap(([name, { doc, initial }]) => [
      ...doc.map(line => `  # ${line}`),
      `  #${name}: ${Array.isArray(initial) ? `[${initial.join(', ')}]` : String(initial)}`,
    ])
    return `${section}:\n${lines.join('\n')}\n`
  })
  t.equal(text.slice(text.indexOf('\n\n') + 2), written.join('\n'), 'word for word as the schema')
  t.end()
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
    ['workers: 4', /^unknown section: `workers`: a\.yaml:1:1: did you mean `workers` in `read`\?$/],
    ['colour: red', /^unknown section: `colour`: a\.yaml:1:1: known .*: read, networks$/],
    ['__proto__: {workers: 1}', /^unknown section: `__proto__`/],
    ['? [a]\n: 1', /^unknown section: `\["a"\]`: a\.yaml:1:3/],
    [`"${'x'.repeat(900)}": 1`, /^unknown section: `x{59}…`: a\.yaml:1:1: [^]{1,60}$/],
    ['"re\\nad": 1', /^unknown section: `re ad`: [^\n]*$/],
    ['read: {workers: 1}\nread: {}', /^`read` stands twice: a\.yaml:2:1: keep one/],
    ['- read', /^no sections: a\.yaml:1:1: known ones here: read:, networks:$/],
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
