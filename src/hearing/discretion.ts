/** What people do not want to be known; it crosses to every worker as it is. */

import type { NamesKnown } from '../model/names.js'
import type { Excluded } from './exclusion.js'

export interface Discretion {
  /** Frames that are counted, and of which nothing else may come. */
  readonly exclude: readonly Excluded[]
  readonly names?: NamesKnown
}

/** Everything may be known. */
export const OPEN: Discretion = { exclude: [] }
