/**
 * SMB in all its versions (MS-CIFS, MS-SMB2), over TCP as such or in a session over NetBIOS
 * (RFC 1002, 4.3): builds, names and domains, what is shared, and whether it is signed.
 */

import { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { readSmb1 } from './smb-1.js'
import { readSmb2 } from './smb-2.js'
import * as say from './smb-words.js'

const MESSAGE = 0x00
const REQUEST = 0x81
const KEEP_ALIVE = 0x85

const VERSION_1 = '\xffSMB'
const VERSION_2 = '\xfeSMB'
const ENCRYPTED = '\xfdSMB'
const COMPRESSED = '\xfcSMB'
const MAGIC_LENGTH = 4
/** The first byte of all of these is no less than this, and the second is the same. */
const MAGIC_MIN = 0xfc
const LETTER = 0x53

const NAME_LENGTH = 15
const HALF = 0x41
const HALF_MAX = 0x0f
const SPACE = 0x20
const LABEL = 32
/** What clients call a server whose name they don't know. */
const ANY_SERVER = 'CKFDENECFDEFFCFGEFFCCACACACACACA'

/** One message is read by itself: what is bad in it leaves the next ones readable. */
const message = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  let messages = 0
  while (c.left > 0) {
    // Behind a message that was read, this is where bytes were missed.
    if (messages++ > 0 && !isSession(c)) return
    const kind = c.u8()
    const length = c.u24()
    if (c.fault !== '') return
    if (kind === MESSAGE) readMessage(c, notes, talk, length)
    else if (kind === REQUEST) readRequest(c, notes, talk, length)
    else if (kind > REQUEST && kind <= KEEP_ALIVE && length < 8) c.take(length)
    else c.fail('no session')
  }
}

/** Whether a message may begin here. */
function isSession(c: Cursor): boolean {
  const kind = c.peek()
  if (kind !== MESSAGE) return kind >= REQUEST && kind <= KEEP_ALIVE
  if ((c.peek(1) | c.peek(2) | c.peek(3)) === 0) return true
  const magic = c.peek(MAGIC_LENGTH)
  return c.left < 2 * MAGIC_LENGTH || (magic >= MAGIC_MIN && c.peek(MAGIC_LENGTH + 1) === LETTER)
}

function readMessage(c: Cursor, notes: Notes, talk: Talk, length: number): void {
  if (length === 0) return
  const isFirst = c.starts(VERSION_1)
  const isSecond = c.starts(VERSION_2)
  const isEncrypted = c.starts(ENCRYPTED)
  const isOther = !isFirst && !isSecond && !isEncrypted && !c.starts(COMPRESSED)
  if (isOther && c.left >= MAGIC_LENGTH) return c.fail('no smb')
  const at = c.take(length)
  if (at < 0) return
  say.aboutSender(notes)
  message.over(c.bytes, at, at + length)
  if (isFirst) readSmb1(message, notes, talk)
  else if (isSecond) readSmb2(message, notes, talk)
  else if (isEncrypted) notes.say(say.transport, 'encrypted')
}

/** Both names of a session over NetBIOS: what the server is called, and who calls. */
function readRequest(c: Cursor, notes: Notes, talk: Talk, length: number): void {
  const outer = c.narrow(length)
  if (say.aboutTarget(notes, talk)) readName(c, notes, say.calledName)
  say.aboutSender(notes)
  readName(c, notes, say.callingName)
  c.widen(outer)
}

/** A name of which each half of a byte is a letter (RFC 1001, 14.1); its last byte is its kind. */
function readName(c: Cursor, notes: Notes, said: Fact): void {
  if (c.u8() !== LABEL && c.fault === '') c.fail('bad name')
  const isKnown = !c.starts(ANY_SERVER)
  const at = notes.here
  let rest = NAME_LENGTH
  let used = 0
  while (rest-- > 0 && c.left > 0) {
    const high = c.u8() - HALF
    const low = c.u8() - HALF
    if (high < 0 || low < 0 || high > HALF_MAX || low > HALF_MAX) c.fail('bad name')
    const letter = (high << 4) | low
    notes.put(letter)
    if (letter !== SPACE && letter !== 0) used = notes.here - at
  }
  c.take(2)
  c.until(0)
  if (c.fault === '' && isKnown) notes.add(said, at, used)
}

export const smb: Protocol = {
  name: 'smb',
  standard: 'MS-CIFS, MS-SMB2, RFC 1002',
  tells: 'systems, names and domains of Windows and Samba, shares, version 1, and signing',
  heard: [
    'tcp/445',
    'tcp/139',
    'tcp @4 "\\xffSMB"',
    'tcp @4 "\\xfeSMB"',
    'tcp @4 "\\xfdSMB"',
    'tcp @4 "\\xfcSMB"',
    'tcp "\\x81\\x00\\x00\\x44\\x20"',
  ],
  facts: [
    say.v1,
    say.dialects,
    say.dialect,
    say.signing,
    say.capabilities,
    say.serverGuid,
    say.clientGuid,
    say.bootTime,
    say.mechanisms,
    say.session,
    say.passwords,
    say.os,
    say.lanSoftware,
    say.domain,
    say.user,
    say.serverName,
    say.share,
    say.callingName,
    say.calledName,
    say.transport,
  ],
  parse,
}
