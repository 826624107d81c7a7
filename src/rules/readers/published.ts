/** What others publish, read from the folders a person names: each file known by what it is. */

import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Fingerprints } from '../fingerprints.js'
import { RuleError } from '../../conditions/entry.js'
import type { Rule } from '../rule.js'
import { isDhcpList, readDhcpList } from './dhcp-list.js'
import { readNumbers, registryIn } from './numbers.js'
import { readP0f } from './p0f.js'
import { addIeeeCsv, addManuf, isIeeeCsv, isManuf, registryOf, type Prefixes } from './prefixes.js'
import { recogFingerprints } from './recog-claims.js'
import { RecogList } from './recog.js'
import { readXml } from './xml-elements.js'

const FILES_MAX = 500
const FILE_BYTES_MAX = 32_000_000

export interface Published {
  readonly rules: readonly Rule[]
  readonly fingerprints: readonly Fingerprints[]
  /** Who holds which hardware addresses, as lines of JSON; undefined where no file tells. */
  readonly registry: Uint8Array | undefined
  /** Of all that was read: whatever changes there changes this. */
  readonly digest: string
  /** Fingerprints that were left out, and why. */
  readonly refused: readonly string[]
}

/** Throws a RuleError that names the file that is wrong, the line, and why. */
export function readPublished(
  folders: readonly string[],
  vocabulary: ReadonlySet<string>,
): Published {
  const reading = new Reading(vocabulary)
  for (const file of folders.flatMap(folder => filesIn(folder))) reading.add(file)
  return reading.published()
}

function filesIn(folder: string): string[] {
  let names: string[]
  try {
    names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new RuleError(`${folder}: no folder of registries (${code}): make it, or name another`)
  }
  const files = names
    .sort()
    .map(name => join(folder, name))
    .filter(file => statSync(file, { throwIfNoEntry: false })?.isFile() === true)
  if (files.length <= FILES_MAX) return files
  throw new RuleError(`${folder}: more than ${String(FILES_MAX)} files: name a folder with fewer`)
}

class Reading {
  private readonly vocabulary: ReadonlySet<string>
  private readonly rules: Rule[] = []
  private readonly fingerprints: Fingerprints[] = []
  private readonly refused: string[] = []
  private readonly prefixes: Prefixes = new Map()
  private readonly hash = createHash('sha256')

  constructor(vocabulary: ReadonlySet<string>) {
    this.vocabulary = vocabulary
  }

  add(file: string): void {
    const { size } = statSync(file)
    if (size > FILE_BYTES_MAX) throw new RuleError(`${file}: too large: ${String(size)} bytes`)
    const text = readFileSync(file, 'utf8')
    this.hash.update(file).update(text)
    if (/\.xml$/i.test(file)) this.addXml(text, file)
    else if (/\.fp$/i.test(file)) this.fingerprints.push(...readP0f(text, file))
    else if (isIeeeCsv(text)) addIeeeCsv(text, file, this.prefixes)
    else {
      const registry = registryIn(file, text)
      if (registry !== undefined) {
        const { vocabulary } = this
        this.fingerprints.push(readNumbers(registry, text, { file, vocabulary }))
      } else if (isManuf(text)) addManuf(text, file, this.prefixes)
    }
  }

  private addXml(text: string, file: string): void {
    // Whose fingerprints they are, their root and their tests tell.
    if (/<dhcp_tests\b/.test(text)) {
      const root = readXml(text, file)
      if (isDhcpList(root)) this.rules.push(...readDhcpList(root, file, this.vocabulary))
      return
    }
    if (!/<fingerprints\b/.test(text)) return
    const list = new RecogList(text, file)
    this.refused.push(...list.refused)
    const fingerprints = recogFingerprints(list, this.vocabulary)
    if (fingerprints !== undefined) this.fingerprints.push(fingerprints)
  }

  published(): Published {
    const { rules, fingerprints, refused } = this
    const registry = registryOf(this.prefixes)
    return { rules, fingerprints, refused, registry, digest: this.hash.digest('hex') }
  }
}
