/**
 * Fingerprints of TCP in p0f's form (version 3): `version:ttl:options:mss:window,scale:layout:quirks`,
 * below labels that say which system. The first specific one that fits speaks, else the first
 * generic one.
 */

import type { Finding, Fingerprints } from '../fingerprints.js'
import { RuleError } from '../../conditions/entry.js'

/** Sections that are read, and the facts they are compared with. */
const SECTIONS: Readonly<Record<string, string>> = {
  'tcp:request': 'tcp.syn',
  'tcp:response': 'tcp.syn_ack',
}
const SIGNATURES_MAX = 10_000
const CONFIDENCE = { specific: 0.6, generic: 0.5 } as const
/** What IPv4 or IPv6 cannot say: such marks count for the other alone. */
const ONLY_4 = new Set(['df', 'id+', 'id-'])
const ONLY_6 = new Set(['flow'])
/** Bytes of headers that a link's largest packet has beside a segment. */
const HEADERS: Readonly<Record<string, number>> = { 4: 40, 6: 60 }

interface Signature {
  readonly version: string
  readonly hops: number | undefined
  readonly segment: number | undefined
  readonly window: string
  readonly scale: number | undefined
  readonly quirks: readonly string[]
  readonly finding: Finding
  readonly isGeneric: boolean
}

interface Label {
  readonly isGeneric: boolean
  readonly finding: Finding
}

/** A list for each section. Throws a RuleError with the line of what is none. */
export function readP0f(text: string, file: string): Fingerprints[] {
  const sections = new Map<string, Map<string, Signature[]>>()
  let layouts: Map<string, Signature[]> | undefined
  let label: Label | undefined
  let count = 0
  text.split(/\r?\n/).forEach((written, i) => {
    const line = written.trim()
    if (line === '' || line.startsWith(';')) return
    const place = `${file}:${String(i + 1)}`
    const [, section] = /^\[([^\]]+)\]$/.exec(line) ?? []
    if (section !== undefined) {
      label = undefined
      layouts = section in SECTIONS ? new Map<string, Signature[]>() : undefined
      if (layouts !== undefined) sections.set(section, layouts)
      return
    }
    const [, key = '', value = ''] = /^(\w+)\s*=\s*(.*)$/.exec(line) ?? []
    if (key === '') throw new RuleError(`${place}: neither a section nor key = value: take it out`)
    if (layouts === undefined) return
    if (key === 'label') label = labelOf(value, place)
    else if (key === 'sig') {
      if (label === undefined)
        throw new RuleError(`${place}: a signature before any label: add one`)
      if (++count > SIGNATURES_MAX) throw new RuleError(`${place}: too many signatures`)
      addSignature(layouts, signatureOf(value, label, place))
    }
  })
  return [...sections].map(([section, own]) => listOf(section, own))
}

function addSignature(
  layouts: Map<string, Signature[]>,
  { layout, signature }: { layout: string; signature: Signature },
): void {
  const known = layouts.get(layout)
  if (known === undefined) layouts.set(layout, [signature])
  else known.push(signature)
}

/** `s:unix:Linux:3.x`: specific or generic, class, name and flavour; of programs the class is `!`. */
function labelOf(value: string, place: string): Label {
  const [type = '', group = '', name = '', flavour = ''] = value.split(':')
  if (!/^[sg]$/.test(type)) throw new RuleError(`${place}: a label begins with s: or g:`)
  const isGeneric = type === 'g'
  const [, own] = /^\((Android)\)$/.exec(flavour) ?? []
  return {
    isGeneric,
    finding: {
      name: `${name} ${flavour}`.trim(),
      claim: group === '!' || name === '' ? {} : { os: own ?? name },
      confidence: isGeneric ? CONFIDENCE.generic : CONFIDENCE.specific,
    },
  }
}

