/** Rows in columns for a terminal: aligned, cut to its width, and in colour where somebody looks. */

import { isatty } from 'node:tty'

const STDOUT = 1
const GAP = '  '

export const STYLES = {
  plain: '',
  bold: '\u001b[1m',
  dim: '\u001b[2m',
  red: '\u001b[31m',
  green: '\u001b[32m',
  yellow: '\u001b[33m',
} as const
export type Style = keyof typeof STYLES
const RESET = '\u001b[0m'

export interface TextColumn<Row> {
  readonly title: string
  readonly value: (row: Row) => string
  readonly max: number
  readonly right?: boolean
}

export interface Screen {
  /** Columns of the terminal; 0 is no limit. */
  readonly width: number
  readonly colour: boolean
}

export function screen(): Screen {
  const isTerminal = isatty(STDOUT)
  return {
    width: isTerminal ? (process.stdout.columns ?? 0) : 0,
    colour: isTerminal && process.env.NO_COLOR === undefined,
  }
}

export const styled = (text: string, style: Style, { colour }: Screen): string =>
  colour && style !== 'plain' && text !== '' ? `${STYLES[style]}${text}${RESET}` : text

export interface TextTable<Row> {
  readonly columns: readonly TextColumn<Row>[]
  /** How a whole row looks. */
  readonly style?: (row: Row) => Style
}

/** Columns in which no row says anything are left out. */
export function tableText<Row>(
  rows: readonly Row[],
  { columns, style = () => 'plain' }: TextTable<Row>,
  on: Screen,
): string {
  const cells = rows.map(row => columns.map(({ value }) => printable(value(row))))
  const shown = columns.map((_, i) => i).filter(i => cells.some(row => row[i] !== ''))
  const widths = columns.map(({ title, max }, i) =>
    Math.min(
      max,
      cells.reduce((most, row) => Math.max(most, row[i]!.length), title.length),
    ),
  )
  const line = (row: readonly string[]): string =>
    cut(
      shown
        .map(i => fit(row[i]!, widths[i]!, columns[i]!.right === true))
        .join(GAP)
        .trimEnd(),
      on.width > 0 ? on.width : Infinity,
    )
  const head = styled(line(columns.map(({ title }) => title)), 'bold', on)
  const lines = rows.map((row, i) => styled(line(cells[i]!), style(row), on))
  return [head, ...lines].map(text => `${text}\n`).join('')
}

/** What a stranger wrote must not move the cursor. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')

const fit = (text: string, width: number, right: boolean): string => {
  const short = cut(text, width)
  return right ? short.padStart(width) : short.padEnd(width)
}

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(width - 1, 0))}…`

/** `2026-11-21 10:00:00`, from RFC 3339. */
export const shortTime = (time: string | null): string =>
  time === null ? '' : time.slice(0, 19).replace('T', ' ')
