/** Standard output for large answers: written at once and in order, whatever stands behind it. */

import { writeSync } from 'node:fs'

const STDOUT = 1
/** How long to wait for a reader whose pipe is full before asking again. */
const RETRY_MS = 2
const clock = new Int32Array(new SharedArrayBuffer(4))

/** Writes all of it. Whoever reads our output may stop reading: then there is nothing left to do. */
export function writeOut(chunk: Uint8Array | string): void {
  const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(STDOUT, bytes, written)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EPIPE') process.exit(0)
      if (code !== 'EAGAIN')
        throw new Error(`cannot write (${code}): standard output: check the disk it goes to`)
      Atomics.wait(clock, 0, 0, RETRY_MS)
    }
  }
}
