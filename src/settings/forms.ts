/** The forms a value may have: how it is read, how it should read instead, and the same as JSON Schema. */

/** A JSON Schema of one value. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** How a value that can't be taken should read. */
export class Refused {
  readonly mend: string

  constructor(mend: string) {
    this.mend = mend
  }
}

/** Gives the value, or `Refused` with what to write instead. */
export type Read<T> = (written: unknown) => T | Refused

/** What the keys of a value are that has some; its `read` is given those that are written. */
export type FieldForms = Readonly<Record<string, One<unknown>>>

export interface One<T> {
  readonly kind: 'one'
  readonly read: Read<T>
  readonly json: JsonSchema
}

export interface Many<T> {
  readonly kind: 'many'
  readonly read: Read<T>
  /** Of one entry. */
  readonly json: JsonSchema
  /** Entries have keys. */
  readonly fields?: FieldForms
  readonly max: number
  /** A word that may stand in place of the list. */
  readonly word?: string
  /** No entry may stand twice. */
  readonly unique?: boolean
}

export type Form = One<unknown> | Many<unknown>

interface Range {
  readonly min: number
  readonly max: number
}

const UNITS = {
  bytes: {
    B: 1,
    kB: 1e3,
    KB: 1e3,
    KiB: 1024,
    MB: 1e6,
    MiB: 1024 ** 2,
    GB: 1e9,
    GiB: 1024 ** 3,
    TB: 1e12,
    TiB: 1024 ** 4,
  },
  ms: { ms: 1, s: 1000, min: 60_000, h: 3_600_000 },
} as const

const AMOUNT = /^(\d{1,15})\s?([A-Za-z]+)$/

export const isWhole = (written: unknown, { min, max }: Range): written is number =>
  typeof written === 'number' && Number.isInteger(written) && written >= min && written <= max

/** A whole number. */
export function whole(range: Range): One<number> {
  const { min, max } = range
  return {
    kind: 'one',
    read: written =>
      isWhole(written, range) ? written : new Refused(`write a whole number from ${min} to ${max}`),
    json: { type: 'integer', minimum: min, maximum: max },
  }
}

/** A whole number, or the sensor chooses. */
export function wholeOrAuto(range: Range): One<number | 'auto'> {
  const number = whole(range)
  return {
    kind: 'one',
    read(written) {
      if (written === 'auto') return 'auto'
      const known = number.read(written)
      return known instanceof Refused ? new Refused(`${known.mend}, or auto`) : known
    },
    json: { anyOf: [{ const: 'auto' }, number.json] },
  }
}

/** A number of bytes or milliseconds, which may be written with a larger unit: `512KiB`, `2s`. */
export function amount(unit: keyof typeof UNITS, range: Range, example: string): One<number> {
  const units: Readonly<Record<string, number>> = UNITS[unit]
  const { min, max } = range
  return {
    kind: 'one',
    read(written) {
      const [, count, name] = AMOUNT.exec(typeof written === 'string' ? written : '') ?? []
      const factor = name !== undefined && Object.hasOwn(units, name) ? units[name]! : NaN
      const known = typeof written === 'number' ? written : Number(count) * factor
      return isWhole(known, range)
        ? known
        : new Refused(`write ${unit} from ${min} to ${max}, or like ${example}`)
    },
    json: {
      anyOf: [
        { type: 'integer', minimum: min, maximum: max },
        { type: 'string', pattern: `^\\d{1,15} ?(${Object.keys(units).join('|')})$` },
      ],
    },
  }
}

/** One of some words. */
export function choice<const Word extends string>(...words: readonly Word[]): One<Word> {
  const last = words.at(-1) ?? ''
  return {
    kind: 'one',
    read: written =>
      words.find(word => word === written) ??
      new Refused(`write ${words.slice(0, -1).join(', ')} or ${last}`),
    json: { enum: words },
  }
}

export const flag: One<boolean> = {
  kind: 'one',
  read: written => (typeof written === 'boolean' ? written : new Refused('write true or false')),
  json: { type: 'boolean' },
}

/** Words of a pattern; `mend` says which. */
export function text(pattern: RegExp, mend: string): One<string> {
  return {
    kind: 'one',
    read: written =>
      typeof written === 'string' && pattern.test(written) ? written : new Refused(mend),
    json: { type: 'string', pattern: pattern.source },
  }
}
