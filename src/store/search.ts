/** The text of each device that is searched, and an index of its groups of three letters. */

import type { Connection, Statement } from './connection.js'
import type { Condition } from './filters.js'
import { CANDIDATES_MAX, GRAMS_MAX, Q_CHARACTERS_MAX, Q_WORDS_MAX } from './limits.js'
import { QueryError } from './query-error.js'

/**
 * For the one who writes. The text is there at once; the index follows when there is time, since it
 * costs more than all else that is written of a device. Until then its text is looked at itself.
 */
export class Search {
  private readonly read: Statement<SearchRow>
  private readonly write: Statement
  private readonly late: Statement<SearchRow>
  private readonly fresh: Statement
  private readonly index: Statement
  private readonly unindex: Statement

  constructor(db: Connection) {
    this.read = db.prepare<unknown[], SearchRow>('SELECT * FROM searches WHERE device = ?')
    this.write = db.prepare(`INSERT INTO searches (device, text, stale) VALUES (?, ?, '')
      ON CONFLICT DO UPDATE SET stale = coalesce(stale, text), text = excluded.text`)
    this.late = db.prepare<unknown[], SearchRow>(`${STALE} LIMIT ?`)
    this.fresh = db.prepare('UPDATE searches SET stale = NULL WHERE device = ?')
    this.index = db.prepare('INSERT INTO grams (rowid, text) VALUES (?, ?)')
    this.unindex = db.prepare("INSERT INTO grams (grams, rowid, text) VALUES ('delete', ?, ?)")
  }

  put(device: number, text: string): void {
    if (this.read.get(device)?.text !== text) this.write.run(device, text)
  }

  /** Brings the index up to date for so many devices; how many there were. */
  catchUp(most: number): number {
    const rows = this.late.all(most)
    for (const { device, text, stale } of rows) {
      if (stale) this.unindex.run(device, stale)
      this.index.run(device, text)
      this.fresh.run(device)
    }
    return rows.length
  }

  /** Whether there is something to catch up with. */
  get isLate(): boolean {
    return this.late.all(1).length > 0
  }

  /** Takes it out of the index; the text itself goes with its device. */
  remove(device: number): void {
    const row = this.read.get(device)
    const indexed = row === undefined ? '' : (row.stale ?? row.text)
    if (indexed !== '') this.unindex.run(device, indexed)
  }
}

interface SearchRow {
  readonly device: number
  readonly text: string
  readonly stale: string | null
}

const STALE = 'SELECT * FROM searches WHERE stale IS NOT NULL'

/** Devices that have all groups of letters, or may: what is bound is what `gramsOf` gives. */
export const CANDIDATES = `SELECT rowid FROM grams WHERE grams MATCH ?
  UNION ALL SELECT device FROM searches WHERE stale IS NOT NULL`
const COUNT = `SELECT count(*) FROM (${CANDIDATES} LIMIT ${CANDIDATES_MAX + 1})`

const BY_TEXT = 'searches CROSS JOIN devices ON devices.number = searches.device'
const BY_ORDER = 'devices CROSS JOIN searches ON searches.device = devices.number'

export interface Searched {
  readonly from: string
  readonly conditions: readonly Condition[]
}

/** The groups of three letters in some words, as the index wants them; none where all are shorter. */
export function gramsOf(words: readonly string[]): string | undefined {
  const grams = new Set<string>()
  for (const word of words) {
    const letters = [...word]
    for (let i = 0; i + 3 <= letters.length && grams.size < GRAMS_MAX; i++) {
      grams.add(letters.slice(i, i + 3).join(''))
    }
  }
  if (grams.size === 0) return undefined
  return [...grams].map(gram => `"${gram.replaceAll('"', '""')}"`).join(' AND ')
}

/** Every word of `q` must stand somewhere in the text. `prepare` prepares what answers with numbers. */
export function searchFor(
  q: string,
  isOrdered: boolean,
  prepare: (sql: string) => Statement<number>,
): Searched {
  const words = wordsOf(q)
  const conditions = words.map(word => ({ sql: 'instr(searches.text, ?) > 0', values: [word] }))
  const grams = gramsOf(words)
  if (grams === undefined) return { from: BY_TEXT, conditions }
  const count = prepare(COUNT).pluck().get(grams) ?? 0
  // What stands in so many texts is found soon, wherever one begins.
  if (count > CANDIDATES_MAX) return { from: isOrdered ? BY_ORDER : BY_TEXT, conditions }
  const candidates = { sql: `searches.device IN (${CANDIDATES})`, values: [grams] }
  return { from: BY_TEXT, conditions: [candidates, ...conditions] }
}

function wordsOf(q: string): string[] {
  if (q.length > Q_CHARACTERS_MAX) {
    const mend = `search with up to ${Q_CHARACTERS_MAX} characters`
    throw new QueryError('too_long', 'q is too long', mend)
  }
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  return words.slice(0, Q_WORDS_MAX).map(spelt)
}

/** Hardware addresses are searched as they are stored, however they are written. */
function spelt(word: string): string {
  if (/^([0-9a-f]{2}-){2,5}[0-9a-f]{0,2}$/.test(word)) return word.replaceAll('-', ':')
  if (/^([0-9a-f]{4}\.){1,2}[0-9a-f]{4}$/.test(word)) {
    return word.replaceAll('.', '').replace(/..(?=.)/g, '$&:')
  }
  return word
}
