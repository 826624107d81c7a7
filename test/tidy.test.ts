/** Style is a test: rooms and the way imports point, sizes, names, and how a parser may read. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))

const FILE_LINES_MAX = 400
const FUNCTION_LINES_MAX = 50

/** A room, and the rooms it may import from. Rooms that are not named here may import anything. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  bytes: [],
  settings: [],
  model: ['bytes'],
  layers: ['bytes'],
  protocols: ['bytes', 'model'],
  capture: ['bytes', 'model'],
  hearing: ['bytes', 'model', 'layers', 'protocols', 'capture'],
  identity: ['model', 'bytes', 'settings'],
  conditions: ['model', 'bytes', 'settings'],
  rules: ['model', 'bytes', 'settings', 'conditions'],
  findings: ['model', 'bytes', 'settings', 'conditions'],
  store: ['model', 'bytes', 'settings'],
  metrics: ['model', 'bytes', 'settings'],
  plan: ['model', 'store', 'settings', 'metrics'],
  hunt: ['model', 'store', 'settings', 'metrics'],
  outbox: ['model', 'store', 'settings', 'metrics'],
  forward: ['model', 'store', 'settings', 'metrics'],
  hub: ['model', 'store', 'settings', 'metrics', 'identity', 'plan'],
  api: ['model', 'store', 'settings'],
  sensor: [
    'bytes',
    'model',
    'settings',
    'layers',
    'protocols',
    'capture',
    'hearing',
    'identity',
    'findings',
    'metrics',
    'api',
    'store',
  ],
}
const FREE_ROOMS = ['cli', 'main.ts', 'worker.ts', 'listener.ts']

/** Rooms in which time is passed in and the environment is nobody's business. */
const TIMELESS = ['bytes', 'model', 'layers', 'protocols', 'hearing', 'identity']

const FOLDERS_REFUSED = ['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'misc', 'lib']
const WORDS_REFUSED =
  /^(manager|helpers?|utils?|utilities|data|info|handle[rs]?|handlers|process|processor)$/i
const LEFT_OPEN = new RegExp(
  `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`,
)

/** What a parser must not do: the cursor does it, within bounds. */
const PARSER_PROPERTIES_REFUSED = ['subarray', 'slice', 'toString']
const NO_PARSERS = ['protocol.ts', 'index.ts']

interface Source {
  /** From the repository's root: `src/bytes/cursor.ts`. */
  readonly path: string
  readonly text: string
  readonly tree: ts.SourceFile
}

const sources = ['src', 'fixtures', 'test'].flatMap(room => readRoom(room))
const inSrc = sources.filter(source => source.path.startsWith('src/'))
const parsers = inSrc.filter(
  ({ path }) => roomOf(path) === 'protocols' && !NO_PARSERS.includes(basename(path)),
)

function readRoom(room: string): Source[] {
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .sort()
    .map(name => {
      const path = `${room}/${name}`
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }
    })
}

/** `bytes` for src/bytes/cursor.ts, `main.ts` for src/main.ts, `test` for all of test/. */
function roomOf(path: string): string {
  const [top = '', room = ''] = path.split('/')
  return top === 'src' ? room : top
}

function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node
  const below: ts.Node[] = []
  ts.forEachChild(node, child => void below.push(child))
  for (const child of below) yield* nodes(child)
}

const place = (source: Source, node: ts.Node): string =>
  `${source.path}:${String(lineOf(source, node.getStart(source.tree)))}`

const lineOf = (source: Source, at: number): number =>
  source.tree.getLineAndCharacterOfPosition(at).line + 1

/** Says what is wrong, one line each, rather than how many there are. */
function holds(t: Test, complaints: readonly string[], rule: string): void {
  t.equal(complaints.join('\n'), '', rule)
}

/** Complaints about all nodes of all these sources: `look` answers with one, or with ''. */
function search(among: readonly Source[], look: (node: ts.Node, from: Source) => string): string[] {
  return among.flatMap(source =>
    [...nodes(source.tree)].flatMap(node => {
      const complaint = look(node, source)
      return complaint === '' ? [] : [`${place(source, node)} ${complaint}`]
    }),
  )
}

