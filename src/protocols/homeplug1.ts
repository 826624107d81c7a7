/** HomePlug 1.0: old power-line adapters, which encrypt with DES. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { sayWord } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

const message = fact('homeplug1.message', text, 'set')

const COUNT = 0x7f
const TYPE = 0x1f
const VERSION_SHIFT = 5
const MESSAGES: readonly (string | undefined)[] = [
  'channel request',
  'channel response',
  ...['vendor', 'vendor', 'set key', undefined, 'key set', 'ask statistics', 'statistics'],
]

function parse(c: Cursor, notes: Notes): void {
  let entries = c.u8() & COUNT
  while (entries > 0 && c.left > 0) {
    entries--
    const head = c.u8()
    if (head >> VERSION_SHIFT !== 0) return c.fail('bad version')
    c.take(c.u8())
    if (c.fault === '') sayWord(notes, message, head & TYPE, MESSAGES)
  }
}

export const homeplug1: Protocol = {
  name: 'homeplug1',
  standard: 'HomePlug 1.0',
  tells: 'old power-line adapters with weak encryption',
  heard: ['ether/887b'],
  facts: [message],
  parse,
}
