/** Settings of recommendations: when silence means that something was mended. */

import { whole } from './forms.js'
import type { Keys } from './schema.js'

export interface RecommendationSettings {
  readonly resolve_days: number
}

export const RESOLVE_DAYS = 30

export const recommendationKeys: Keys<RecommendationSettings> = {
  resolve_days: {
    doc: [
      'Days after which what was wrong with a device is taken for mended, if it was not seen again,',
      'though the device was heard, and its network in both directions.',
    ],
    form: whole({ min: 1, max: 365 }),
    initial: RESOLVE_DAYS,
  },
}
