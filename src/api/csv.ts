/** Listings as CSV (RFC 4180) that no spreadsheet takes for formulas. */

type Json = Readonly<Record<string, unknown>>
export type Column = readonly [name: string, value: (row: Json) => unknown]

/** Of the row itself, or of its edits where a person may say it. */
const plain = (...names: readonly string[]): Column[] =>
  names.map(name => [name, row => row[name]] as const)

const listed = (...names: readonly string[]): Column[] =>
  names.map(name => [name, row => (row[name] as readonly unknown[]).join(' ')] as const)

const said = (...names: readonly string[]): Column[] =>
  names.map(name => [name, row => (row.edits as Json)[name]] as const)

interface Service {
  readonly transport: string
  readonly port: number
  readonly protocol: string | null
}

const serviceText = ({ transport, port, protocol }: Service): string =>
  [transport, port, ...(protocol === null ? [] : [protocol])].join('/')

export const DEVICE_COLUMNS: readonly Column[] = [
  ...plain('id'),
  ...listed('macs', 'ipv4', 'ipv6', 'vlans'),
  ['names', row => (row.names as readonly string[]).join(' | ')],
  ...plain('category', 'kind', 'vendor', 'model'),
  ['os', row => (row.os as Json | null)?.name],
  ['os_version', row => (row.os as Json | null)?.version],
  ...plain('firmware', 'serial', 'randomized_mac', 'routed'),
  ...listed('sub_addresses'),
  ...plain('behind'),
  ...listed('roles'),
  ...plain('site', 'zone', 'timezone', 'network', 'first_seen', 'last_seen', 'packets', 'bytes'),
  ...plain('status', 'new'),
  ['services', row => (row.services as readonly Service[]).map(serviceText).join(' ')],
  ...plain('risk'),
  ...said('authorized', 'importance'),
  ['tags', row => ((row.edits as Json).tags as readonly string[] | undefined)?.join(', ')],
  ...said('location', 'notes', 'owner', 'business_function'),
]

export const CONVERSATION_COLUMNS: readonly Column[] = [
  ...plain('from', 'to', 'scope', 'transport', 'port', 'protocol', 'name', 'packets'),
  ...plain('bytes_out', 'bytes_in', 'first_seen', 'last_seen', 'community_id'),
  ...plain('round_trip_smallest_us', 'round_trip_last_us'),
]

export const RECOMMENDATION_COLUMNS: readonly Column[] = [
  ...plain('id', 'title', 'device', 'status', 'severity', 'first', 'last', 'resolved', 'because'),
  ['accepted_by', row => (row.accepted as Json | null)?.by],
  ['accepted_until', row => (row.accepted as Json | null)?.until],
  [
    'evidence',
    row => (row.evidence as readonly Json[]).map(one => `${one.fact}=${one.value}`).join(' | '),
  ],
  ...plain('mend'),
]

export const FACT_COLUMNS: readonly Column[] = plain(
  ...['device', 'subject', 'fact', 'value', 'protocol', 'first', 'last', 'count'],
)

export const csvHead = (columns: readonly Column[]): string =>
  `${columns.map(([name]) => name).join(',')}\r\n`

export const csvLine = (columns: readonly Column[], row: Json): string =>
  `${columns.map(([, value]) => cell(value(row))).join(',')}\r\n`

/** Quoted where it must be, and never a formula to the spreadsheet that opens it. */
export function cell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const said = typeof value === 'string' ? value : JSON.stringify(value)
  const text = /^[=+\-@\t\r]/.test(said) ? `'${said}` : said
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Fields of one line of a table that was read. */
export type Cells = readonly string[]

/** Quotes that are not closed, or text behind them. */
export class CsvError extends Error {}

const ROWS_MAX = 250_000
const CELLS_MAX = 64

/** The rows of CSV, whatever ends its lines; throws a CsvError. */
export function* readCsv(text: string): Generator<Cells> {
  let row: string[] = []
  let rows = 0
  let at = text.startsWith('\ufeff') ? 1 : 0
  const plainCell = /[^,\r\n]*/y
  const quotedCell = /"((?:[^"]|"")*)"/y
  while (at < text.length) {
    const pattern = text[at] === '"' ? quotedCell : plainCell
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) throw new CsvError(`line ${String(rows + 1)}: a quote is not closed`)
    row.push(match[1] === undefined ? match[0] : match[1].replaceAll('""', '"'))
    if (row.length > CELLS_MAX) throw new CsvError(`line ${String(rows + 1)}: too many fields`)
    at += match[0].length
    const isEnd = at >= text.length || text[at] === '\r' || text[at] === '\n'
    if (!isEnd && text[at] !== ',') {
      throw new CsvError(`line ${String(rows + 1)}: text behind a quote`)
    }
    if (!isEnd) {
      at++
      if (at === text.length) row.push('')
      continue
    }
    at += text.startsWith('\r\n', at) ? 2 : 1
    if (++rows > ROWS_MAX) throw new CsvError(`more than ${String(ROWS_MAX)} lines`)
    if (row.length > 1 || row[0] !== '') yield row
    row = []
  }
}
