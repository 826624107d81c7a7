/** Streaming ACN (ANSI E1.31): sources of light control, by their names and identifiers. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import type { Notes, Protocol } from './protocol.js'

const source = fact('sacn.source', text, 'set')
/** A UUID: one source in the world. */
const cid = fact('sacn.cid', hex, 'set')

const MAGIC = 'ASC-E1.17\0\0\0'
const LIGHT = 4
const EXTENDED = 8
const LIGHT_FRAME = 2
const DISCOVERY = 2
const NAME = 64

function parse(c: Cursor, notes: Notes): void {
  const preamble = c.u32()
  if (c.fault === '' && preamble !== 0x00100000) return c.fail('no acn')
  if (c.left >= MAGIC.length && !c.starts(MAGIC)) return c.fail('no acn')
  c.take(MAGIC.length + 2)
  const vector = c.u32()
  if (c.fault === '' && vector !== LIGHT && vector !== EXTENDED) return
  notes.add(cid, c.take(16), 16)
  c.take(2)
  const frame = c.u32()
  const isNamed = vector === LIGHT ? frame === LIGHT_FRAME : frame === DISCOVERY
  if (isNamed) noteFixedText(c, notes, source, NAME)
}

export const sacn: Protocol = {
  name: 'sacn',
  standard: 'ANSI E1.31',
  tells: 'sources of light control, by name and identifier',
  heard: ['udp/5568', 'udp @4 "ASC-E1.17\\x00\\x00\\x00"'],
  facts: [source, cid],
  parse,
}
