/**
 * `npm test`: sets up what is missing, then lint, format, types, and every test of dist/test.
 *
 * `npm test -- dhcp tidy` runs only the test files whose path contains one of the words. The last
 * line is `N passed, N failed`, in which lint, format and types count as one test each.
 */

import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { argv, execPath, stderr, stdout } from 'node:process'
import { createInterface } from 'node:readline'
import { compileAll, root, say, setUp } from './setup.mjs'

const TAP_FILE = join(root, '.tap/last.tap')
const words = argv.slice(2)
const total = { passed: 0, failed: 0 }

const count = good => (good ? total.passed++ : total.failed++)

async function runAll() {
  await setUp({ compile: false })
  const checks = words.length > 0 ? [] : [check('lint', 'eslint/bin/eslint.js', '.')]
  const types = compileAll(1)
  report('types', types)
  if (words.length === 0) {
    checks.push(check('format', 'prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'))
  }
  for (const { name, good, output } of await Promise.all(checks)) {
    stdout.write(output)
    report(name, good)
  }
  await runTap(testFiles())
}

function report(name, good) {
  count(good)
  stdout.write(`${good ? 'ok' : 'not ok'} - ${name}\n`)
}

/** Runs a package's command and keeps what it says, so that two at once don't mix. */
function check(name, script, ...args) {
  return new Promise(resolve => {
    const child = spawn(execPath, [join(root, 'node_modules', script), ...args], { cwd: root })
    let output = ''
    const take = bytes => (output += bytes)
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('close', status => resolve({ name, good: status === 0, output }))
  })
}

function testFiles() {
  const named = file => words.length === 0 || words.some(word => file.includes(word))
  return readdirSync(join(root, 'dist/test'), { recursive: true })
    .filter(file => file.endsWith('.test.js') && named(file))
    .sort()
    .map(file => `dist/test/${file}`)
}

async function runTap(files) {
  if (files.length === 0) {
    say(`no test file has ${words.join(' or ') || 'been compiled'} in its name`)
    return count(false)
  }
  mkdirSync(join(root, '.tap'), { recursive: true })
  rmSync(TAP_FILE, { force: true })
  const tap = join(root, 'node_modules/tap/dist/esm/run.mjs')
  // The others draw everything anew for each assertion, which takes longer than the tests.
  const args = [tap, '--reporter=tap', `--output-file=${TAP_FILE}`, ...files]
  const child = spawn(execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  const teller = new Teller()
  lines.on('line', line => teller.hear(line))
  const status = await new Promise(resolve => child.on('close', resolve))
  const { pass, fail } = lastTotals()
  total.passed += pass
  total.failed += fail
  if (status !== 0 && fail === 0) count(false)
}

/** Of the tests' own words: a line for each file that is done, and all about what failed. */
class Teller {
  failing = false
  last = ''

  hear(line) {
    if (line === this.last) return
    this.last = line
    const [, indent, failed] = /^( *)(not )?ok \d/.exec(line) ?? []
    if (indent !== undefined) this.failing = failed !== undefined
    else if (/^ *# Subtest/.test(line)) this.failing = false
    if (indent === '' || this.failing) stdout.write(`${line}\n`)
  }
}

/** The last `# { total: 4, pass: 3, fail: 1 }` of the run; counts of zero are left out of it. */
function lastTotals() {
  let text = ''
  try {
    text = readFileSync(TAP_FILE, 'utf8')
  } catch {
    return { pass: 0, fail: 0 }
  }
  const line = text.match(/^# \{ total: .*\}$/gm)?.at(-1) ?? ''
  const number = key => Number(line.match(new RegExp(`\\b${key}: (\\d+)`))?.[1] ?? 0)
  return { pass: number('pass'), fail: number('fail') }
}

try {
  await runAll()
} catch (error) {
  stderr.write(`${error.stack}\n`)
  count(false)
}
stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed === 0 ? 0 : 1
