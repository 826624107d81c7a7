/**
 * NetBIOS datagrams (RFC 1002 4.4): who sends from which name to which workgroup, and the mailslot
 * that the SMB transaction within is for. What browsers say there is read by `browse`.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { browse } from './browse.js'
import {
  FILE_SERVER,
  WORKSTATION,
  isOrdinary,
  namesGroup,
  netbios,
  readEncodedName,
} from './netbios-names.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'

const name = fact('nbdgm.name', text, 'set')
const group = fact('nbdgm.group', text, 'set')
const mailslot = fact('nbdgm.mailslot', text, 'set')

const DIRECT_UNIQUE = 0x10
const DIRECT_GROUP = 0x11
const BROADCAST = 0x12
const ERROR = 0x13
const NEGATIVE = 0x16

const SMB_HEAD = 32
/** Offsets of a transaction's words, after their count. */
const DATA_COUNT = 22
const SLOT = '\\MAILSLOT\\'
const BROWSE = '\\MAILSLOT\\BROWSE'

function parse(c: Cursor, notes: Notes): void {
  const type = c.u8()
  const flags = c.u8()
  c.take(8)
  if (c.fault !== '') return
  if (type < DIRECT_UNIQUE || type > NEGATIVE || flags > 0x0f) return c.fail('not nbdgm')
  if (type === ERROR) return void c.u8()
  if (type > BROADCAST) return readEncodedName(c, notes)
  c.take(2)
  const offset = c.u16()
  notes.about(SENDER)
  ends(c, notes, type)
  // Later parts of a datagram begin in the midst of it.
  if (c.fault === '' && offset === 0 && c.starts('\xffSMB%')) transaction(c, notes)
}

function ends(c: Cursor, notes: Notes, type: number): void {
  readEncodedName(c, notes)
  if (c.fault !== '') return
  const { at, length, suffix } = netbios
  const named = (suffix === WORKSTATION || suffix === FILE_SERVER) && isOrdinary(notes)
  readEncodedName(c, notes)
  if (c.fault !== '') return
  if (named) notes.add(name, at, length)
  const isGroup = type === DIRECT_GROUP
  if (namesGroup(netbios.suffix, isGroup) && isOrdinary(notes)) {
    notes.add(group, netbios.at, netbios.length)
  }
}

/**
 * A transaction without an answer, to a mailslot that is named behind its words. Of one that is
 * something else the names stay true.
 */
function transaction(c: Cursor, notes: Notes): void {
  const smb = c.at
  c.take(SMB_HEAD)
  const words = c.u8() * 2
  if (words < DATA_COUNT + 4) return
  c.take(DATA_COUNT)
  const size = c.u16le()
  const at = smb + c.u16le()
  c.take(words - DATA_COUNT - 4 + 2)
  if (!c.starts(SLOT)) return
  const forBrowsers = c.starts(BROWSE)
  const slot = c.until(0)
  if (c.fault !== '') return
  notes.add(mailslot, slot, c.at - 1 - slot)
  if (at < c.at) return
  c.take(at - c.at)
  c.take(size)
  if (forBrowsers && c.fault === '') notes.handOver(browse, at, at + size)
}

export const nbdgm: Protocol = {
  name: 'nbdgm',
  standard: 'RFC 1001, 1002',
  tells: 'names and workgroups of Windows machines and file servers',
  heard: ['udp/138'],
  facts: [name, group, mailslot],
  parse,
}
