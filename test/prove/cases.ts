/** The protocol fixtures as they lie in `fixtures/protocols`: a protocol, a case, its frames. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Frame } from '../../fixtures/build/frames.js'

/** What a case says is expected; the test of protocols reads it. */
export interface Case {
  readonly protocol: string
  readonly name: string
  /** Where the facts expected are written. */
  readonly yaml: string
  readonly frames: readonly Frame[]
}

const compiled = fileURLToPath(new URL('../../fixtures/protocols/', import.meta.url))
const written = fileURLToPath(new URL('../../../fixtures/protocols/', import.meta.url))

/** All cases, by protocol and name. */
export async function loadCases(): Promise<Case[]> {
  const cases: Case[] = []
  for (const protocol of readdirSync(written).sort()) {
    for (const file of readdirSync(join(written, protocol)).sort()) {
      if (!file.endsWith('.yaml')) continue
      const name = file.slice(0, -'.yaml'.length)
      const module = (await import(join(compiled, protocol, `${name}.js`))) as { frames: Frame[] }
      cases.push({ protocol, name, yaml: join(written, protocol, file), frames: module.frames })
    }
  }
  return cases
}
