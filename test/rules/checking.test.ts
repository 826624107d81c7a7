/** A folder of rules is checked as a whole; corrections of people become rules that name nobody. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checkEntries, checkFolder } from '../../src/rules/check.js'
import { contestsOf } from '../../src/rules/rivals.js'
import { suggestionFor } from '../../src/rules/suggestion.js'
import type { Claim } from '../../src/model/judge.js'

const vocabulary = new Set(['dhcp.hostname', 'dhcp.vendor_class', 'http.server', 'upnp.model'])

const RULE = `- rule: camera-by-name
  claim: {kind: camera, model: $model}
  confidence: 0.8
  when: {dhcp.hostname: '/^cam-(?<model>\\w+)$/'}
  why: It is called so.
  examples:
    - given: {dhcp.hostname: cam-X1}
      claim: {model: X1}
  counterexamples:
    - {dhcp.hostname: pc}
`

function checked(t: Test, files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return checkFolder(folder, vocabulary).faults.map(({ place, what }) => `${place}: ${what}`)
}

t.test('rules that hold are counted', t => {
  t.strictSame(checked(t, { 'a.yaml': RULE, 'README.md': 'x' }), [])
  t.match(checkFolder('/nowhere', vocabulary).faults, [{ what: /no such folder/ }])
  t.end()
})

t.test('all that is wrong is told at once, each with its place and the mend', t => {
  const broken = RULE.replace("dhcp.hostname: '/", "dhcp.hostnam: '/").replace('by-name', 'two')
  const kind = RULE.replace('kind: camera', 'kind: camra').replace('by-name', 'three')
  const promise = RULE.replace('claim: {model: X1}', 'claim: {model: X2}').replace(
    'by-name',
    'four',
  )
  const wide = RULE.replace('{dhcp.hostname: pc}', '{dhcp.hostname: cam-Y}').replace(
    'by-name',
    'five',
  )
  const found = checked(t, { 'a.yaml': RULE + broken + kind + promise + wide, 'b.yaml': RULE })
  t.strictSame(found, [
    'a.yaml:11: no protocol tells of dhcp.hostnam: did you mean dhcp.hostname?',
    'a.yaml:21: claim: camra is no kind of device: did you mean camera?',
    'b.yaml:1: camera-by-name is also the name of one at a.yaml:1: rename it',
    'a.yaml:31: camera-four: an example leads to X1 as model, not X2: mend the example or the rule',
    'a.yaml:41: camera-five: a counterexample leads to kind camera, model Y: make the rule narrower',
  ])
  t.end()
})

t.test('what is no YAML is told with its line', t => {
  t.match(
    checked(t, { 'a.yaml': `${RULE}- rule: [x\n` })[0],
    /^a\.yaml:\d+: .*: mend the YAML here$/,
  )
  t.match(checked(t, { 'a.yaml': 'rule: x\n' })[0], /a file is a list of rules/)
  t.end()
})

t.test('a correction becomes a rule of what the device says, and names nobody', t => {
  const facts = [
    { fact: 'dhcp.hostname', value: 'anns-printer' },
    { fact: 'upnp.model', value: 'LabelStar 00:11:22:33:44:55' },
    { fact: 'http.server', value: 'LabelStar/2 at 10.0.0.7' },
    { fact: 'http.server', value: 'LabelStar at labels.acme.example' },
    { fact: 'dhcp.vendor_class', value: 'LabelStar 200' },
  ]
  const own = ['anns-printer', '00:11:22:33:44:55', '10.0.0.7']
  const rule = suggestionFor({ edits: { kind: 'label-printer', vendor: 'Star' }, facts, own })!
  t.strictSame(rule.when, { 'dhcp.vendor_class': 'LabelStar 200' })
  t.strictSame(rule.claim, { kind: 'label-printer', vendor: 'Star' })
  t.notMatch(JSON.stringify(rule), /ann|00:11|10\.0/)
  t.strictSame(checkEntries([{ place: 'x', entry: rule }], vocabulary, []).faults, [])
  const named = { kind: 'label-printer', model: "Ann's: anns-printer", vendor: 'star.example' }
  t.strictSame(suggestionFor({ edits: named, facts, own })!.claim, { kind: 'label-printer' })
  t.equal(suggestionFor({ edits: {}, facts, own }), undefined, 'nobody said anything')
  const silent = { edits: { kind: 'camera' }, facts: facts.slice(0, 2), own }
  t.equal(suggestionFor(silent), undefined, 'it says nothing but names')
  t.end()
})

t.test('rivals are told with what speaks for each', t => {
  const claim = (value: string, confidence: number, fact: string): Claim => ({
    ...{ property: 'vendor', value, confidence, fact, rule: 'r', evidence: -1, said: '' },
  })
  const claims = [claim('HP', 0.9, 'dhcp.a'), claim('hp', 0.5, 'http.b'), claim('Dell', 0.6, 'c.d')]
  const [contest] = contestsOf(claims, (_, value) => value.toLowerCase())
  t.match(contest, { property: 'vendor', rivals: [{ value: 'HP' }, { value: 'Dell' }] })
  t.equal(contest!.rivals[0]!.claims.length, 2)
  t.ok(contest!.rivals[0]!.share > 0.8 && contest!.rivals[1]!.share < 0.2)
  t.end()
})
