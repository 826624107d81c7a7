/** The captures that are compared, and one file's comparison. */

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Comparison } from './comparison.js'
import { readOurs } from './ours.js'
import { readTheirs, tsharkVersion } from './theirs.js'

/** More than this share of a protocol's packets or connections must not differ unexplained. */
export const SHARE_MAX = 0.02
/** So many run at once: tshark spends most of its time on starting. */
const AT_ONCE = 2

const folder = fileURLToPath(new URL('../../../../shared/captures', import.meta.url))
const index = join(folder, 'INDEX.csv')

export interface Capture {
  readonly file: string
  readonly bytes: number
}

/** Why nothing can be compared here; undefined if it can. */
export function whyNot(): string | undefined {
  if (!existsSync(index)) return 'no shared captures here: nothing to compare'
  return tsharkVersion() === undefined ? 'no tshark here: nothing to compare with' : undefined
}

/** All that are not malformed on purpose. */
export function validCaptures(): Capture[] {
  const [head = '', ...lines] = readFileSync(index, 'utf8').trim().split(/\r?\n/)
  const columns = head.split(',')
  const [bytes, expected] = ['bytes', 'expect'].map(name => columns.indexOf(name))
  return lines
    .map(line => line.split(','))
    .filter(cells => !cells[expected!]!.startsWith('malformed'))
    .map(cells => ({ file: cells[0]!, bytes: Number(cells[bytes!]) }))
}

/** Reads all of them with both, and adds up how they differ. */
export async function compare(
  captures: readonly Capture[],
  progress: (done: number) => void,
): Promise<Comparison> {
  const version = tsharkVersion() ?? ''
  const comparison = new Comparison()
  let next = 0
  let done = 0
  async function readOn(): Promise<void> {
    while (next < captures.length) {
      const { file } = captures[next++]!
      const path = join(folder, file)
      const theirs = await readTheirs(version, path)
      comparison.add(file, await readOurs(path), theirs)
      progress(++done)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, readOn))
  return comparison
}
