/** Progress of a long reading: one line on stderr that is written over, if a person is there to see it. */

import type { Source } from '../capture/source.js'
import type { Reading } from '../hearing/reading.js'

/** Milliseconds between two looks; also how often signals get their turn. */
const INTERVAL_MS = 100
/** Nobody needs a progress line for what is over before it could be read. */
const FIRST_MS = 500

export class Progress {
  private readonly silent: boolean
  private readonly begun = performance.now()
  private shown = this.begun
  private drawn = false

  constructor(quiet: boolean) {
    this.silent = quiet || !process.stderr.isTTY
  }

  /** Called after every batch; now and then it lets the event loop turn. */
  show(reading: Reading, source: Source): Promise<void> | undefined {
    const now = performance.now()
    if (now - this.shown < INTERVAL_MS) return undefined
    this.shown = now
    if (!this.silent && now - this.begun > FIRST_MS)
      this.draw(reading, source, (now - this.begun) / 1000)
    return new Promise(resolve => setImmediate(resolve))
  }

  clear(): void {
    if (this.drawn) process.stderr.write('\r\x1b[K')
    this.drawn = false
  }

  private draw(reading: Reading, { done, total }: Source, seconds: number): void {
    const share = total > 0 ? `${Math.floor((100 * done) / total)} % of ` : ''
    const size = `${Math.round((total > 0 ? total : done) / 1e6).toLocaleString('en')} MB`
    const rate = `${(reading.packets / seconds / 1e6).toFixed(2)} million a second`
    process.stderr.write(
      `\r\x1b[K${share}${size}: ${reading.packets.toLocaleString('en')} packets, ${rate}`,
    )
    this.drawn = true
  }
}
