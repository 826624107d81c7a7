/** Fingerprints in Recog's XML lead to what their examples say, however they are written. */

import { readFileSync, readdirSync } from 'node:fs'
import t from 'tap'
import { VALUE_CHARACTERS_MAX } from '../../../src/conditions/patterns.js'
import { claimOf, recogFingerprints } from '../../../src/rules/readers/recog-claims.js'
import { cpe23Of, INPUT_CHARACTERS_MAX, RecogList } from '../../../src/rules/readers/recog.js'
import { rubyPattern } from '../../../src/rules/readers/ruby-pattern.js'
import { readXml } from '../../../src/rules/readers/xml-elements.js'

const folder = new URL('../../../../fixtures/registries/', import.meta.url)
const lists = readdirSync(folder)
  .filter(name => /^recog-.*\.xml$/.test(name))
  .map(name => new RecogList(readFileSync(new URL(name, folder), 'utf8'), name))

const listOf = (inner: string, matches = 'ftp.banner'): RecogList =>
  new RecogList(`<fingerprints matches="${matches}">${inner}</fingerprints>`, 'a.xml')

const print = (pattern: string, more = ''): string =>
  `<fingerprint pattern="${pattern}"><param pos="0" name="hw.vendor" value="V"/>${more}</fingerprint>`

t.test('every example leads to its parameters, in its whole list', t => {
  let examples = 0
  for (const list of lists) {
    for (const { description, examples: own } of list.fingerprints) {
      for (const { text, parameters } of own) {
        examples++
        const match = list.match(text)
        t.equal(match?.description, description, `${list.file}: ${text}`)
        t.match(match?.parameters, parameters, `${list.file}: ${text}`)
      }
    }
  }
  const count = lists.reduce((sum, { fingerprints }) => sum + fingerprints.length, 0)
  t.ok(count >= 60, `${String(count)} fingerprints`)
  t.ok(examples >= 60, `${String(examples)} examples`)
  t.end()
})

t.test('what could run away, or is no pattern, is left out, and nothing else', t => {
  const list = lists.find(({ file }) => file === 'recog-banners.xml')!
  t.equal(list.refused.length, 5)
  t.match(
    list.refused.join('\n'),
    /^recog-banners\.xml:\d+: it could run away: a repetition repeats$/m,
  )
  t.match(list.refused.join('\n'), /choices that repeat begin alike/)
  t.match(list.refused.join('\n'), /refers back/)
  t.match(list.refused.join('\n'), /a group is not closed/)
  t.match(list.refused.join('\n'), /pos is first/)
  t.equal(list.match('a'.repeat(200))?.parameters['hw.vendor'], undefined)
  t.end()
})

t.test('helpers vanish, and what cannot be filled is left out', t => {
  const list = lists.find(({ file }) => file === 'recog-banners.xml')!
  t.strictSame(list.match('Datum OS v7.3')?.parameters, {
    ...{ 'os.vendor': 'Datum', 'os.product': 'Datum OS' },
    ...{ 'os.version': '7.3', 'os.cpe23': 'cpe:/o:datum:os:7.3' },
  })
  t.strictSame(list.match('Hole OS')?.parameters, { 'os.product': 'Hole OS' })
  const [, named] = ['Graphic [{os.version}] design', 'Graphic [{hw.product}] design'].map(
    text => list.match(text)?.parameters['hw.product'],
  )
  t.equal(named, '{hw.product}', 'what a stranger says names nothing')
  t.strictSame(list.match('Nothing is said')?.parameters, {}, 'the first that matches speaks')
  t.end()
})

t.test('what is possessive gives nothing back', t => {
  const flags = { ignoreCase: false, dotAll: false }
  const matches = (source: string, text: string): boolean =>
    rubyPattern(source, flags).match(text) !== undefined
  t.notOk(matches('^a++ab', 'aaab'))
  t.ok(matches('^a+ab', 'aaab'))
  t.notOk(matches('^(?>a|ab)c', 'abc'))
  t.notOk(matches('^a?+a$', 'a'))
  t.ok(matches('^[^;]*+;$', 'x;'))
  t.end()
})

