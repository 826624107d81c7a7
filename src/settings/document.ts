/** From a configuration's text to its settings: every key known, every value of its form. */

import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml'
import type { Document, Node, Pair, YAMLMap } from 'yaml'
import { excessOf } from './bounds.js'
import { SettingsError, quoted, type Place } from './errors.js'
import { Refused, type FieldForms, type Form } from './forms.js'
import { nearest } from './nearest.js'
import { conflictIn, defaults, schema, type AnySchema, type Settings } from './schema.js'

/** What the YAML parser's more frequent complaints are about, and the mend. */
const FAULTS: Readonly<Record<string, readonly [what: string, mend: string]>> = {
  TAB_AS_INDENT: ['a tab as indentation', 'indent with spaces'],
  MULTIPLE_DOCS: ['several documents in one file', 'keep one, and take the --- out'],
  TAG_RESOLVE_FAILED: ['an unknown tag', 'take it out'],
}
const MEND = 'check colons, quotes, brackets and indentation here'
const WORDS_MAX = 100

/** The settings this text makes, or a SettingsError that says where in `file` it is wrong. */
export function settingsIn(text: string, file: string): Settings {
  return new Reader(text, file).settings()
}

class Reader {
  private readonly text: string
  private readonly file: string

  constructor(text: string, file: string) {
    this.text = text
    this.file = file
  }

  settings(): Settings {
    const root = this.document().contents
    const chosen = defaults() as unknown as Record<string, Record<string, unknown>>
    const written = new Map<string, unknown>()
    for (const section of this.pairs(root, '', Object.keys(schema))) {
      const { name } = section
      const keys = (schema as unknown as AnySchema)[name]!
      for (const key of this.pairs(section.value, name, Object.keys(keys))) {
        chosen[name]![key.name] = this.value(key, `${name}.${key.name}`, keys[key.name]!.form)
        written.set(`${name}.${key.name}`, key.value)
      }
    }
    const settings = chosen as unknown as Settings
    this.refuseConflicts(settings, written)
    return settings
  }

  /** What is right alone and wrong together. */
  private refuseConflicts(settings: Settings, written: ReadonlyMap<string, unknown>): void {
    const conflict = conflictIn(settings)
    if (!conflict) return
    const name = `${conflict.section}.${conflict.key}`
    const node = written.get(name)
    const what = `${quoted(name)} can't be ${quoted(this.source(node))}`
    throw this.wrong(what, this.at(node), conflict.mend)
  }

  private document(): Document {
    const excess = excessOf(this.text)
    if (excess) throw this.wrong(excess.what, this.place(excess.at), excess.mend)
    // Whether keys are unique is asked below: the parser compares each with all others.
    const options = { prettyErrors: false, uniqueKeys: false }
    const document = parseDocument(this.text, options)
    const fault = document.errors[0] ?? document.warnings[0]
    if (fault) {
      const [what, mend] = FAULTS[fault.code] ?? [broken(fault.message), MEND]
      throw this.wrong(what, this.place(fault.pos[0]), mend)
    }
    // An alias repeats what it stands for: a few lines of them are a thousand million values.
    visit(document, {
      Alias: (_, alias) => {
        throw this.wrong('aliases are not followed', this.at(alias), 'write the value itself')
      },
    })
    return document as Document
  }

  /** What a section holds, by known names; nothing at all is an empty section. */
  private pairs(node: unknown, section: string, known: readonly string[]): Entry[] {
    if (isEmpty(node)) return []
    if (!isMap(node)) {
      const what = section === '' ? 'no sections' : `${quoted(section)} is no section`
      throw this.wrong(
        what,
        this.at(node),
        `known ones here: ${known.map(name => `${name}:`).join(', ')}`,
      )
    }
    const seen = new Set<string>()
    return (node as YAMLMap).items.map(pair => {
      const name = this.name(pair, section, known)
      if (seen.has(name)) {
        throw this.wrong(`${quoted(name)} stands twice`, this.at(pair.key), 'keep one of them')
      }
      seen.add(name)
      return { name, key: pair.key, value: pair.value }
    })
  }