function importsOf(source: Source): string[] {
  return [...nodes(source.tree)].flatMap(node => {
    const names =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined
    return names !== undefined && ts.isStringLiteral(names) ? [names.text] : []
  })
}

function importComplaint(source: Source, specifier: string): string {
  const from = roomOf(source.path)
  if (!specifier.startsWith('.')) {
    const packageFree = ['bytes', 'model', 'layers'].includes(from)
    return packageFree ? `${source.path} imports ${specifier}; ${from}/ stands alone` : ''
  }
  const to = roomOf(normalize(join(dirname(source.path), specifier)))
  if (from === to || from === 'test' || FREE_ROOMS.includes(from)) return ''
  const allowed = ROOMS[from] ?? []
  return allowed.includes(to) ? '' : `${source.path} imports ${specifier} from ${to}/`
}

t.test('imports point downwards', t => {
  const complaints = sources.flatMap(source =>
    importsOf(source)
      .map(specifier => importComplaint(source, specifier))
      .filter(complaint => complaint !== ''),
  )
  holds(t, complaints, 'each room imports only from the rooms below it')
  const rooms = new Set(inSrc.map(({ path }) => roomOf(path)))
  const unknown = [...rooms].filter(room => !(room in ROOMS) && !FREE_ROOMS.includes(room))
  holds(t, unknown, 'every room of src/ has its place in the order')
  t.end()
})

t.test('files and functions stay short', t => {
  const long = sources.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1
    return lines > FILE_LINES_MAX ? [`${path} has ${String(lines)} lines`] : []
  })
  holds(t, long, `no file has more than ${String(FILE_LINES_MAX)} lines`)
  const complaints = search(sources, (node, source) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return ''
    const lines = lineOf(source, node.end) - lineOf(source, node.getStart(source.tree)) + 1
    return lines > FUNCTION_LINES_MAX ? `a function of ${String(lines)} lines` : ''
  })
  holds(t, complaints, `no function has more than ${String(FUNCTION_LINES_MAX)} lines`)
  t.end()
})

t.test('a file opens with a sentence that says what it is', t => {
  const silent = sources.filter(({ text }) => !/^(#!.*\n)?\/\*\*/.test(text))
  holds(
    t,
    silent.map(({ path }) => path),
    'every file begins with a doc comment',
  )
  t.end()
})

/** `rowsMax` is rows and Max; `ROWS_MAX` is ROWS and MAX. */
const wordsOf = (name: string): string[] =>
  name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').split(/[ _$-]+/)

const isExported = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

function exportedNames(statement: ts.Statement): string[] {
  if (!isExported(statement)) return []
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText())
  }
  const named = statement as ts.Statement & { name?: ts.Node }
  return named.name === undefined ? [] : [named.name.getText()]
}

t.test('names say what a thing is', t => {
  const folders = sources.filter(({ path }) =>
    dirname(path)
      .split('/')
      .some(folder => FOLDERS_REFUSED.includes(folder)),
  )
  holds(
    t,
    folders.map(({ path }) => path),
    'no folder is a drawer for odds and ends',
  )
  const names = sources.flatMap(({ path, tree }) => [
    `${path} ${basename(path, '.ts')}`,
    ...tree.statements.flatMap(exportedNames).map(name => `${path} ${name}`),
  ])
  const vague = names.filter(line =>
    wordsOf(line.slice(line.lastIndexOf(' ') + 1)).some(word => WORDS_REFUSED.test(word)),
  )
  holds(t, vague, 'no name of a file or an export has a word that could mean anything')
  const cased = sources.filter(
    ({ path }) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(basename(path)),
  )
  holds(
    t,
    cased.map(({ path }) => path),
    'files are named in kebab-case',
  )
  t.end()
})

