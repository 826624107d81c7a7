/** `onlooker demo`: a generated office network, written to a capture and read like any other. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { writePcap } from '../../fixtures/build/capture.js'
import { office, SEED } from '../../fixtures/network/office.js'
import { CallError } from './errors.js'
import { OUTPUT_OPTIONS, present, readFiles, workersAsked } from './read.js'

export async function run(args: string[]): Promise<void> {
  const values = parse(args)
  const workers = workersAsked(values.workers)
  const seed = seedAsked(values.seed)
  if (values.live === true) {
    const { replay } = await import('./demo-live.js')
    return replay(seed, values)
  }
  const folder = values.keep === undefined ? mkdtempSync(join(tmpdir(), 'onlooker-')) : undefined
  const file = values.keep ?? join(folder!, 'office.pcap')
  try {
    if (!values.quiet)
      process.stderr.write(
        `onlooker: a made-up office (seed ${seed}) talks for a while, and is heard\n`,
      )
    writePcap(file, office(seed).frames)
    present(await readFiles({ ...values, files: [file], workers }), values)
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
  }
}

function parse(args: string[]) {
  const options = {
    ...OUTPUT_OPTIONS,
    seed: { type: 'string' },
    keep: { type: 'string' },
    live: { type: 'boolean' },
    config: { type: 'string' },
    'log-level': { type: 'string' },
  } as const
  try {
    return parseArgs({ args, options, strict: true }).values
  } catch (error) {
    throw new CallError(`${(error as Error).message.split('. ')[0]}: see onlooker help demo`)
  }
}

function seedAsked(text: string | undefined): number {
  const seed = text === undefined ? SEED : Number(text)
  if (Number.isInteger(seed) && seed >= 0 && seed <= 0xffffffff) return seed
  throw new CallError(`wrong seed: ${text}: give a whole number`)
}
