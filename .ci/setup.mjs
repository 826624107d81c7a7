/**
 * Sets up whatever a clone lacks: packages, the native addon, the compiled program.
 *
 * It uses Node's own modules only, since nothing else may be there yet. It says on stderr what it
 * is going to do before it does it, leaves stdout to the program, and is quick when nothing is
 * missing: what was built from which files is kept as hashes beside the packages.
 */

import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { argv, env, execPath, getuid, stderr, versions } from 'node:process'
import { fileURLToPath } from 'node:url'
import { locked } from './lock.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const main = join(root, 'dist/onlooker/main.js')

const NODE_MIN = [20, 19]
const PACKAGES = join(root, 'node_modules')
const STAMP = join(PACKAGES, '.onlooker-setup.json')
const ADDON = join(root, 'native/build/Release/onlooker.node')
const LINK = join(PACKAGES, '.bin/onlooker')
const PROGRAM = '../../dist/onlooker/main.js'
const COMPILED = ['src', 'fixtures', 'test']

/** What the addon needs of the system, by Debian package. */
const SYSTEM = {
  'libpcap-dev': () => ['/usr/include', '/usr/local/include'].some(d => existsSync(`${d}/pcap.h`)),
  'g++': () => onPath('g++') || onPath('c++'),
  make: () => onPath('make'),
  python3: () => onPath('python3'),
}

export class SetUpFailed extends Error {}

export const say = line => stderr.write(`setup: ${line}\n`)

/** Makes everything ready; throws SetUpFailed with one line a person can act on. */
export async function setUp({ compile = true } = {}) {
  checkNode()
  if (isReady(compile)) return
  await locked(
    join(root, 'dist/.setup-lock'),
    () => {
      installPackages()
      buildAddon()
      if (compile && !isCompiled() && !compileAll(2)) {
        throw new SetUpFailed('the program does not compile; the compiler said why above')
      }
    },
    owner => say(`process ${owner} is setting up already; waiting for it`),
  )
}

const isReady = compile =>
  packagesAgree() && (addonAgrees() || addonGivenUp()) && (!compile || isCompiled())

function checkNode() {
  const [major, minor] = versions.node.split('.').map(Number)
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return
  throw new SetUpFailed(
    `Node ${NODE_MIN.join('.')} or newer is needed, this is ${versions.node}: ` +
      'install Node 24 from https://nodejs.org or your distribution',
  )
}

/** Packages. What is installed is compared with the lock file, package by package. */

function packagesAgree() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages
  const found = readJson(join(PACKAGES, '.package-lock.json'))?.packages
  if (wanted === undefined || found === undefined) return false
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' || entry.optional || entry.devOptional || found[path]?.version === entry.version,
  )
}

function installPackages() {
  if (packagesAgree()) return
  say('installing the packages of package-lock.json into node_modules (npm ci)')
  const npm = env.npm_execpath?.endsWith('.js') ? [execPath, env.npm_execpath] : ['npm']
  const status = run([...npm, 'ci', '--include=dev', '--no-audit', '--no-fund'])
  if (status !== 0) {
    throw new SetUpFailed('npm ci failed: is the package registry reachable? try: npm ci')
  }
}

/** The addon. Without it the program works, but for `--filter`. */

const addonHash = () =>
  hash([`${process.platform} ${process.arch} ${versions.modules}`], ['native', 'package-lock.json'])

const addonAgrees = () => existsSync(ADDON) && stamp().addon === addonHash()

/** A build that failed is tried again when something it depends on has changed. */
const addonGivenUp = () => stamp().addon_failed === `${addonHash()} ${missing().join(' ')}`

const missing = () => Object.keys(SYSTEM).filter(name => !SYSTEM[name]())

function buildAddon() {
  if (addonAgrees() || addonGivenUp()) return
  if (missing().length > 0) installSystem(missing())
  if (missing().length === 0) {
    say('building the native addon (node-gyp -C native rebuild)')
    const gyp = join(PACKAGES, 'node-gyp/bin/node-gyp.js')
    const quiet = ['--loglevel=error', ...headersBesideNode()]
    const built = run([execPath, gyp, '-C', 'native', 'rebuild', ...quiet]) === 0
    if (built && addonLoads()) return keep({ addon: addonHash(), addon_failed: undefined })
  }
  say('going on without the native addon: everything works but --filter and hearing interfaces')
  keep({ addon: undefined, addon_failed: `${addonHash()} ${missing().join(' ')}` })
}

