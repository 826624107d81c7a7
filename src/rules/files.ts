/** The rules that come with the program. */

import { fileURLToPath } from 'node:url'
import type { Written } from '../conditions/entry.js'
import { readyRules } from '../conditions/files.js'

/** What comes with the program, and the same made ready when it was built: reading YAML is slow. */
const SHIPPED = fileURLToPath(new URL('../../../config/rules', import.meta.url))
const READY = fileURLToPath(new URL('../../rules.json', import.meta.url))

/** The shipped rules' entries. */
export const shippedRules = (): Written[] => readyRules(SHIPPED, READY)
