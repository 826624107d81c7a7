/**
 * DHCP fingerprints as Satori and its kin list them in XML: each a system or device, with tests of
 * options, parameter lists and vendor classes, weighed by how telling they are.
 */

import { RuleError } from '../../conditions/entry.js'
import type { Condition } from '../../conditions/condition.js'
import type { Conclusion, Rule } from '../rule.js'
import { kindOf } from './kinds-elsewhere.js'
import type { Element } from './xml-elements.js'

/** What a test compares, and the fact that says it. */
const COMPARED: Readonly<Record<string, string>> = {
  dhcpoption55: 'dhcp.wishes',
  dhcpoptions: 'dhcp.options',
  dhcpvendorcode: 'dhcp.vendor_class',
  dhcpoption60: 'dhcp.vendor_class',
  dhcpoption57: 'dhcp.max_size',
  dhcpoption77: 'dhcp.user_class',
  dhcpoption93: 'dhcp.architecture',
}
/** What says nothing of the device; which message it was in makes no difference. */
const BESIDE = ['weight', 'matchtype', 'dhcptype']
const TESTS_MAX = 20_000
/** A test's weight is 1 to 5, seldom more. */
const CONFIDENCE = { base: 0.4, each: 0.05, most: 0.65 } as const

export const isDhcpList = (root: Element): boolean =>
  fingerprintsIn(root).some(({ children }) => children.some(({ name }) => name === 'dhcp_tests'))

function fingerprintsIn({ children }: Element): readonly Element[] {
  return children.flatMap(child =>
    child.name === 'fingerprint' ? [child] : child.name === 'fingerprints' ? child.children : [],
  )
}

/** A rule for each test. Throws a RuleError with the line of what can't be one. */
export function readDhcpList(root: Element, file: string, vocabulary: ReadonlySet<string>): Rule[] {
  const rules = fingerprintsIn(root).flatMap(fingerprint => {
    const claim = claimOf(fingerprint.attributes)
    if (Object.keys(claim).length === 0) return []
    return fingerprint.children
      .filter(({ name }) => name === 'dhcp_tests')
      .flatMap(({ children }) => children.filter(({ name }) => name === 'test'))
      .flatMap(test => ruleOf(test, fingerprint, { claim, file, vocabulary }))
  })
  if (rules.length > TESTS_MAX) throw new RuleError(`${file}: it has more than ${TESTS_MAX} tests`)
  return rules
}

function claimOf(attributes: Readonly<Record<string, string>>): Conclusion {
  const { os_name, device_type = '', device_vendor, os_vendor } = attributes
  const kind = kindOf(device_type)
  const claim: Readonly<Record<string, string | undefined>> = {
    kind,
    vendor: device_vendor || (kind === undefined ? undefined : os_vendor),
    os: os_name,
  }
  return Object.fromEntries(Object.entries(claim).filter(([, value]) => value)) as Conclusion
}

function ruleOf(
  { attributes, line }: Element,
  { attributes: { name = '' } }: Element,
  { claim, file, vocabulary }: { claim: Conclusion; file: string; vocabulary: ReadonlySet<string> },
): Rule[] {
  const place = `${file}:${String(line)}`
  const { weight = '1', matchtype = 'exact' } = attributes
  if (!/^\d{1,3}$/.test(weight)) throw new RuleError(`${place}: weight is ${weight}: write 1 to 5`)
  if (!['exact', 'partial'].includes(matchtype.toLowerCase())) {
    throw new RuleError(`${place}: matchtype is ${matchtype}: write exact or partial`)
  }
  const isPart = matchtype.toLowerCase() === 'partial'
  const demands = Object.entries(attributes).filter(
    ([attribute, value]) => !BESIDE.includes(attribute) && value !== '' && !/^any$/i.test(value),
  )
  const when = demands.flatMap(([attribute, value]): Condition[] => {
    const fact = Object.hasOwn(COMPARED, attribute) ? COMPARED[attribute]! : ''
    return vocabulary.has(fact) ? [conditionOf(fact, value, isPart)] : []
  })
  // Who demands what is not heard here would be taken for less than it is.
  if (when.length === 0 || when.length < demands.length) return []
  const { base, each, most } = CONFIDENCE
  return [
    {
      name: `dhcp-list ${name}`.trim(),
      ...{ claim, when, place },
      confidence: Math.min(most, base + each * Number(weight)),
      why: 'A list of DHCP fingerprints says so.',
      examples: [],
      counterexamples: [],
    },
  ]
}

function conditionOf(fact: string, value: string, isPart: boolean): Condition {
  if (!isPart) return { fact, words: [value.toLowerCase()], patterns: [], not: false }
  const source = value.slice(0, 200).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return { fact, words: [], patterns: [{ source }], not: false }
}
