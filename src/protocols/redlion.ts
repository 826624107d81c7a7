/** Crimson 3 (Red Lion): panels and data stations tell who asks for it their maker and model. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const vendor = fact('redlion.vendor', text, 'set')
const model = fact('redlion.model', text, 'set')
/** `device` or `client`. */
const role = fact('redlion.role', text, 'set')

const VENDOR = 0x012b
const MODEL = 0x012a
const LENGTH_MAX = 0x800

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  while (c.left > 0) {
    const length = c.u16()
    const register = c.u16()
    if (c.fault !== '') return
    if (length < 2 || length > LENGTH_MAX || register > LENGTH_MAX) return c.fail('no crimson')
    const outer = c.narrow(length - 2)
    if (c.fault !== '') return
    const isDevice = talk.side === 'server'
    notes.say(role, isDevice ? 'device' : 'client')
    if (isDevice && (register === VENDOR || register === MODEL) && c.left > 2) {
      c.take(2)
      const zero = c.distance(0)
      notes.add(register === VENDOR ? vendor : model, c.at, zero < 0 ? c.left : zero)
    }
    c.widen(outer)
  }
}

export const redlion: Protocol = {
  name: 'redlion',
  standard: 'Red Lion Crimson 3',
  tells: 'panels and data stations: maker and model',
  heard: ['tcp/789', 'tcp "\\x00\\x04\\x01\\x2b\\x1b\\x00"'],
  messages: true,
  facts: [vendor, model, role],
  parse,
}
