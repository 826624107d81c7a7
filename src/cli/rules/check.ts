/** `onlooker rules check`: whether a folder of rules holds, and what is wrong in it. */

import { checkFolder } from '../../rules/check.js'
import { shippedEntries } from '../../conditions/files.js'
import { CallError } from '../errors.js'
import { countText, plural } from '../inventory-words.js'
import { vocabulary } from '../knowledge.js'
import { parsed } from '../listing.js'
import { writeOut } from '../stdout.js'

export function check(args: string[]): Promise<void> {
  const { positionals } = parsed(args, {}, 'rules')
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1) {
    throw new CallError('name one folder with rules: onlooker rules check ./rules')
  }
  const { faults, rules, rows } = checkFolder(folder, vocabulary(), shippedEntries('rules'))
  for (const { place, what } of faults) {
    writeOut(`${place === '' || place === folder ? folder : `${folder}/${place}`}: ${what}\n`)
  }
  const held = `${plural(rules, 'rule')} and ${countText(rows)} rows of tables`
  writeOut(faults.length === 0 ? `${held} hold\n` : `${plural(faults.length, 'thing')} to mend\n`)
  if (faults.length > 0) process.exitCode = 1
  return Promise.resolve()
}
