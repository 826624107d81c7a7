/** Run when the program is built: writes the shipped rules down in a form that loads at once. */

import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rulesIn } from '../conditions/files.js'

for (const name of ['rules', 'recommendations']) {
  const from = fileURLToPath(new URL(`../../../config/${name}`, import.meta.url))
  const to = fileURLToPath(new URL(`../../${name}.json`, import.meta.url))
  writeFileSync(to, JSON.stringify(rulesIn(from)))
}