function installSystem(names) {
  const install = `apt-get install -y --no-install-recommends ${names.join(' ')}`
  if (getuid?.() !== 0 || !onPath('apt-get')) {
    const how = onPath('apt-get') ? `type: sudo ${install}` : 'install them as your system does'
    return say(`the native addon needs ${names.join(', ')}; to have it, ${how}`)
  }
  say(`installing what the native addon needs (${install})`)
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
  if (run(install.split(' '), quiet) === 0) return
  run(['apt-get', 'update', '-q'], quiet)
  run(install.split(' '), quiet)
}

function headersBesideNode() {
  const prefix = dirname(dirname(execPath))
  return existsSync(join(prefix, 'include/node/node.h')) ? [`--nodedir=${prefix}`] : []
}

/** An addon built against other headers loads with an error: tried where a crash hurts nobody. */
const addonLoads = () => run([execPath, '-e', `require(${JSON.stringify(ADDON)})`]) === 0

/** The program. */

const sourceHash = () =>
  hash([], [...COMPILED, 'config/rules', 'tsconfig.json', 'package-lock.json', '.ci/bundle.mjs'])

const isCompiled = () =>
  existsSync(main) &&
  existsSync(join(root, 'dist/rules.json')) &&
  linkAgrees() &&
  stamp().compiled === sourceHash()

/** Compiles, writing what the compiler says to `output`; returns whether it was content. */
export function compileAll(output) {
  if (output === 2) say('compiling (tsc)')
  const before = sourceHash()
  removeOrphans(COMPILED.map(room => join('dist', room)))
  if (!isWhole()) rmSync(join(root, 'dist/.tsbuildinfo'), { force: true })
  const tsc = join(PACKAGES, 'typescript/bin/tsc')
  const result = spawnSync(execPath, [tsc, '-p', 'tsconfig.json'], {
    cwd: root,
    stdio: ['ignore', output, 2],
  })
  const content = result.status === 0
  if (content) {
    run([execPath, join(root, 'dist/src/rules/make-ready.js')])
    run([execPath, join(root, '.ci/bundle.mjs')])
  }
  if (existsSync(main)) linkProgram()
  keep({ compiled: content ? before : undefined })
  return content
}

/** What was compiled before may have been deleted since, which the compiler's notes don't know. */
function isWhole() {
  const sources = COMPILED.flatMap(filesIn).filter(file => /(?<!\.d)\.ts$/.test(file))
  return sources.every(file => existsSync(join(root, 'dist', file.replace(/ts$/, 'js'))))
}

/** A test that was renamed must not run under its old name as well. */
function removeOrphans(rooms) {
  for (const file of rooms.flatMap(filesIn)) {
    if (!/\.js(\.map)?$/.test(file)) continue
    const source = file.slice('dist/'.length).replace(/\.js(\.map)?$/, '.ts')
    if (!existsSync(join(root, source))) rmSync(join(root, file))
  }
}

function linkAgrees() {
  try {
    return readlinkSync(LINK) === PROGRAM
  } catch {
    return false
  }
}

function linkProgram() {
  if (linkAgrees()) return
  mkdirSync(dirname(LINK), { recursive: true })
  rmSync(LINK, { force: true })
  symlinkSync(PROGRAM, LINK)
}

/** Small things. */

function hash(words, paths) {
  const sum = createHash('sha256').update(words.join('\n'))
  for (const file of paths.flatMap(filesIn)) {
    sum.update(`\0${file}\0`).update(readFileSync(join(root, file)))
  }
  return sum.digest('hex').slice(0, 32)
}

/** All files at and below `path`, in a stable order; what the addon's build leaves is no source. */
function filesIn(path) {
  const here = join(root, path)
  if (!existsSync(here) || path === 'native/build') return []
  let entries
  try {
    entries = readdirSync(here, { withFileTypes: true })
  } catch {
    return [path]
  }
  const byName = (a, b) => (a.name < b.name ? -1 : 1)
  return entries
    .sort(byName)
    .flatMap(entry =>
      entry.isDirectory() ? filesIn(`${path}/${entry.name}`) : [`${path}/${entry.name}`],
    )
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

const stamp = () => readJson(STAMP) ?? {}

function keep(changes) {
  writeFileSync(STAMP, JSON.stringify({ ...stamp(), ...changes }, null, 2) + '\n')
}

const onPath = name => (env.PATH ?? '').split(':').some(d => d !== '' && existsSync(join(d, name)))

/** Runs a command with both its outputs on stderr; returns its exit status. */
function run([command, ...args], more = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env: { ...env, ...more },
  })
  return result.status ?? 1
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await setUp()
  } catch (error) {
    if (!(error instanceof SetUpFailed)) throw error
    say(error.message)
    process.exitCode = 1
  }
}
