/** Run when the program is built: writes the shipped rules down in a form that loads at once. */

import { writeFileSync } from 'node:fs'
import { readyFile, rulesIn, SHIPPED, shippedFolder } from '../conditions/files.js'
import { bareSource, isPattern } from '../conditions/patterns.js'
import { NEEDS_FILE, packNeeds } from '../conditions/ready-needs.js'

const sources = new Set<string>()

for (const name of SHIPPED) {
  const entries = rulesIn(shippedFolder(name))
  writeFileSync(readyFile(name), JSON.stringify(entries))
  noteSources(entries)
}
writeFileSync(NEEDS_FILE, packNeeds(sources))

/** Patterns stand among the values of conditions, and are the keys of tables. */
function noteSources(value: unknown): void {
  if (typeof value === 'string') {
    if (isPattern(value)) sources.add(bareSource(value))
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value)) {
      noteSources(key)
      noteSources(inner)
    }
  }
}
