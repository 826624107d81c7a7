/**
 * `npm test`: sets up what is missing, then lint, format, types, and every test of dist/test.
 *
 * `npm test -- dhcp tidy` runs only the test files whose path contains one of the words. The last
 * line is `N passed, N failed`, in which lint, format and types count as one test each.
 */

import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { argv, env, execPath, stderr, stdout } from 'node:process'
import { compileAll, root, say, setUp } from './setup.mjs'

/** So many test files run at once: some wait more than they work. */
const LANES = Math.max(2, availableParallelism() + 1)
/** No test file takes longer. */
const SECONDS_MAX = 300
/** What takes longest begins first, so that none is waited for alone at the end. */
const LONG =
  'protocols sensor/findings read sensor/sources rules-live run live/faults scenarios totality'.split(
    ' ',
  )
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
  await runTests(testFiles())
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
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(file => `dist/test/${file}`)
}

function rank(file) {
  const place = LONG.indexOf(file.replace('.test.js', ''))
  return place < 0 ? LONG.length : place
}

/** Runs test files side by side; what one says is kept until it is done, so that none mix. */
async function runTests(files) {
  if (files.length === 0) {
    say(`no test file has ${words.join(' or ') || 'been compiled'} in its name`)
    return count(false)
  }
  const waiting = [...files]
  const lane = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      tell(file, await runTest(file))
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

/** A test file is a program that says in TAP what holds; its own runner would load much else. */
function runTest(file) {
  const child = spawn(execPath, [file], {
    cwd: root,
    env: { ...env, TAP_TIMEOUT: String(SECONDS_MAX) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const begun = performance.now()
  const overdue = setTimeout(() => child.kill('SIGKILL'), 1000 * (SECONDS_MAX + 10))
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => (output += text))
  return new Promise(resolve => {
    child.on('close', (status, signal) => {
      clearTimeout(overdue)
      resolve({ output, end: signal ?? status, seconds: (performance.now() - begun) / 1000 })
    })
  })
}

function tell(file, { output, end, seconds }) {
  const { all, pass, fail } = totalOf(output)
  const failed = fail === 0 && (end !== 0 || all === 0) ? 1 : fail
  total.passed += pass
  total.failed += failed
  const good = failed === 0
  if (!good) stdout.write(failuresOf(output))
  const why = good || end === 0 ? '' : ` (ended with ${end})`
  stdout.write(
    `${good ? 'ok' : 'not ok'} - ${file} # ${pass} passed in ${seconds.toFixed(1)} s${why}\n`,
  )
}

/** Of a test's own words: all about what failed, with the tests it is part of. */
function failuresOf(output) {
  const lines = []
  let failing = false
  for (const line of output.split('\n')) {
    const [, failed] = /^ *(not )?ok \d/.exec(line) ?? []
    if (/^ *(not )?ok \d/.test(line)) failing = failed !== undefined
    else if (/^ *# Subtest/.test(line)) failing = false
    if (failing) lines.push(`${line}\n`)
  }
  return lines.join('')
}

/** The last `# { total: 4, pass: 3, fail: 1 }` of the run; counts of zero are left out of it. */
function totalOf(output) {
  const line = output.match(/^# \{ total: .*\}$/gm)?.at(-1) ?? ''
  const number = key => Number(line.match(new RegExp(`\\b${key}: (\\d+)`))?.[1] ?? 0)
  return { all: number('total'), pass: number('pass'), fail: number('fail') }
}

try {
  await runAll()
} catch (error) {
  stderr.write(`${error.stack}\n`)
  count(false)
}
stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
process.exitCode = total.failed === 0 ? 0 : 1
