/** Kills a process that commits, again and again, and compares what it was told with what is there. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openStore } from '../../src/store/open.js'
import { Reading } from '../../src/store/reading.js'
import { NOON } from '../store/records.js'

/** From the first commit of a process to its end. */
const LIFE_MS = 120

const writer = fileURLToPath(new URL('kill-writer.js', import.meta.url))

export interface Killed {
  readonly kills: number
  /** Numbers whose commit had returned when the process was killed. */
  readonly acknowledged: number
  /** What is wrong, one line each. */
  readonly complaints: readonly string[]
}

/** `random` answers with 0 to 1; `told` hears of each kill. */
export async function killOften(
  folder: string,
  kills: number,
  { random, told }: { readonly random: () => number; readonly told: (kill: number) => void },
): Promise<Killed> {
  let first = 0
  const acknowledged: number[] = []
  const complaints: string[] = []
  for (let kill = 0; kill < kills && complaints.length === 0; kill++) {
    const numbers = await runAndKill(folder, first, random() * LIFE_MS)
    acknowledged.push(...numbers)
    // The last commit may have happened though nobody heard of it.
    first = (numbers.at(-1) ?? first) + 2
    complaints.push(...complaintsOf(folder, acknowledged))
    told(kill + 1)
  }
  return { kills, acknowledged: acknowledged.length, complaints }
}

async function runAndKill(folder: string, first: number, life_ms: number): Promise<number[]> {
  const child = spawn(process.execPath, [writer, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    if (text === '') setTimeout(() => child.kill('SIGKILL'), life_ms)
    text += more
  })
  await once(child, 'close')
  // A line that is cut off was acknowledged as well, but which number it was nobody knows.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map(Number)
}

function complaintsOf(folder: string, acknowledged: readonly number[]): string[] {
  const store = openStore(folder, { now: () => NOON, sensor: 'killed' })
  const reading = new Reading(store.path)
  try {
    if (store.aside !== null) return [`set aside: ${store.aside}`]
    const complaint = reading.ask('integrity', {})
    if (complaint !== '') return [complaint]
    const there = numbersIn(reading)
    const lost = acknowledged.filter(number => !there.has(number))
    return lost.map(number => `${number} was acknowledged and is not there`)
  } finally {
    reading.close()
    store.close()
  }
}

function numbersIn(reading: Reading): Set<number> {
  const numbers = new Set<number>()
  const filter = { fact: 'killed.number' }
  for (const batch of reading.each('facts', { filter })) {
    for (const { value } of batch) numbers.add(Number(value))
  }
  return numbers
}
