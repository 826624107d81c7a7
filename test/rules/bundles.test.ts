/** Rules come in a signed file: taken whole if all of it is right and newer, and else not at all. */

import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parse } from 'yaml'
import { writePcap } from '../../fixtures/build/capture.js'
import { office } from '../../fixtures/network/office.js'
import {
  BUNDLE_BYTES_MAX,
  bundleText,
  privateKeyOf,
  publicKeyOf,
  publicKeyText,
  sealed,
  unsealed,
  type Bundle,
} from '../../src/rules/bundle.js'
import { knowledgeFor, startingKnowledge } from '../../src/cli/knowledge.js'
import { differenceOf } from '../../src/rules/difference.js'
import { compareVersions, isVersion } from '../../src/rules/edition.js'
import { defaults, type Settings } from '../../src/settings/schema.js'
import { MAIN } from '../program.js'

const newKey = () => generateKeyPairSync('ed25519').privateKey
const secret = newKey()
const key = publicKeyOf(publicKeyText(secret))
const entry = { rule: 'a', claim: { vendor: 'A' } }
const bundle: Bundle = { version: '9.1', entries: [{ place: 'home/a.yaml:1', entry }] }

t.test('what was signed comes back as it was', t => {
  t.strictSame(unsealed(sealed(bundle, secret), key, 'x'), bundle)
  t.equal(publicKeyText(secret).length, 44)
  t.end()
})

t.test('what was changed, cut, or signed by somebody else is refused', t => {
  const text = sealed(bundle, secret)
  const refusal = { message: /^x: it was changed or cut, or rules\.key did not sign it: take it/ }
  for (let i = text.indexOf('\n') + 1; i < text.length - 1; i += 7) {
    const changed = `${text.slice(0, i)}${text[i] === 'z' ? 'y' : 'z'}${text.slice(i + 1)}`
    t.throws(() => unsealed(changed, key, 'x'), refusal, `changed at ${String(i)}`)
    t.throws(() => unsealed(text.slice(0, i), key, 'x'), refusal, `cut at ${String(i)}`)
  }
  t.throws(() => unsealed(sealed(bundle, newKey()), key, 'x'), refusal)
  t.throws(() => unsealed(`${text}{}`, key, 'x'), refusal, 'something follows')
  t.throws(() => unsealed(text.replace(/ \S+\n/, ' \n'), key, 'x'), refusal, 'no signature')
  for (const other of ['', 'hello', '\n\n', text.replace('rules/1', 'rules/2')]) {
    t.throws(() => unsealed(other, key, 'x'), { message: /^x: no bundle of rules/ })
  }
  t.end()
})

t.test(
  'whoever signs may be wrong: what is no bundle is refused, and no path leads anywhere',
  t => {
    const made = (changed: object): string => sealed({ ...bundle, ...changed } as Bundle, secret)
    for (const place of [
      ...['../a.yaml:1', '/etc/a.yaml:1', 'a/../../b.yaml:1', 'a/./b.yaml:1', '.a.yaml:1'],
      ...['a\\b.yaml:1', 'a.yaml', 'a.sh:1', 'a\n.yaml:1', `${'a'.repeat(300)}.yaml:1`, 7],
    ]) {
      const entries = [{ place, entry }]
      t.throws(() => made({ entries }), { message: /a path below a folder/ }, String(place))
    }
    t.throws(() => made({ version: '1.x' }), { message: /a version is numbers and dots/ })
    t.throws(() => made({ entries: [] }), { message: /without rules/ })
    t.throws(() => made({ entries: [{ place: 'a.yaml:1', entry: 'x' }] }))
    t.throws(() => privateKeyOf('-----BEGIN'), { message: /no Ed25519 key: make one: openssl/ })
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
    t.throws(() => privateKeyOf(pem), { message: /no Ed25519 key/ })
    t.throws(() => publicKeyOf('abc='), { message: /32 bytes/ })
    t.end()
  },
)

