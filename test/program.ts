/** The program as it is shipped: what tests that ask it as a person would start. */

import { fileURLToPath } from 'node:url'

export const MAIN = fileURLToPath(new URL('../onlooker/main.js', import.meta.url))
