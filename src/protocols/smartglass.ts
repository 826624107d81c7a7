/** SmartGlass, by which Xbox consoles are found: a console's name and identity. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'

const name = fact('smartglass.name', text)
const uuid = fact('smartglass.uuid', text)
const type = fact('smartglass.type', text)
const asks = fact('smartglass.asks', text, 'set')

const REQUEST = 0xdd00
const RESPONSE = 0xdd01
const POWER_ON = 0xdd02
const VERSION_MAX = 2

const TYPES: readonly (string | undefined)[] = [
  ...[undefined, 'xbox one', 'xbox 360', 'windows desktop', 'windows store', 'windows phone'],
  ...['iphone', 'ipad', 'android'],
]

function parse(c: Cursor, notes: Notes): void {
  const kind = c.u16()
  const length = c.u16()
  const version = c.u16()
  if (c.fault !== '') return
  const known = kind === REQUEST || kind === RESPONSE || kind === POWER_ON
  if (!known || version > VERSION_MAX || length > c.left + 4) return c.fail('not smartglass')
  notes.about(SENDER)
  if (kind === POWER_ON) return notes.say(asks, 'power on')
  c.take(4)
  const word = TYPES[c.u16()]
  if (c.fault !== '') return
  if (kind === REQUEST) return notes.say(asks, word ?? 'client')
  if (word !== undefined) notes.say(type, word)
  string(c, notes, name)
  string(c, notes, uuid)
}

/** A string behind its length, with a zero behind it that is not counted. */
function string(c: Cursor, notes: Notes, said: Fact): void {
  const length = c.u16()
  const at = c.take(length)
  notes.add(said, at, length)
  c.take(1)
}

export const smartglass: Protocol = {
  name: 'smartglass',
  standard: 'Microsoft',
  tells: 'name and identity of Xbox consoles, and who looks for them',
  heard: ['udp/5050'],
  facts: [name, uuid, type, asks],
  parse,
}
