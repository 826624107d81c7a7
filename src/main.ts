#!/usr/bin/env node
/** The command line: picks a command and turns every error into one line and an exit status. */

import { CallError, oneLine } from './cli/errors.js'
import { help } from './cli/help.js'

type Command = (args: string[]) => Promise<void> | void

/** One file per command; a command that isn't called isn't loaded. */
const commands: Readonly<Record<string, () => Promise<{ run: Command }>>> = {
  run: () => import('./cli/run.js'),
  check: () => import('./cli/check.js'),
  read: () => import('./cli/read.js'),
  'explain-frame': () => import('./cli/explain-frame.js'),
  demo: () => import('./cli/demo.js'),
  devices: () => import('./cli/devices.js'),
  rules: () => import('./cli/rules.js'),
  recommendations: () => import('./cli/recommendations.js'),
  conversations: () => import('./cli/conversations.js'),
  learning: () => import('./cli/learning.js'),
  endpoints: () => import('./cli/endpoints.js'),
  user: () => import('./cli/user.js'),
  backup: () => import('./cli/backup.js'),
  restore: () => import('./cli/restore.js'),
  version: () => import('./cli/version.js'),
}

async function main(args: string[]): Promise<void> {
  const [name = 'help', ...rest] = args
  if (['help', '--help', '-h'].includes(name)) return help(rest[0])
  if (rest.includes('--help') || rest.includes('-h')) return help(name)
  if (name === '--version' || name === '-v') return main(['version', ...rest])
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!load) throw new CallError(`no such command: ${name}: see onlooker help`)
  const { run } = await load()
  await run(rest)
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`onlooker: ${oneLine(error)}\n`)
  process.exitCode = isWrongCall(error) ? 2 : 1
})

/** Errors of the call, the configuration and the filter say so themselves. */
function isWrongCall(error: unknown): boolean {
  return error instanceof Error && (error as { status?: unknown }).status === 2
}