  private name({ key }: Pair, section: string, known: readonly string[]): string {
    const word: unknown = isScalar(key) ? key.value : undefined
    if (typeof word === 'string' && known.includes(word)) return word
    const what = section === '' ? 'unknown section' : `unknown key in ${quoted(section)}`
    const name = isScalar(key) ? word : String(key)
    throw this.wrong(`${what}: ${quoted(name)}`, this.at(key), meant(String(word), section, known))
  }

  private value({ key, value }: Entry, name: string, form: Form): unknown {
    if (isEmpty(value)) {
      throw this.wrong(
        `${quoted(name)} has no value`,
        this.at(key),
        'give it one, or take the key out',
      )
    }
    if (form.kind === 'one') return this.one(value, name, form)
    if (form.word !== undefined && isScalar(value) && value.value === form.word) return form.word
    if (!isSeq(value)) {
      throw this.wrong(
        `${quoted(name)} is no list`,
        this.at(value),
        `write it as [${this.source(value)}]`,
      )
    }
    const beyond = value.items[form.max]
    if (beyond !== undefined) {
      throw this.wrong(
        `${quoted(name)} is too long`,
        this.at(beyond),
        `${form.max} entries at most`,
      )
    }
    const known = value.items.map(item => this.one(item, name, form))
    const again = form.unique ? known.findIndex((one, i) => known.indexOf(one) < i) : -1
    if (again < 0) return known
    const twice = this.source(value.items[again])
    throw this.wrong(
      `${quoted(twice)} stands twice`,
      this.at(value.items[again]),
      'keep one of them',
    )
  }

  private one(node: unknown, name: string, form: Form): unknown {
    const fields = form.kind === 'many' ? form.fields : undefined
    const plain = isScalar(node) ? node.value : undefined
    const known = form.read(
      fields !== undefined && isMap(node) ? this.fields(node, name, fields) : plain,
    )
    if (!(known instanceof Refused)) return known
    throw this.wrong(
      `${quoted(name)} can't be ${quoted(this.source(node))}`,
      this.at(node),
      known.mend,
    )
  }

  private fields(node: YAMLMap, name: string, forms: FieldForms): Record<string, unknown> {
    const known = this.pairs(node, name, Object.keys(forms))
    return Object.fromEntries(
      known.map(key => [key.name, this.value(key, `${name}.${key.name}`, forms[key.name]!)]),
    )
  }

  /** A value as it was written. */
  private source(node: unknown): string {
    const range = isNode(node) ? node.range : undefined
    return range ? this.text.slice(range[0], Math.min(range[1], range[0] + 100)).trim() : ''
  }

  private at(node: unknown): Place {
    return this.place(isNode(node) ? ((node as Node).range?.[0] ?? 0) : 0)
  }

  private place(at: number): Place {
    const before = this.text.slice(0, at)
    const line = before.split('\n').length
    return { file: this.file, line, column: at - before.lastIndexOf('\n') }
  }

  private wrong(what: string, place: Place, mend: string): SettingsError {
    return new SettingsError(what, place, mend)
  }
}

interface Entry {
  readonly name: string
  readonly key: unknown
  readonly value: unknown
}

const isEmpty = (node: unknown): boolean =>
  node === null || node === undefined || (!isAlias(node) && isScalar(node) && node.value === null)

/** The parser's own words, in one short line. */
const broken = (message: string): string =>
  `not valid YAML (${message.split('\n')[0]!.slice(0, WORDS_MAX)})`

/** The nearest known word, wherever it belongs; else all that are known here. */
function meant(word: string, section: string, known: readonly string[]): string {
  const here = nearest(word, known)
  if (here !== undefined) return `did you mean ${quoted(here)}?`
  const there = elsewhere(word, section)
  if (there !== undefined) return `did you mean ${there}?`
  const whole = section === '' ? 'sections' : 'keys'
  return `known ${whole} here: ${known.join(', ')}`
}

/** The nearest word that other sections know, and all of them that do: `workers` in `read`. */
function elsewhere(word: string, section: string): string | undefined {
  const others = Object.entries(schema as unknown as AnySchema).filter(([name]) => name !== section)
  const there = nearest(
    word,
    others.flatMap(([, keys]) => Object.keys(keys)),
  )
  if (there === undefined) return undefined
  const homes = others.filter(([, keys]) => Object.hasOwn(keys, there))
  return `${quoted(there)} in ${homes.map(([name]) => quoted(name)).join(' or ')}`
}
