/** Patterns by how they are written: those that several facts are compared with are made once. */

import type { Needs } from './literals.js'
import { readyNeeds } from './ready-needs.js'

export class KnownPattern {
  private readonly source: string
  private made: RegExp | undefined
  private needed: Needs | undefined

  constructor(source: string) {
    this.source = source
  }

  /** Made when a value first needs it. */
  get matcher(): RegExp {
    return (this.made ??= new RegExp(this.source, 'i'))
  }

  get needs(): Needs {
    return (this.needed ??= readyNeeds(this.source))
  }
}

export class PatternBook {
  private readonly known = new Map<string, KnownPattern>()

  of(source: string): KnownPattern {
    let pattern = this.known.get(source)
    if (pattern === undefined) this.known.set(source, (pattern = new KnownPattern(source)))
    return pattern
  }
}
