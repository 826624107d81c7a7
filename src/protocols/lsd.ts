/**
 * BitTorrent's search for peers nearby (BEP 14): that a machine shares, and on which port. What it
 * shares is not told.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'
import { TextHeaders } from './text-headers.js'

const port = fact('lsd.port', text, 'set')

const headers = new TextHeaders(['port'])

function parse(c: Cursor, notes: Notes): void {
  if (!c.starts('BT-SEARCH ')) return c.fail('not lsd')
  notes.about(SENDER)
  headers.start(c)
  while (c.left > 0) {
    if (!headers.next(c)) return
    if (headers.name >= 0) notes.add(port, headers.at, headers.length)
  }
}

export const lsd: Protocol = {
  name: 'lsd',
  standard: 'BEP 14',
  tells: 'machines that share by BitTorrent',
  heard: ['udp/6771', 'udp "BT-SEARCH *"'],
  facts: [port],
  parse,
}
