/**
 * Joins what `tsc` compiled into few files, which load in a third of the time that some hundreds
 * take: the program starts so often in scripts, and each of its threads loads it anew.
 *
 * A file that names another by its own place (a worker, the rules) must find it from where it has
 * been joined to. So what is shared lies one folder deep, as `src/<room>/<file>` does, and such
 * names begin with `../`.
 */

import { buildSync } from 'esbuild'
import { chmodSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const compiled = join(root, 'dist/src')
const joined = join(root, 'dist/onlooker')

/** The program, and all files that are loaded into threads and processes of their own. */
const ENTRIES = [
  'main',
  'worker',
  'listener',
  'cli/office-listener',
  'store/reader',
  'api/job-thread',
]

export function bundle() {
  rmSync(joined, { recursive: true, force: true })
  buildSync({
    entryPoints: ENTRIES.map(name => join(compiled, `${name}.js`)),
    outbase: compiled,
    outdir: joined,
    chunkNames: 'cli/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    minifyWhitespace: true,
    logLevel: 'warning',
  })
  chmodSync(join(joined, 'main.js'), 0o755)
}

if (argv[1] === fileURLToPath(import.meta.url)) bundle()
