/** What an OPC UA server says of its software when its state is read (OPC 10000-5, 12.4). */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { extension, noteString, passString, readCount, readExtension } from './opcua-values.js'
import type { Notes } from './protocol.js'

const manufacturer = fact('opcua.manufacturer', text)
const product = fact('opcua.product', text)
const software = fact('opcua.software', text)
const build = fact('opcua.build', text)

export const buildFacts: readonly Fact[] = [manufacturer, product, software, build]

const HAS_VALUE = 1
const OBJECT = 22
const BUILD = 340
const STATE = 864
const STATE_HEAD = 20

/** The first of the values that were read, if it is the server's state or its build. */
export function readBuild(c: Cursor, notes: Notes): void {
  if (readCount(c) === 0) return
  if ((c.u8() & HAS_VALUE) === 0 || c.u8() !== OBJECT) return
  readExtension(c)
  if (extension.kind !== BUILD && extension.kind !== STATE) return
  if (extension.kind === STATE) c.take(STATE_HEAD)
  passString(c)
  noteString(c, notes, manufacturer)
  noteString(c, notes, product)
  noteString(c, notes, software)
  noteString(c, notes, build)
}