function signatureOf(
  value: string,
  { isGeneric, finding }: Label,
  place: string,
): { layout: string; signature: Signature } {
  const parts = value.split(':')
  const [version = '', hops = '', , segment = '', sizes = '', layout = '', quirks = ''] = parts
  const [window = '', scale = ''] = sizes.split(',')
  const isOne =
    parts.length === 8 &&
    /^[46*]$/.test(version) &&
    /^\d{1,3}(\+\d+|-)?$/.test(hops) &&
    /^(\*|\d+)$/.test(segment) &&
    /^(\*|\d+|(mss|mtu)\*\d+|%\d+)$/.test(window) &&
    /^(\*|\d+)$/.test(scale)
  if (!isOne) {
    throw new RuleError(
      `${place}: no signature: it is ver:ttl:olen:mss:window,scale:layout:quirks:payload`,
    )
  }
  return {
    layout,
    signature: {
      ...{ version, window, finding, isGeneric },
      hops: initialHops(parseInt(hops, 10)),
      segment: segment === '*' ? undefined : Number(segment),
      scale: scale === '*' ? undefined : Number(scale),
      quirks: quirks === '' ? [] : quirks.split(',').sort(),
    },
  }
}

/** In the values that stacks begin with, as the fact has it. */
const initialHops = (hops: number): number =>
  hops <= 32 ? 32 : hops <= 64 ? 64 : hops <= 128 ? 128 : 255

function listOf(section: string, layouts: ReadonlyMap<string, readonly Signature[]>): Fingerprints {
  let size = 0
  for (const own of layouts.values()) size += own.length
  return {
    name: `p0f ${section}`,
    facts: [SECTIONS[section]!],
    confidence: CONFIDENCE.specific,
    size,
    find: value => find(layouts, value),
  }
}

/** What a handshake says, from the text of the fact. */
interface Handshake {
  readonly version: string
  readonly hops: number
  readonly segment: number
  readonly window: number
  readonly scale: number
  readonly quirks: readonly string[]
}

function find(
  layouts: ReadonlyMap<string, readonly Signature[]>,
  value: string,
): Finding | undefined {
  const [version = '', hops = '', segment = '', sizes = '', layout = '', quirks = ''] =
    value.split(':')
  const own = layouts.get(layout === '-' ? '' : layout)
  if (own === undefined) return undefined
  const [window = '', scale = ''] = sizes.split(',')
  const bytes = Number(segment.replace('mss', '')) || 0
  const handshake: Handshake = {
    version,
    hops: Number(hops),
    segment: bytes,
    window: window.startsWith('mss*') ? bytes * Number(window.slice(4)) : Number(window),
    scale: Number(scale) || 0,
    quirks: quirks === '-' ? [] : quirks.split(',').sort(),
  }
  const fitting = own.filter(signature => fits(signature, handshake))
  const found = fitting.find(({ isGeneric }) => !isGeneric) ?? fitting[0]
  return found === undefined || found.finding.claim.os === undefined ? undefined : found.finding
}

function fits(wanted: Signature, { version, hops, segment, scale, quirks, window }: Handshake) {
  if (wanted.version !== '*' && wanted.version !== version) return false
  if (wanted.hops !== hops) return false
  if (wanted.segment !== undefined && wanted.segment !== segment) return false
  if (wanted.scale !== undefined && wanted.scale !== scale) return false
  const apart = version === '6' ? ONLY_4 : ONLY_6
  const due = wanted.quirks.filter(quirk => !apart.has(quirk))
  if (due.join() !== quirks.join()) return false
  return fitsWindow(wanted.window, { window, segment, version })
}

function fitsWindow(
  wanted: string,
  { window, segment, version }: Pick<Handshake, 'window' | 'segment' | 'version'>,
): boolean {
  if (wanted === '*') return true
  if (wanted.startsWith('%')) return window % (Number(wanted.slice(1)) || 1) === 0
  const [unit, times] = wanted.split('*')
  if (times === undefined) return Number(wanted) === window
  const bytes = unit === 'mtu' ? segment + (HEADERS[version] ?? 0) : segment
  return segment > 0 && bytes * Number(times) === window
}
