/**
 * Dropbox LAN synchronisation: that a machine takes part, and by a keyed hash, which installation it
 * is. Which folders it shares is not told.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'

const host = secretFact('dropbox.host', [])
const name = secretFact('dropbox.name', [])
const port = fact('dropbox.port', text)

const members = membersOf(
  [
    ['host_int', host],
    ['displayname', name],
    ['port', port],
  ],
  1,
)

function parse(c: Cursor, notes: Notes): void {
  if (!c.starts('{"')) return c.fail('not dropbox')
  notes.about(SENDER)
  readMembers(c, notes, members)
  if (c.fault === '' && notes.count === 0) c.fail('not dropbox')
}

export const dropbox: Protocol = {
  name: 'dropbox',
  standard: 'Dropbox',
  tells: 'that a machine synchronises with its neighbours, and which installation it is',
  heard: ['udp/17500'],
  facts: [host, name, port],
  parse,
}
