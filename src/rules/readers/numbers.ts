/**
 * Numbers that stand for vendors, as they are published: IANA's list of enterprises (text), and
 * lists of a number and a name (CSV, text between tabs, or a table in HTML) of BACnet, CIP and
 * PROFINET.
 */

import type { Finding, Fingerprints } from '../fingerprints.js'
import { RuleError } from '../../conditions/entry.js'
import { csvRows } from './csv.js'

export type Registry = 'enterprise' | 'bacnet' | 'cip' | 'profinet'

interface Meaning {
  readonly facts: readonly string[]
  readonly confidence: number
  /** The number that a fact's value has, or undefined. */
  readonly number: (value: string) => number | undefined
  /** Numbers of standards and programs that many vendors' devices say. */
  readonly nobody: readonly number[]
}

const decimal = (value: string): number | undefined =>
  /^\d{1,10}$/.test(value) ? Number(value) : undefined
const hexadecimal = (value: string): number | undefined =>
  /^(0x)?[\da-f]{1,4}$/i.test(value) ? parseInt(value, 16) : undefined

const MEANINGS: Readonly<Record<Registry, Meaning>> = {
  enterprise: {
    facts: [
      ...['snmp.sys_object_id', 'snmp.enterprise', 'snmp.engine_enterprise', 'ipfix.enterprise'],
      ...['dhcp.enterprise', 'dhcpv6.enterprise', 'ipmi.manufacturer', 'ipmi.asf_enterprise'],
    ],
    confidence: 0.85,
    number: value => decimal(/^\.?1\.3\.6\.1\.4\.1\.(\d{1,10})/.exec(value)?.[1] ?? value),
    // Reserved, Microsoft's clients, UCD and Net-SNMP, Broadband Forum, CableLabs.
    nobody: [0, 311, 2021, 3561, 4491, 8072],
  },
  bacnet: { facts: ['bacnet.vendor_id'], confidence: 0.9, number: decimal, nobody: [0] },
  cip: { facts: ['enip.vendor_id'], confidence: 0.9, number: decimal, nobody: [0] },
  profinet: {
    facts: ['profinet.vendor_id', 'pnio.vendor_id'],
    confidence: 0.9,
    number: hexadecimal,
    nobody: [0],
  },
}

const NAMES_MAX = 200_000
const NAME_MAX = 120
const FORMER = /\s*\((formerly|previously|was|now)\b[^)]*\)/gi

/** What a file is by its name and how it begins; undefined where it is none of these. */
export function registryIn(name: string, text: string): Registry | undefined {
  if (/PRIVATE ENTERPRISE NUMBERS/i.test(text.slice(0, 4000))) return 'enterprise'
  if (!/\.(csv|tsv|txt|html?)$/i.test(name)) return undefined
  if (/enterprise/i.test(name)) return 'enterprise'
  if (/bacnet/i.test(name)) return 'bacnet'
  if (/profinet|pi-?vendor/i.test(name)) return 'profinet'
  return /\bcip\b|odva|enip|ethernet-?ip/i.test(name.replace(/_/g, '-')) ? 'cip' : undefined
}

export function readNumbers(
  registry: Registry,
  text: string,
  { file, vocabulary }: { file: string; vocabulary: ReadonlySet<string> },
): Fingerprints {
  const names = /^\d+\s*\n[ \t]+\S/m.test(text)
    ? ianaNames(text)
    : /<t[dr]\b/i.test(text)
      ? htmlNames(text, registry)
      : listedNames(text, file, registry)
  if (names.size === 0) {
    throw new RuleError(`${file}:1: no number with a name: write a line for each, like 7,Example`)
  }
  const { facts, confidence, number, nobody } = MEANINGS[registry]
  return {
    name: `${registry} numbers`,
    facts: facts.filter(fact => vocabulary.has(fact)),
    confidence,
    size: names.size,
    find(value): Finding | undefined {
      const found = number(value)
      if (found === undefined || nobody.includes(found)) return undefined
      const vendor = names.get(found)
      return vendor === undefined ? undefined : { name: String(found), claim: { vendor } }
    },
  }
}

type Names = Map<number, string>

function add(into: Names, number: number, name: string): void {
  const plain = name.replace(FORMER, '').replace(/\s+/g, ' ').trim().slice(0, NAME_MAX)
  const isNobody = /^(reserved|unassigned|none|-+)?$/i.test(plain)
  if (!isNobody && into.size < NAMES_MAX) into.set(number, plain)
}

/** A number on a line, and below it, indented, the name first. */
function ianaNames(text: string): Names {
  const names: Names = new Map()
  let number = -1
  for (const line of text.split(/\r?\n/)) {
    if (/^\d{1,10}\s*$/.test(line)) number = Number(line)
    else if (number >= 0 && /^\s+\S/.test(line)) {
      add(names, number, line)
      number = -1
    }
  }
  return names
}

function htmlNames(text: string, registry: Registry): Names {
  const names: Names = new Map()
  for (const row of text.split(/<tr\b/i).slice(1)) {
    const cells = row
      .split(/<t[dh]\b[^>]*>/i)
      .slice(1)
      .map(cell =>
        cell
          .replace(/<[^>]*>/g, ' ')
          .replace(/&amp;/g, '&')
          .replace(/&nbsp;/g, ' '),
      )
    const number = numberIn(cells[0] ?? '', registry)
    if (number !== undefined) add(names, number, cells[1] ?? '')
  }
  return names
}

function listedNames(text: string, file: string, registry: Registry): Names {
  const names: Names = new Map()
  for (const { cells, line } of csvRows(text, file)) {
    const number = numberIn(cells[0] ?? '', registry)
    if (number !== undefined) add(names, number, cells[1] ?? '')
    // The first line may say what the columns are.
    else if (line > 1 && !(cells[0] ?? '').startsWith('#')) {
      throw new RuleError(
        `${file}:${String(line)}: ${cells[0] ?? ''} is no number: write 7,Example`,
      )
    }
  }
  return names
}

function numberIn(cell: string, registry: Registry): number | undefined {
  const text = cell.trim()
  if (/^0x[\da-f]{1,8}$/i.test(text)) return parseInt(text, 16)
  return registry === 'profinet' ? hexadecimal(text) : decimal(text)
}
