/** All forms the database had, the oldest first: `user_version` tells how many of them a file has. */

import { begin } from './begin.js'
import { recommendations } from './recommendations.js'

export const MIGRATIONS: readonly string[] = [begin, recommendations]