t.test('a file that is none or too large is not read', t => {
  const folder = t.testdir({ big: '' })
  truncateSync(join(folder, 'big'), BUNDLE_BYTES_MAX + 1)
  t.throws(() => bundleText(join(folder, 'big')), { message: /too large for a bundle/ })
  t.throws(() => bundleText(join(folder, 'none')), { message: /can't be read \(ENOENT\)/ })
  t.throws(() => bundleText(folder), { message: /no file/ })
  t.throws(() => bundleText('/dev/zero'), { message: /no file/ })
  t.end()
})

t.test('versions are compared number by number', t => {
  const sorted = ['0.9', '0.10', '1', '1.0.1', '1.4.0.2', '1.4.1', '20261121']
  t.strictSame([...sorted].reverse().sort(compareVersions), sorted)
  t.equal(compareVersions('1.0', '1'), 0)
  for (const wrong of ['', '1.', 'v1', '1-2', '1.2.3.4.5.6.7', 3]) t.notOk(isVersion(wrong))
  t.end()
})

t.test('a difference is told by names, and of tables by rows', t => {
  const written = (...entries: object[]) => entries.map(one => ({ place: 'a.yaml:1', entry: one }))
  const before = written(
    { rule: 'z' },
    { rule: 'a', why: '1' },
    { table: 't', rows: { a: 1, b: 2 } },
  )
  const after = written(
    ...[
      { table: 't', rows: { b: 3, c: 4, d: 5 } },
      { rule: 'a', why: '2' },
    ],
    ...[{ vendors: 'v', names: { A: ['a'] } }, { rule: 'b' }],
  )
  t.strictSame(differenceOf(before, after), {
    added: ['rule b', 'vendors v (rows: 1)'],
    removed: ['rule z'],
    changed: ['rule a', 'table t (rows: +2 -1 ~1)'],
  })
  t.strictSame(differenceOf(after, after), { added: [], removed: [], changed: [] })
  t.end()
})

const ruleOf = (name: string, vendor: string, example = vendor): string => `- rule: ${name}
  claim: {kind: payment-terminal, vendor: ${vendor}}
  confidence: 0.99
  when: {dhcp.vendor_class: Ingenico}
  why: Such are so.
  examples:
    - given: {dhcp.vendor_class: Ingenico}
      claim: {vendor: ${example}}
  counterexamples:
    - {dhcp.vendor_class: Other}
`

t.test('a bundle that is damaged, or older than the program, keeps no sensor from starting', t => {
  const folder = t.testdir({})
  const settings: Settings = {
    ...defaults(),
    data: { ...defaults().data, dir: folder },
    rules: { ...defaults().rules, key: publicKeyText(secret) },
  }
  const lies = (text: string): void => writeFileSync(join(folder, 'rules.bundle'), text)
  const shipped = startingKnowledge(settings)
  t.equal(shipped.fault, '')
  const [rule] = parse(ruleOf('terminal', 'Acme')) as unknown[]
  const entries = [{ place: 'a.yaml:1', entry: rule }]
  lies(sealed({ version: '9.1', entries }, secret))
  t.match(startingKnowledge(settings), { fault: '', known: { version: '9.1', judge: { size: 1 } } })
  lies(sealed({ version: '9.1', entries }, secret).slice(0, 200))
  t.throws(() => knowledgeFor(settings), { message: /it was changed or cut/ })
  const { known, fault } = startingKnowledge(settings)
  t.match(fault, /rules\.bundle: it was changed or cut/)
  t.equal(known.digest, shipped.known.digest)
  lies(sealed({ version: '9.1', entries: [{ place: 'a.yaml:1', entry: { rule: 'x' } }] }, secret))
  t.match(startingKnowledge(settings).fault, /a\.yaml:1: /, 'nor one that this program cannot read')
  lies(sealed({ version: '0.0.1', entries }, secret))
  t.equal(knowledgeFor(settings).digest, shipped.known.digest, 'the newer ones hold')
  t.end()
})

/** A place with a key and rules, and the program called there. */
function workshop(t: Test) {
  const folder = t.testdir({ rules: { 'a.yaml': ruleOf('terminal', 'Acme') }, data: {}, own: {} })
  const at = (name: string): string => join(folder, name)
  writeFileSync(at('key.pem'), secret.export({ format: 'pem', type: 'pkcs8' }))
  const configure = (text: string): void => writeFileSync(at('c.yaml'), text)
  configure(`rules: {key: ${publicKeyText(secret)}, dirs: [${at('own')}]}\n`)
  const env = { ...process.env, ONLOOKER_CONFIG: at('c.yaml'), ONLOOKER_DATA_DIR: at('data') }
  const call = (...args: string[]) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [MAIN, ...args], {
      ...{ encoding: 'utf8', cwd: folder, env },
    })
    return { stdout, stderr, status }
  }
  const make = (version: string, out: string, rules = ruleOf('terminal', 'Acme')) => {
    writeFileSync(at('rules/a.yaml'), rules)
    const words = ['--version', version, '--key', 'key.pem', '--out', out]
    return call('rules', 'bundle', 'rules', ...words)
  }
  return { at, call, make, configure }
}

