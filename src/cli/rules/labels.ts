/** Labelled devices of captures: a list of what each is, against which rules are measured. */

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CallError } from '../errors.js'

/** A device of a capture, and what it is. */
export interface Label {
  /** Within the folder of captures; `*` stands for any part of a name. */
  readonly file: string
  readonly mac: string | null
  readonly ip: string | null
  readonly vendor: string | null
  readonly vendor_aliases: readonly string[]
  readonly model: string | null
  /** null where the model is not scored: nothing in the capture tells it. */
  readonly model_named_on_wire: boolean
  /** The kind; null where only the vendor is known. */
  readonly type: string | null
  readonly type_alternatives: readonly string[]
  readonly os: { readonly name: string; readonly version: string | null } | null
  /** How it is known; its first word is the tier. */
  readonly tier: string
}

/** Several captures of one pattern are read as one; more than these add nothing. */
const FILES_MAX = 32

/** Throws a CallError: what is wrong with the list, and how it should look. */
export function readLabels(file: string): Label[] {
  const list: unknown = parsed(file)
  if (!Array.isArray(list)) {
    throw new CallError(
      `no list of labels: ${file}: write a JSON list of devices, each with a file`,
    )
  }
  return list.map((row: unknown, i) => labelOf(row, `${file}: row ${String(i + 1)}`))
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new CallError(`cannot read labels (${code ?? message}): ${file}: name a JSON file`)
  }
}

function labelOf(written: unknown, place: string): Label {
  const row = (typeof written === 'object' && written !== null ? written : {}) as Partial<Label> & {
    readonly note?: unknown
  }
  const { file, mac = null, ip = null, os = null } = row
  if (typeof file !== 'string') throw new CallError(`${place}: no file: name the capture`)
  if (mac === null && ip === null) throw new CallError(`${place}: add the device's mac or its ip`)
  // People write so of a device whose kind nobody could tell.
  const isVendorOnly = /vendor only/i.test(String(row.note ?? ''))
  return {
    ...{ file, ip, os },
    mac: mac?.toLowerCase() ?? null,
    vendor: row.vendor ?? null,
    vendor_aliases: row.vendor_aliases ?? [],
    model: isVendorOnly ? null : (row.model ?? null),
    model_named_on_wire: row.model_named_on_wire ?? (row.model ?? null) !== null,
    type: isVendorOnly ? null : (row.type ?? null),
    type_alternatives: row.type_alternatives ?? [],
    tier: (row.tier ?? 'all').split(/[\s-]/)[0]!,
  }
}

/** The captures that a label's file means, in order. */
export function capturesOf(folder: string, pattern: string): string[] {
  let found = [folder]
  for (const part of pattern.split('/')) {
    if (!part.includes('*')) found = found.map(path => join(path, part))
    else found = found.flatMap(path => matching(path, part))
  }
  return found.filter(path => existsSync(path)).slice(0, FILES_MAX)
}

function matching(folder: string, pattern: string): string[] {
  const source = pattern
    .split('*')
    .map(text => text.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
    .join('[^/]*')
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names
    .filter(name => new RegExp(`^${source}$`).test(name))
    .sort()
    .map(name => join(folder, name))
}
