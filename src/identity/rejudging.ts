/** Rules changed while the sensor runs: what they read besides is recalled, and all is judged again. */

import type { FactRecord } from '../model/device.js'
import type { Fact } from '../model/fact.js'
import type { Grouping } from './grouping.js'
import type { LiveTables } from './live-tables.js'

export class Rejudging {
  private readonly tables: LiveTables
  private readonly grouping: Grouping
  private readonly factByName: ReadonlyMap<string, Fact>

  constructor(tables: LiveTables, grouping: Grouping, facts: readonly Fact[]) {
    this.tables = tables
    this.grouping = grouping
    this.factByName = new Map(facts.map(fact => [fact.name, fact]))
  }

  /** Calls `change`, by which rules read other facts; gives the names of those to be recalled. */
  begin(change: () => void): string[] {
    const { evidence } = this.tables.all
    const all = [...this.factByName.values()]
    const before = new Set(all.filter(fact => evidence.isTelling(fact)))
    change()
    evidence.weighAgain()
    return all.filter(fact => evidence.isTelling(fact) && !before.has(fact)).map(({ name }) => name)
  }

  /** These were said before any rule read them, or before the sensor started. */
  recall(facts: readonly FactRecord[]): void {
    for (const one of facts) {
      const fact = this.factByName.get(one.fact)
      if (fact !== undefined) this.tables.recollection.fact(one, fact)
    }
  }

  /** Every device is judged again, as many a turn as it has time for. */
  end(): void {
    this.grouping.touchAll()
  }
}
