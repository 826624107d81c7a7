/** What is wrong with a configuration, where, and how a person mends it. */

/** A place in a file; line and column count from 1. */
export interface Place {
  readonly file: string
  readonly line?: number
  readonly column?: number
}

const WORD_MAX = 60
const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu

/** The message is the line to show: what happened, where, how to mend it. */
export class SettingsError extends Error {
  /** The exit status it deserves: the configuration is wrong. */
  readonly status = 2
  readonly what: string
  readonly place: Place
  readonly mend: string

  constructor(what: string, place: Place, mend: string) {
    super(`${what}: ${placeText(place)}: ${mend}`)
    this.name = 'SettingsError'
    this.what = what
    this.place = place
    this.mend = mend
  }
}

function placeText({ file, line, column }: Place): string {
  const name = printable(file)
  return line === undefined || column === undefined ? name : `${name}:${line}:${column}`
}

/** A stranger's word, fit for one line. */
export function quoted(word: unknown): string {
  const text = printable(typeof word === 'string' ? word : (JSON.stringify(word) ?? String(word)))
  return `\`${text.length > WORD_MAX ? `${text.slice(0, WORD_MAX - 1)}…` : text}\``
}

const printable = (text: string): string => text.replace(CONTROLS, ' ')
