/**
 * Activation of Windows and Office by the Key Management Service, over RPC: who gives licences and,
 * in the version that does not encrypt, what the machine that asks for one is called.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'
import { addWide } from './wide-text.js'

/** What a client speaks: 4 is not encrypted, 5 and 6 are. */
const version = fact('kms.version', text, 'set')
const clientName = fact('kms.client_name', text, 'set')
/** A number each installation draws once. */
const clientId = fact('kms.client_id', hex, 'set')
/** Whether the installation is `virtual` or `physical`. */
const machine = fact('kms.machine', text, 'set')
/** Which product, by its number. */
const product = fact('kms.product', hex, 'set')
const OPEN = 4
const VERSION_MIN = 4
const VERSION_MAX = 6
const NAME_BYTES = 128

/** One call of a client, whose content stands behind the head of its unit. */
function parse(c: Cursor, notes: Notes): void {
  notes.about(SENDER)
  readLicence(c, notes)
}

export function readLicence(c: Cursor, notes: Notes): void {
  // A length, and the same again where the content begins.
  c.take(8)
  c.take(2)
  const major = c.u16le()
  if (c.fault !== '' || major < VERSION_MIN || major > VERSION_MAX) return
  notes.count32(version, major)
  if (major !== OPEN) return
  const isVirtual = c.u32le() !== 0
  c.take(24)
  const productAt = c.take(16)
  c.take(16)
  const id = c.take(16)
  c.take(28)
  if (c.fault !== '') return
  notes.say(machine, isVirtual ? 'virtual' : 'physical')
  notes.add(product, productAt, 16)
  notes.add(clientId, id, 16)
  addWide(c, notes, clientName, NAME_BYTES)
}

export const kms: Protocol = {
  name: 'kms',
  standard: 'MS-RPCE; the Key Management Service of Windows',
  tells: 'who activates Windows and Office, and names and numbers of old clients',
  // Remote procedure calls carry it.
  heard: [],
  facts: [version, clientName, clientId, machine, product],
  parse,
}
