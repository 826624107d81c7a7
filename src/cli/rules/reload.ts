/** `onlooker rules reload`: a running sensor reads its rules again. */

import type { RulesRead } from '../../api/call.js'
import { ASK_OPTIONS, Client } from '../client.js'
import { CallError } from '../errors.js'
import { countText } from '../inventory-words.js'
import { parsed } from '../listing.js'
import { writeOut } from '../stdout.js'

export async function reload(args: string[]): Promise<void> {
  const { values, positionals } = parsed(args, ASK_OPTIONS, 'rules')
  if (positionals.length > 0) throw new CallError('onlooker rules reload takes no names')
  const { config, socket } = values as Readonly<Record<string, string | undefined>>
  const client = new Client({ config, socket })
  const read = await client.ask<RulesRead>('/api/v1/rules/reload', 'POST')
  const words = read.changed ? 'hold now' : 'held already'
  writeOut(`${countText(read.rules)} rules of version ${read.version} ${words}\n`)
}
