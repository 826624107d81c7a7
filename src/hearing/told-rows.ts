/** Rows on their way from live workers' lanes to the control plane, a few at a time. */

import type { RowTeller } from './crew.js'
import type { Hired } from './hired.js'
import { CONVERSATION, STATION, type Lane } from './lane.js'
import type { Rows } from './table.js'

/** As long as the longest row. */
const ROW_WORDS = 64

export class ToldRows {
  private readonly teller: RowTeller
  private readonly words = new Int32Array(ROW_WORDS)
  private readonly rows: Rows = { words: this.words, reals: new Float64Array(this.words.buffer) }

  constructor(teller: RowTeller) {
    this.teller = teller
  }

  /** Tells up to `count` rows of each worker; false if there are none left. */
  tell(hired: readonly Hired[], count: number): boolean {
    let told = 0
    for (const { rows } of hired) told += this.tellLane(rows, count)
    return told > 0
  }

  /** What conversations told of presence is summed up, and told now. */
  finish(): void {
    this.teller.finish()
  }

  private tellLane(lane: Lane, count: number): number {
    lane.look()
    let told = 0
    for (; told < count; told++) {
      const body = lane.next()
      if (body < 0) break
      const end = body - 2 + lane.words[body - 2]!
      for (let i = body; i < end; i++) this.words[i - body] = lane.words[i]!
      if (lane.kind(body) === STATION) this.teller.station(this.rows, 0)
      else if (lane.kind(body) === CONVERSATION) this.teller.conversation(this.rows, 0)
      lane.drop()
    }
    if (told > 0) lane.giveBack()
    return told
  }
}
