/** Rows of CSV (RFC 4180), or of text between tabs. */

import { RuleError } from '../../conditions/entry.js'

export interface CsvRow {
  readonly cells: readonly string[]
  readonly line: number
}

const ROWS_MAX = 500_000

/** Throws a RuleError where a quote is never closed. */
export function csvRows(text: string, file: string): CsvRow[] {
  const plain = text.replace(/^\uFEFF/, '')
  const separator = /^[^\n]*\t/.test(plain) ? '\t' : ','
  const rows: CsvRow[] = []
  let line = 1
  let at = 0
  while (at < plain.length && rows.length < ROWS_MAX) {
    const begun = line
    const cells: string[] = []
    for (;;) {
      const cell = cellAt(plain, at, separator)
      if (cell === undefined) {
        throw new RuleError(`${file}:${String(begun)}: a quote is not closed: close it`)
      }
      cells.push(cell.text)
      for (const character of plain.slice(at, cell.end)) if (character === '\n') line++
      at = cell.end
      if (plain[at] !== separator) break
      at++
    }
    if (plain[at] === '\r') at++
    if (plain[at] === '\n') {
      at++
      line++
    }
    if (cells.some(cell => cell !== '')) rows.push({ cells, line: begun })
  }
  return rows
}

function cellAt(
  text: string,
  at: number,
  separator: string,
): { text: string; end: number } | undefined {
  if (text[at] !== '"') {
    let end = at
    while (end < text.length && text[end] !== separator && text[end] !== '\n') end++
    const hasReturn = text[end - 1] === '\r' && end > at && text[end] !== separator
    const stop = hasReturn ? end - 1 : end
    return { text: text.slice(at, stop).trim(), end: stop }
  }
  let cell = ''
  let i = at + 1
  for (;;) {
    const quote = text.indexOf('"', i)
    if (quote < 0) return undefined
    cell += text.slice(i, quote)
    i = quote + 1
    if (text[i] !== '"') break
    cell += '"'
    i++
  }
  while (i < text.length && text[i] !== separator && text[i] !== '\n' && text[i] !== '\r') i++
  return { text: cell.trim(), end: i }
}
