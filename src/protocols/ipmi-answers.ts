/** What a management controller answers before anybody logged in (IPMI 2.0, chapters 20 and 22). */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, text, type Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

/** Kinds of authentication it takes: `none`, `md2`, `md5`, `password`, `oem`. */
const authentication = fact('ipmi.authentication', text, 'set')
/** `anonymous` where an empty user with an empty password may come in, `null-user` where one exists. */
const login = fact('ipmi.login', text, 'set')
const channels = fact('ipmi.channel_versions', text, 'set')
const maker = fact('ipmi.manufacturer', text)
const product = fact('ipmi.product', text)
const firmware = fact('ipmi.firmware', text)
export const systemGuid = fact('ipmi.guid', hex)
const suites = fact('ipmi.cipher_suites', hex, 'set')

export const answerFacts: readonly Fact[] = [
  ...[authentication, login, channels, maker, product, firmware, systemGuid, suites],
]

const DEVICE_ID = 0x0701
const GUID = 0x0737
const CAPABILITIES = 0x0738
const CIPHER_SUITES = 0x0754
const KINDS: readonly (readonly [bit: number, word: string])[] = [
  [0x01, 'none'],
  [0x02, 'md2'],
  [0x04, 'md5'],
  [0x10, 'password'],
  [0x20, 'oem'],
]
const EXTENDED = 0x80
const ANONYMOUS = 0x01
const NULL_USER = 0x02
const VERSION_2 = 0x02

/** Reads an answer from behind its command; its last byte is a checksum. */
export function noteAnswer(c: Cursor, notes: Notes, answer: number): void {
  if (c.u8() !== 0) return
  const outer = c.narrow(c.left - 1)
  if (c.fault !== '') return
  if (answer === CAPABILITIES) capabilities(c, notes)
  else if (answer === DEVICE_ID) device(c, notes)
  else if (answer === GUID) notes.add(systemGuid, c.take(16), 16)
  else if (answer === CIPHER_SUITES && c.left > 1) notes.add(suites, c.at + 1, c.left - 1)
  c.at = c.end
  c.widen(outer)
}

function capabilities(c: Cursor, notes: Notes): void {
  c.take(1)
  const kinds = c.u8()
  const status = c.u8()
  const extended = c.u8()
  c.take(4)
  if (c.fault !== '') return
  let i = 0
  while (i < KINDS.length) {
    const [bit, word] = KINDS[i++]!
    if ((kinds & bit) !== 0) notes.say(authentication, word)
  }
  if ((status & ANONYMOUS) !== 0) notes.say(login, 'anonymous')
  if ((status & NULL_USER) !== 0) notes.say(login, 'null-user')
  const both = (kinds & EXTENDED) !== 0 && (extended & VERSION_2) !== 0
  notes.say(channels, both ? '2.0' : '1.5')
}

function device(c: Cursor, notes: Notes): void {
  c.take(2)
  const major = c.u8() & 0x7f
  const minor = c.u8()
  c.take(2)
  const by = c.u16le() | (c.u8() << 16)
  const number = c.u16le()
  if (c.fault !== '') return
  const at = notes.here
  notes.writeNumber(major)
  notes.put(0x2e)
  // The minor number is written in decimal digits of four bits.
  notes.put(0x30 + (minor >> 4))
  notes.put(0x30 + (minor & 15))
  notes.add(firmware, at, notes.here - at)
  notes.count32(maker, by & 0xfffff)
  notes.count32(product, number)
}
