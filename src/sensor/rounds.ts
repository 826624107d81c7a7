/** The control plane's rhythm: turns that write what was heard, and now and then what keeps it bounded. */

import { setImmediate as others, setTimeout as rest } from 'node:timers/promises'
import type { Queries } from '../store/queries.js'
import type { Keeping } from './keeping.js'
import type { Logger } from './log.js'

const TURN_MS = 250
/** Between two slices others have their time: what is heard matters more than that it is written. */
const REST_MS = 8
const TEND_MS = 60_000
/** What was committed is copied into the database by the thread that reads, so that no commit has to. */
const CHECKPOINT_MS = 5000

export class Rounds {
  private readonly keeping: Keeping
  private readonly queries: Queries
  private readonly log: Logger
  private readonly timers: NodeJS.Timeout[] = []
  private running: Promise<void> | undefined
  private trouble = ''

  constructor(keeping: Keeping, queries: Queries, log: Logger) {
    this.keeping = keeping
    this.queries = queries
    this.log = log
  }

  begin(): void {
    this.timers.push(setInterval(() => this.run(() => this.turns()), TURN_MS))
    this.timers.push(setInterval(() => this.run(() => this.keeping.tend(others)), TEND_MS))
    this.timers.push(setInterval(() => this.checkpoint(), CHECKPOINT_MS))
  }

  private checkpoint(): void {
    // It is tried again soon; until then the log grows a little.
    this.queries.ask('checkpoint', {}).catch(() => undefined)
  }

  /** Writes what is known, and ends. */
  async end(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer)
    await this.running
    if (!this.keeping.finish()) this.tellTrouble()
  }

  /** One thing after the other; what comes too soon comes with the next tick. */
  private run(act: () => Promise<void>): void {
    if (this.running !== undefined) return
    this.running = act().finally(() => (this.running = undefined))
  }

  private async turns(): Promise<void> {
    while (this.keeping.turn()) {
      this.tellTrouble()
      await rest(REST_MS)
    }
    while (this.keeping.index()) await rest(REST_MS)
    this.tellTrouble()
  }

  /** Once when it begins, once when it ends. */
  private tellTrouble(): void {
    const trouble = this.keeping.trouble
    if (trouble === this.trouble) return
    if (trouble === '') this.log.info('the store writes again')
    else this.log.error(`${trouble}; the newest waits in memory meanwhile`)
    this.trouble = trouble
  }
}