t.test('the shape of modules is one', t => {
  const complaints = search(inSrc, node => {
    if (ts.isExportAssignment(node)) return 'a default export'
    if (ts.isStatement(node) && isExported(node)) {
      const modifiers = ts.canHaveModifiers(node) ? (ts.getModifiers(node) ?? []) : []
      if (modifiers.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword)) {
        return 'a default export'
      }
    }
    if (!ts.isHeritageClause(node) || node.token !== ts.SyntaxKind.ExtendsKeyword) return ''
    const parent = node.types[0]?.expression.getText() ?? ''
    return ts.isClassLike(node.parent) && !parent.endsWith('Error') ? `inherits ${parent}` : ''
  })
  holds(t, complaints, 'exports are named, and only errors inherit')
  t.end()
})

t.test('time and the environment are passed in', t => {
  const timeless = inSrc.filter(({ path }) => TIMELESS.includes(roomOf(path)))
  const complaints = search(timeless, node => {
    if (ts.isPropertyAccessExpression(node)) {
      const text = node.getText()
      return ['Date.now', 'performance.now', 'process.env'].includes(text) ? text : ''
    }
    const fresh = ts.isNewExpression(node) && node.expression.getText() === 'Date'
    return fresh && (node.arguments?.length ?? 0) === 0 ? 'new Date()' : ''
  })
  holds(t, complaints, `${TIMELESS.join(', ')} read neither`)
  t.end()
})

function parserComplaint(node: ts.Node): string {
  if (ts.isThrowStatement(node)) return 'throws'
  if (ts.isTryStatement(node)) return 'tries'
  if (ts.isForStatement(node) || ts.isForInStatement(node) || ts.isForOfStatement(node)) {
    return ts.isSourceFile(node.parent) ? '' : 'has a for loop'
  }
  if (ts.isDoStatement(node)) return 'has a do loop'
  if (ts.isWhileStatement(node) && !ts.isBinaryExpression(node.expression)) {
    return 'has a loop whose condition compares nothing'
  }
  if (ts.isPropertyAccessExpression(node) && PARSER_PROPERTIES_REFUSED.includes(node.name.text)) {
    return `calls .${node.name.text}`
  }
  const indexes =
    ts.isElementAccessExpression(node) && /(^|\.)bytes$/.test(node.expression.getText())
  return indexes ? 'indexes bytes' : ''
}

t.test('a parser reads by its cursor alone', t => {
  holds(t, search(parsers, parserComplaint), 'no exception, copy, index or unbounded loop')
  t.end()
})

/** The name that a file's `export const rfb: Protocol = { name: 'rfb' }` gives itself. */
function protocolName({ tree }: Source): string | undefined {
  for (const statement of tree.statements.filter(ts.isVariableStatement)) {
    for (const { type, initializer } of statement.declarationList.declarations) {
      if (type?.getText() !== 'Protocol' || !initializer) continue
      const name = /\bname: '([^']*)'/.exec(initializer.getText())
      if (name) return name[1]
    }
  }
  return undefined
}

t.test('a protocol has one name from end to end', t => {
  const list = inSrc.find(({ path }) => path === 'src/protocols/index.ts')?.text ?? ''
  const complaints = parsers.flatMap(source => {
    const name = protocolName(source)
    if (name === undefined) return []
    return [
      ...(basename(source.path, '.ts') === name ? [] : [`${source.path} calls itself ${name}`]),
      ...(list.includes(`'./${name}.js'`) ? [] : [`${name} is not in protocols/index.ts`]),
      ...(existsSync(join(root, 'fixtures/protocols', name)) ? [] : [`${name} has no fixtures`]),
    ]
  })
  holds(t, complaints, 'its file, its place in the list and its fixtures agree')
  t.end()
})

t.test('nothing is left open', t => {
  const complaints = sources.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, i) =>
        LEFT_OPEN.test(line) ? [`${path}:${String(i + 1)} ${line.trim()}`] : [],
      ),
  )
  holds(t, complaints, 'no note to do something later')
  const hidden = sources.flatMap(({ path, text }) =>
    path.startsWith('test/') && /\bt\.(skip|todo|only)\b|\{ *(skip|todo|only):/.test(text)
      ? path === 'test/tidy.test.ts'
        ? []
        : [path]
      : [],
  )
  holds(t, hidden, 'no test is switched off')
  t.end()
})
