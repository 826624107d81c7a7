/** Ordered lists of fingerprints over one fact, as others publish them: the first that matches speaks. */

import type { Conclusion } from './rule.js'

/** What a fingerprint concludes. */
export interface Finding {
  /** Which fingerprint it was, for whoever asks why. */
  readonly name: string
  readonly claim: Conclusion
  /** How often this one is right, where it is not as all of its list. */
  readonly confidence?: number
}

export interface Fingerprints {
  /** `recog ssh.banner`. */
  readonly name: string
  readonly facts: readonly string[]
  /** How often they are right. */
  readonly confidence: number
  /** How many they are. */
  readonly size: number
  find(value: string): Finding | undefined
}
