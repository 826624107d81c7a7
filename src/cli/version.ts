/** `onlooker version`. */

import { readFileSync } from 'node:fs'
import { writeOut } from './stdout.js'

export function version(): string {
  const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

export function run(): void {
  writeOut(`onlooker ${version()}\n`)
}
