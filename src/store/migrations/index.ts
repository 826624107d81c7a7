/** All forms the database had, the oldest first: `user_version` tells how many of them a file has. */

import { begin } from './begin.js'
import { connections } from './connections.js'
import { recommendations } from './recommendations.js'

export const MIGRATIONS: readonly string[] = [begin, connections, recommendations]
