/** Proves that no acknowledged change is lost: `node dist/test/prove/kill.js [KILLS] [SEED]`, 200 by default. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killOften } from './kills.js'

const KILLS = 200
const kills = Number(process.argv[2] ?? KILLS)
let seed = Number(process.argv[3] ?? 1)
if (!(kills > 0) || !Number.isSafeInteger(seed)) {
  process.stderr.write('usage: node dist/test/prove/kill.js [KILLS] [SEED]\n')
  process.exit(2)
}

/** The same moments for the same seed, as far as the system lets them be. */
function random(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff
  return seed / 0x80000000
}

function told(kill: number): void {
  if (kill % 10 === 0) process.stderr.write(`${kill} of ${kills} kills\n`)
}

const folder = mkdtempSync(join(tmpdir(), 'onlooker-kill-'))
try {
  const { acknowledged, complaints } = await killOften(folder, kills, { random, told })
  for (const complaint of complaints) process.stdout.write(`${complaint}\n`)
  process.stdout.write(
    `${kills} kills, ${acknowledged.toLocaleString('en')} acknowledged commits, ` +
      `${complaints.length} complaints\n`,
  )
  process.exitCode = complaints.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
