/**
 * Fingerprints in Recog's XML: a list for each kind of banner, of which the first that matches
 * speaks. What one says are parameters: fixed ones, and what its pattern caught.
 */

import { needsOf } from '../../conditions/literals.js'
import { RuleError } from '../../conditions/entry.js'
import { Sieve } from '../../conditions/sieve.js'
import { rubyPattern, type Caught, type RubyPattern } from './ruby-pattern.js'
import { readXml, type Element } from './xml-elements.js'

/** Longer input is cut. */
export const INPUT_CHARACTERS_MAX = 512
const FINGERPRINTS_MAX = 20_000
const PARAMETERS_MAX = 64

export type Parameters = Readonly<Record<string, string>>

interface Parameter {
  readonly name: string
  /** What it catches; 0 is none: it is `value`. */
  readonly position: number
  readonly value: string
}

export interface RecogExample {
  readonly text: string
  /** What must come of it. */
  readonly parameters: Parameters
}

export interface RecogFingerprint {
  readonly pattern: RubyPattern
  readonly description: string
  readonly parameters: readonly Parameter[]
  readonly examples: readonly RecogExample[]
  readonly line: number
}

export interface RecogMatch {
  readonly description: string
  readonly parameters: Parameters
}

export class RecogList {
  readonly file: string
  /** What is compared: `ssh.banner`. */
  readonly matches: string
  /** 0 to 1: how much is made of it where several lists speak. */
  readonly preference: number
  readonly fingerprints: readonly RecogFingerprint[]
  /** Fingerprints that could not be taken, and why. */
  readonly refused: readonly string[]
  private readonly sieve = new Sieve()

  /** Throws a RuleError where the file is no such list. */
  constructor(text: string, file: string) {
    this.file = file
    const root = readXml(text, file)
    if (root.name !== 'fingerprints') {
      throw new RuleError(`${file}:${String(root.line)}: no list of fingerprints: take it out`)
    }
    const { matches = '', preference = '' } = root.attributes
    this.matches = matches
    this.preference = Number(preference) > 0 && Number(preference) <= 1 ? Number(preference) : 0.5
    const refused: string[] = []
    const own = root.children.filter(({ name }) => name === 'fingerprint')
    this.fingerprints = own.slice(0, FINGERPRINTS_MAX).flatMap(element => {
      const made = fingerprintOf(element, file)
      if (typeof made !== 'string') return [made]
      refused.push(made)
      return []
    })
    this.refused = refused
    for (const { pattern } of this.fingerprints) this.sieve.add(needsOf(pattern.plain))
  }

  /** What the first fingerprint that matches says. */
  match(input: string): RecogMatch | undefined {
    const text = input.slice(0, INPUT_CHARACTERS_MAX)
    for (const i of this.sieve.candidates(text.toLowerCase())) {
      const { pattern, description, parameters } = this.fingerprints[i]!
      const caught = pattern.match(text)
      if (caught !== undefined) return { description, parameters: filled(parameters, caught) }
    }
    return undefined
  }
}

/** One that could run away is left out, with the reason; what is broken XML was refused before. */
function fingerprintOf(element: Element, file: string): RecogFingerprint | string {
  const { attributes, children, line } = element
  const flags = (attributes.flags ?? '').split(/[\s,|]+/)
  const named = (name: string): Element[] => children.filter(child => child.name === name)
  try {
    const pattern = rubyPattern(attributes.pattern ?? '', {
      ignoreCase: flags.includes('REG_ICASE'),
      // Ruby calls it multi-line, whichever of these names it has.
      dotAll: ['REG_DOT_NEWLINE', 'REG_MULTILINE', 'REG_LINE_ANY_CRLF'].some(flag =>
        flags.includes(flag),
      ),
    })
    return {
      pattern,
      line,
      description: (named('description')[0]?.text ?? '').replace(/\s+/g, ' ').trim(),
      parameters: named('param').slice(0, PARAMETERS_MAX).map(parameterOf),
      examples: named('example').map(exampleOf),
    }
  } catch (error) {
    return `${file}:${String(line)}: ${(error as Error).message}`
  }
}

function parameterOf({ attributes }: Element): Parameter {
  const { pos = '0', name = '', value = '' } = attributes
  const position = Number(pos)
  if (!Number.isInteger(position) || position < 0) throw new Error(`pos is ${pos}: it is a number`)
  return { name, position, value }
}

function exampleOf({ attributes, text }: Element): RecogExample {
  const isCoded = attributes._encoding === 'base64'
  const stated = Object.entries(attributes).filter(([name]) => !name.startsWith('_'))
  const bytes = Buffer.from(text.replace(/\s+/g, ''), 'base64')
  const parameters = Object.fromEntries(stated)
  return { text: isCoded ? bytes.toString('latin1') : text, parameters }
}

/** Fixed values may name others in braces; those whose name begins with `_tmp` are only for that. */
function filled(parameters: readonly Parameter[], caught: Caught): Record<string, string> {
  const all: Record<string, string> = {}
  const fixed = new Set<string>()
  for (const { name, position, value } of parameters) {
    const text = position === 0 ? value : caught[position]
    if (text === undefined || text === '') continue
    all[name] = text
    // What a stranger said names nothing.
    if (position === 0 && value.includes('{')) fixed.add(name)
    else fixed.delete(name)
  }
  const whole: Record<string, string> = {}
  for (const [name, value] of Object.entries(all)) {
    // A value may name one that was filled before.
    const isFixed = fixed.has(name)
    const text = isFixed ? interpolated(name, value, { ...all, ...whole }) : value
    if (text !== undefined) whole[name] = text.slice(0, INPUT_CHARACTERS_MAX)
  }
  return Object.fromEntries(Object.entries(whole).filter(([name]) => !name.startsWith('_tmp.')))
}

/** In a CPE what is unknown is `-`; other values can't do without it. */
function interpolated(name: string, value: string, all: Parameters): string | undefined {
  let isWhole = true
  const text = value.replace(/\{([^\s{}]+)\}/g, (_, other: string) => {
    const known = other === name ? undefined : all[other]
    if (known !== undefined) return known
    isWhole = false
    return '-'
  })
  return isWhole || /\.cpe23$/.test(name) ? text : undefined
}

/** A CPE in the form of 2.3, whether it is written so or as the URI of 2.2, as `cpe23` often is. */
export function cpe23Of(text: string): string | undefined {
  if (/^cpe:2\.3:[aho*-](:[^:]+){10}$/.test(text)) return text
  const [, part, rest] = /^cpe:\/([aho])((?::[^:]*){0,7})$/i.exec(text) ?? []
  if (part === undefined || rest === undefined) return undefined
  const parts = rest.split(':').slice(1).map(component)
  while (parts.length < 10) parts.push('*')
  return ['cpe', '2.3', part.toLowerCase(), ...parts].join(':')
}

function component(text: string): string {
  if (text === '' || text === '-') return text === '' ? '*' : '-'
  const plain = text.replace(/%([\da-f]{2})/gi, (_, code: string) =>
    String.fromCharCode(parseInt(code, 16)),
  )
  return plain.toLowerCase().replace(/[^\w.-]/g, '\\$&')
}
