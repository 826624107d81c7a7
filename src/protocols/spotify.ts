/** Spotify Connect (ZeroConf API): what a player answers to `getInfo`, over HTTP in JSON. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import type { Notes, Protocol } from './protocol.js'

const deviceId = fact('spotify.device_id', text)
const name = fact('spotify.name', text)
const type = fact('spotify.type', text)
const brand = fact('spotify.brand', text)
const model = fact('spotify.model', text)
const library = fact('spotify.library', text)
/** Whose account plays there. */
const account = secretFact('spotify.account', [])

const members = membersOf([
  ['deviceID', deviceId],
  ['deviceId', deviceId],
  ['remoteName', name],
  ['deviceType', type],
  ['brandDisplayName', brand],
  ['modelDisplayName', model],
  ['libraryVersion', library],
  ['activeUser', account],
])

const parse = (c: Cursor, notes: Notes): void => readMembers(c, notes, members)

export const spotify: Protocol = {
  name: 'spotify',
  standard: "Spotify Connect's ZeroConf API",
  tells: 'brands, models and names of players',
  heard: [],
  facts: [deviceId, name, type, brand, model, library, account],
  parse,
}