t.test('a bundle is taken whole, and an older one is not', t => {
  const { at, call, make } = workshop(t)
  const made = make('9.1', 'one')
  t.match(made.stdout, /^one: 1 rules and tables, version 9\.1\n.*rules: \{key: \S{44}\}/s)
  const dry = call('rules', 'update', 'one', '--dry-run')
  t.match(dry.stdout, /^version \d\S* -> 9\.1\n\+ rule terminal\n- \w+ /)
  t.match(dry.stdout, /: 1 added, \S+ removed, 0 changed\nnothing was changed\n$/)
  t.notOk(existsSync(at('data/rules.bundle')))
  t.match(call('rules', 'update', 'one').stdout, /version 9\.1 holds from the next start on/)
  t.equal(readFileSync(at('data/rules.bundle'), 'utf8'), readFileSync(at('one'), 'utf8'))

  const again = call('rules', 'update', 'one')
  t.match(again.stderr, /version 9\.1 is no newer than 9\.1, which holds/)
  t.equal(again.status, 2)
  make('9.0.9', 'older')
  t.match(call('rules', 'update', 'older').stderr, /9\.0\.9 is no newer than 9\.1/)
  make('0.0.1', 'oldest')
  t.equal(call('rules', 'update', 'oldest').status, 2)
  t.equal(readFileSync(at('data/rules.bundle'), 'utf8'), readFileSync(at('one'), 'utf8'))
  t.end()
})

t.test('what would change is told of a capture, and then is so', t => {
  const { at, call, make } = workshop(t)
  const named = office().frames
  writePcap(at('office.pcap'), named)
  make('9.1', 'one')
  t.equal(call('rules', 'update', 'one').status, 0)
  const vendors = (): string => call('read', 'office.pcap', '--csv').stdout
  t.match(vendors(), /payment-terminal,Acme/)
  make('9.2', 'two', ruleOf('terminal', 'Contoso'))
  const { stdout } = call('rules', 'update', 'two', '--capture', 'office.pcap')
  t.match(stdout, /^version 9\.1 -> 9\.2\n~ rule terminal\nrules and tables: 0 added, 0 removed, 1/)
  t.match(stdout, /\n([\da-f]{2}:){5}[\da-f]{2}: vendor Acme -> Contoso\nsomething else: \d+ of/)
  t.match(vendors(), /payment-terminal,Contoso/)
  t.end()
})

t.test('a bundle that is wrong is refused with the reason, and nothing changes', t => {
  const { at, call, make, configure } = workshop(t)
  make('9.1', 'one')
  t.equal(call('rules', 'update', 'one').status, 0)
  const refusal = (text: string): string => {
    writeFileSync(at('bad'), text)
    const { stderr, status } = call('rules', 'update', 'bad')
    t.equal(status, 2)
    t.equal(stderr.trim().split('\n').length, 1, 'in one line')
    return stderr
  }
  const signed = (entries: Bundle['entries']): string => sealed({ version: '9.2', entries }, secret)
  const one = readFileSync(at('one'), 'utf8')
  t.match(refusal(one.replace('Acme', 'Evil')), /bad: it was changed or cut/)
  t.match(refusal(one.slice(0, 300)), /bad: it was changed or cut/)
  t.match(refusal('hello'), /bad: no bundle of rules/)
  const bad = { rule: 'b', claim: { kind: 'teapot' } }
  t.match(refusal(signed([{ place: 'x/b.yaml:3', entry: bad }])), /refused.*x\/b\.yaml:3: .*teapot/)
  t.match(
    make('9.2', 'two', ruleOf('x', 'A', 'B')).stderr,
    /an example leads to A as vendor, not B/,
  )
  t.match(make('two', 'two').stderr, /which version\?/)

  writeFileSync(at('own/o.yaml'), ruleOf('mine', 'Own'))
  make('9.2', 'two', ruleOf('mine', 'Acme'))
  const clash = call('rules', 'update', 'two')
  t.match(clash.stderr, /the bundle is refused.*own\/o\.yaml:1: mine is also the name of one at a/)
  t.equal(readFileSync(at('data/rules.bundle'), 'utf8'), one)

  configure('rules: {}\n')
  t.match(call('rules', 'update', 'two').stderr, /rules\.key is not set/)
  configure(`rules: {key: ${publicKeyText(newKey())}}\n`)
  t.match(call('rules', 'update', 'two').stderr, /rules\.key did not sign it/)
  t.end()
})
