/** Words that come again and again, as small numbers: names of facts, protocols, proofs, fields. */

import type { Connection, Statement } from './connection.js'
import { WORDS_MAX } from './limits.js'

interface WordRow {
  readonly number: number
  readonly text: string
}

/** For the one who writes. 0 is no word. */
export class Words {
  private readonly numbers = new Map<string, number>()
  private readonly insert: Statement
  private readonly all: Statement<WordRow>

  constructor(db: Connection) {
    this.insert = db.prepare('INSERT INTO words (text) VALUES (?)')
    this.all = db.prepare<unknown[], WordRow>('SELECT number, text FROM words')
    this.reload()
  }

  /** Must be called when a transaction that may have made words was rolled back. */
  reload(): void {
    this.numbers.clear()
    for (const { number, text } of this.all.iterate()) this.numbers.set(text, number)
  }

  number(text: string | null): number {
    if (text === null || text === '') return 0
    return this.numbers.get(text) ?? this.make(text)
  }

  /** The numbers of all words of a form. */
  matching(form: RegExp): number[] {
    return [...this.numbers].filter(([text]) => form.test(text)).map(([, number]) => number)
  }

  private make(text: string): number {
    if (this.numbers.size >= WORDS_MAX) throw new Error(`more than ${WORDS_MAX} distinct words`)
    const number = Number(this.insert.run(text).lastInsertRowid)
    this.numbers.set(text, number)
    return number
  }
}
