/** Addresses that went from one holder to another, until both are devices and it can be recorded. */

import type { HoldingRecord } from '../model/device.js'
import type { Entities } from './entities.js'
import type { Grouping } from './grouping.js'
import { WAITING_TURNS_MAX } from './limits.js'
import type { LiveTables } from './live-tables.js'
import { stationNode } from './nodes.js'
import { Pile } from './pile.js'

/** How many turns its holders have been waited for. */
interface Move {
  readonly address: number
  readonly from: number
  readonly to: number
  turns: number
}

interface Parts {
  readonly tables: LiveTables
  readonly entities: Entities
  readonly grouping: Grouping
}

export class Moves {
  private readonly parts: Parts
  private readonly waiting = new Pile<Move>()

  constructor(parts: Parts) {
    this.parts = parts
  }

  /** Stations below 0 are nobody. */
  add(address: number, from: number, to: number): void {
    this.waiting.push({ address, from, to, turns: 0 })
  }

  /** Who held an address until now, and who holds it from now on. */
  take(): HoldingRecord[] {
    return this.waiting.take().flatMap(move => this.recorded(move))
  }

  private recorded(move: Move): HoldingRecord[] {
    const { tables, entities, grouping } = this.parts
    const ends = [move.from, move.to].filter(station => station >= 0)
    const known = ends.map(station => entities.of(stationNode(station)))
    if (known.includes(undefined) && move.turns++ < WAITING_TURNS_MAX) {
      this.waiting.push(move)
      return []
    }
    const holder = move.to < 0 ? undefined : known.at(-1)
    if (holder !== undefined) grouping.held(move.address, move.to, holder)
    return known.flatMap((entity, i) =>
      entity === undefined
        ? []
        : [tables.holdingOf(entity.id, move.address, ends[i] === move.from)],
    )
  }
}