t.test('input is cut, so that nobody waits', t => {
  const list = listOf(print('^x.*(END)$'))
  t.equal(list.match(`x${'y'.repeat(INPUT_CHARACTERS_MAX)}END`), undefined)
  t.ok(list.match('x END'))
  t.ok(INPUT_CHARACTERS_MAX >= VALUE_CHARACTERS_MAX)
  const begun = performance.now()
  listOf(print('.*a.*b.*c')).match('a'.repeat(10_000))
  t.ok(performance.now() - begun < 2000)
  t.end()
})

t.test('what is no list is refused with its line', t => {
  t.throws(() => new RecogList('<fingerprints>\n<fingerprint pattern="x">', 'a.xml'), {
    message: 'a.xml:2: <fingerprint> is not closed: mend the XML, or take it out',
  })
  t.throws(() => new RecogList('<rules/>', 'a.xml'), { message: /a\.xml:1: no list/ })
  t.throws(() => new RecogList('', 'a.xml'), { message: /no element/ })
  t.throws(() => readXml('<a><b></a></b>', 'a.xml'), { message: /<\/a> closes nothing/ })
  t.throws(() => readXml('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'a.xml'), {
    message: /declares entities/,
  })
  t.throws(() => readXml('<a>'.repeat(100), 'a.xml'), { message: /nested too deep/ })
  t.equal(
    readXml('<?xml version="1.0"?><!-- <b> --><a>1 &lt; 2 &#33;&amp;lt;</a>', 'a').text,
    '1 < 2 !&lt;',
  )
  t.end()
})

t.test('a CPE is one, in either form', t => {
  t.equal(cpe23Of('cpe:/o:acme:os:1.2'), 'cpe:2.3:o:acme:os:1.2:*:*:*:*:*:*:*')
  t.equal(cpe23Of('cpe:/h:acme:x%2f1:-'), 'cpe:2.3:h:acme:x\\/1:-:*:*:*:*:*:*:*')
  const whole = 'cpe:2.3:a:acme:ftp:1:*:*:*:*:*:*:*'
  t.equal(cpe23Of(whole), whole)
  t.equal(cpe23Of('acme'), undefined)
  t.end()
})

t.test('of parameters, what is about the device is claimed', t => {
  t.strictSame(
    claimOf({ 'hw.vendor': 'Acme', 'hw.device': 'Switch', 'hw.product': 'SX', 'os.version': '1' }),
    { kind: 'switch', vendor: 'Acme', model: 'SX' },
  )
  const printer = { 'os.vendor': 'HP', 'os.device': 'Printer', 'os.family': 'Laser' }
  t.strictSame(claimOf({ ...printer, 'os.product': '4100' }), {
    ...{ kind: 'printer', vendor: 'HP', model: 'Laser 4100' },
  })
  t.strictSame(
    claimOf({
      'os.vendor': 'Debian',
      'os.family': 'Linux',
      'os.product': 'Linux',
      'os.version': '9',
    }),
    { os: 'Linux', os_version: '9' },
    'who made the system did not make the device',
  )
  t.strictSame(claimOf({ 'service.vendor': 'Acme' }), {})
  t.end()
})

t.test('lists are compared with the facts that say such things', t => {
  const known = new Set(['http.realm', 'ssh.banner', 'telnet.banner'])
  const [realm, ssh] = ['http_header.wwwauth', 'ssh.banner'].map(matches =>
    recogFingerprints(
      lists.find(list => list.matches === matches)!,
      known,
    ),
  )
  t.match(realm?.find('Humongous Router HR1')?.claim, { kind: 'router', model: 'HR1' })
  t.match(ssh?.find('SSH-2.0-VanArsdelSSH-5.5')?.claim, { vendor: 'VanArsdel', kind: 'router' })
  t.equal(recogFingerprints(listOf(print('x'), 'html_title'), known), undefined)
  const half = lists.find(({ file }) => file === 'recog-banners.xml')!
  t.equal(recogFingerprints(half, new Set(['ftp.banner']))?.find('Perhaps so')?.confidence, 0.425)
  t.end()
})
