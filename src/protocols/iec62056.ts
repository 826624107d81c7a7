/**
 * IEC 62056-21 (once IEC 1107) over TCP: meters identify themselves by their maker's three letters
 * and a model to who calls them, or in what they send of their own accord (DSMR P1).
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { line, readLine } from './text-lines.js'

const vendor = fact('iec62056.vendor', text, 'set')
const model = fact('iec62056.model', text, 'set')
/** `meter` or `client`. */
const role = fact('iec62056.role', text, 'set')

const SLASH = 0x2f
const ASK = 0x3f
const END = 0x21
const BACKSLASH = 0x5c
const HEAD = 5
const LINE_MAX = 40

function parse(c: Cursor, notes: Notes): void {
  // Some wake their meter by zeros first.
  while (c.left > 0 && c.peek() === 0) c.take(1)
  if (c.left > 0 && c.peek() !== SLASH) return c.fail('no meter')
  if (c.left > LINE_MAX && c.distance(0x0a) > LINE_MAX) return c.fail('no meter')
  if (!readLine(c)) return
  if (line.peek(1) === ASK) {
    if (line.peek(line.left - 1) !== END) return c.fail('no meter')
    return notes.say(role, 'client')
  }
  const isMaker = isLetter(line.peek(1)) && isLetter(line.peek(2)) && isLetter(line.peek(3))
  if (!isMaker || line.left <= HEAD) return c.fail('no meter')
  notes.say(role, 'meter')
  notes.add(vendor, line.at + 1, 3)
  line.take(HEAD)
  // A backslash and a sign tell of another mode.
  if (line.peek() === BACKSLASH) line.take(2)
  notes.add(model, line.at, line.left)
}

const isLetter = (byte: number): boolean => (byte & ~0x20) >= 0x41 && (byte & ~0x20) <= 0x5a

export const iec62056: Protocol = {
  name: 'iec62056',
  standard: 'IEC 62056-21',
  tells: 'meters: maker and model',
  heard: ['tcp "/?"', 'tcp "/ISK5\\x5c"', 'tcp "/KFM5"', 'tcp "/XMX5"', 'tcp "/KMP5"'],
  facts: [vendor, model, role],
  parse,
}
