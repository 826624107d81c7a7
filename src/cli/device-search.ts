/** The device that a person means: by id, address or name. */

import { isIP } from 'node:net'
import type { Client } from './client.js'
import { CallError } from './errors.js'
import type { Json } from './listing.js'

const MAC = /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i
const SHOWN = 4

interface Found {
  readonly items: readonly Json[]
}

/** Its id; a CallError where nobody is meant, or several are. */
export async function findDevice(client: Client, word: string): Promise<string> {
  for (const filter of filtersFor(word)) {
    const query = new URLSearchParams({ ...filter, limit: String(SHOWN) })
    const { items } = await client.ask<Found>(`/api/v1/devices?${query.toString()}`)
    if (items.length === 1) return String(items[0]!.id)
    if (items.length > 1) {
      const ids = items.map(({ id }) => String(id)).join(', ')
      throw new CallError(`${word} means several devices: ${ids}: name one by its id`)
    }
  }
  // An id that was merged is in no list, and still means somebody.
  try {
    const path = `/api/v1/devices/${encodeURIComponent(word)}`
    return String((await client.ask<Json>(path)).id)
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    throw new CallError(`no such device: ${word}: see onlooker devices`)
  }
}

/** What says most first. */
function filtersFor(word: string): Readonly<Record<string, string>>[] {
  if (MAC.test(word)) return [{ mac: word.toLowerCase().replaceAll('-', ':') }]
  if (isIP(word) !== 0) return [{ ip: word.toLowerCase() }]
  return [{ id: word }, { name: word }]
}
