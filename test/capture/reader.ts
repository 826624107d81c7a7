/** Reads a capture in a process of its own, so that its standard input can be a pipe. */

import { openFile } from '../../src/capture/file.js'
import { countOf } from './heard.js'

const source = openFile(process.argv[2] ?? '-')
const count = await countOf(source)
process.stdout.write(`${count} ${JSON.stringify(source.warnings)}\n`)
