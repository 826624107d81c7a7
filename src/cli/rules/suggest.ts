/** `onlooker rules suggest`: a correction of a person as a rule that can be shared. */

import { stringify } from 'yaml'
import type { Edits } from '../../model/device.js'
import { checkEntries } from '../../rules/check.js'
import { suggestionFor, type Said } from '../../rules/suggestion.js'
import { ASK_OPTIONS, Client } from '../client.js'
import { findDevice } from '../device-search.js'
import { CallError } from '../errors.js'
import { vocabulary } from '../knowledge.js'
import { parsed, rowsOf, type Json } from '../listing.js'
import { writeOut } from '../stdout.js'

const FACTS_MAX = 1000

export async function suggest(args: string[]): Promise<void> {
  const { values, positionals } = parsed(args, ASK_OPTIONS, 'rules')
  const [word] = positionals
  if (word === undefined || positionals.length > 1) {
    throw new CallError('name one device: onlooker rules suggest 192.168.1.20')
  }
  const { config, socket } = values as Readonly<Record<string, string | undefined>>
  const client = new Client({ config, socket })
  const id = await findDevice(client, word)
  const path = `/api/v1/devices/${encodeURIComponent(id)}`
  const device = await client.ask<Json>(path)
  const asked = { query: new URLSearchParams(), limit: FACTS_MAX }
  const { rows } = await rowsOf(client, `${path}/facts`, asked)
  writeOut(textFor(device, rows as unknown as readonly Said[]))
}

function textFor(device: Json, facts: readonly Said[]): string {
  const edits = device.edits as Edits
  if (![edits.kind, edits.vendor, edits.model, edits.os].some(Boolean)) {
    const mend = 'onlooker devices set ID kind=printer vendor=HP'
    throw new CallError(`nobody said what ${String(device.id)} is: say it first: ${mend}`)
  }
  const rule = suggestionFor({ edits, facts: facts.filter(isKnown), own: ownWords(device) })
  if (rule === undefined) {
    throw new CallError('it says nothing of itself by which others like it could be known')
  }
  const { faults } = checkEntries([{ place: 'rule', entry: rule }], vocabulary(), [])
  if (faults.length > 0) throw new Error(faults.map(({ what }) => what).join('; '))
  return stringify([rule], { lineWidth: 100, aliasDuplicateObjects: false })
}

const isKnown = ({ fact }: Said): boolean => vocabulary().has(fact)

/** What names the device, its owner or its place. */
function ownWords(device: Json): string[] {
  const lists = [device.names, device.macs, device.ipv4, device.ipv6] as string[][]
  const { name, owner, location } = device.edits as Edits
  return [...lists.flat(), String(device.serial ?? ''), name ?? '', owner ?? '', location ?? '']
}
