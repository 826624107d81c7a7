/**
 * Computer browser announcements (MS-BRWS): what kind of server a machine is, on which system, and
 * which workgroup it is master of. NetBIOS datagrams carry them.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'

const name = fact('browse.name', text, 'set')
const osVersion = fact('browse.os_version', text)
const type = fact('browse.type', text, 'set')
const comment = fact('browse.comment', text)
const masterOf = fact('browse.master_of', text, 'set')
const election = fact('browse.election', text, 'set')

const HOST = 0x01
const REQUEST = 0x02
const ELECTION = 0x08
const GET_BACKUPS = 0x09
const BECOME_BACKUP = 0x0b
const DOMAIN = 0x0c
const MASTER = 0x0d
const RESET = 0x0e
const LOCAL_MASTER = 0x0f

const NAME_BYTES = 16
const DOT = 0x2e

/** By bit; the rest say nothing more, or are not a machine's own. */
const TYPES: readonly (string | undefined)[] = [
  ...['workstation', 'server', 'sql server', 'domain controller', 'backup domain controller'],
  ...['time source', 'apple server', 'novell server', 'domain member', 'print server'],
  ...['dial-in server', 'unix', 'windows nt', 'windows for workgroups', 'netware server'],
  ...['windows nt server', 'potential browser', 'backup browser', 'master browser'],
  ...['domain master browser', 'osf', 'vms', 'windows 95', 'dfs root', 'cluster'],
  ...['terminal server', 'virtual cluster server', undefined, 'dce server', undefined],
]
/** What a machine stands for election as, by bit of its criteria. */
const CANDIDATES: readonly (readonly [bit: number, word: string])[] = [
  [0x20000000, 'windows nt server'],
  [0x10000000, 'windows nt'],
  [0x01000000, 'windows for workgroups'],
]

function parse(c: Cursor, notes: Notes): void {
  const command = c.u8()
  notes.about(SENDER)
  switch (command) {
    case HOST:
    case LOCAL_MASTER:
      return announce(c, notes)
    case DOMAIN:
      return master(c, notes)
    case REQUEST:
      c.take(1)
      return asciz(c, notes, name)
    case ELECTION:
      return elect(c, notes)
    case MASTER:
      return asciz(c, notes, name)
    case GET_BACKUPS:
    case GET_BACKUPS + 1:
    case BECOME_BACKUP:
    case RESET:
      return
    default:
      c.fail('bad command')
  }
}

function announce(c: Cursor, notes: Notes): void {
  c.take(5)
  fixed(c, notes, name)
  version(c, notes)
  const bits = c.u32le()
  c.take(4)
  if (c.fault !== '') return
  let bit = -1
  while (++bit < TYPES.length) {
    const word = TYPES[bit]
    if (word !== undefined && ((bits >>> bit) & 1) !== 0) notes.say(type, word)
  }
  asciz(c, notes, comment)
}

/** A master's announcement of its workgroup to masters of others: the comment is its own name. */
function master(c: Cursor, notes: Notes): void {
  c.take(5)
  fixed(c, notes, masterOf)
  c.take(2 + 4 + 4)
  asciz(c, notes, name)
}

/** Version, criteria, uptime, four bytes of nothing, and the candidate's name. */
function elect(c: Cursor, notes: Notes): void {
  c.take(1)
  const criteria = c.u32le()
  c.take(8)
  if (c.fault !== '') return
  let i = 0
  while (i < CANDIDATES.length) {
    const [bit, word] = CANDIDATES[i++]!
    if ((criteria & bit) !== 0) return candidate(c, notes, word)
  }
  asciz(c, notes, name)
}

function candidate(c: Cursor, notes: Notes, word: string): void {
  notes.say(election, word)
  asciz(c, notes, name)
}

/** A name in a field of 16 bytes that ends with the first zero. */
function fixed(c: Cursor, notes: Notes, said: Fact): void {
  const outer = c.narrow(NAME_BYTES)
  const length = c.distance(0)
  if (c.fault === '') notes.add(said, c.at, length < 0 ? NAME_BYTES : length)
  c.widen(outer)
}

function asciz(c: Cursor, notes: Notes, said: Fact): void {
  const at = c.until(0)
  if (at >= 0) notes.add(said, at, c.at - 1 - at)
}

function version(c: Cursor, notes: Notes): void {
  const at = notes.here
  const major = c.u8()
  const minor = c.u8()
  if (c.fault !== '' || major === 0) return
  if (notes.writeNumber(major) && notes.put(DOT) && notes.writeNumber(minor)) {
    notes.add(osVersion, at, notes.here - at)
  }
}

export const browse: Protocol = {
  name: 'browse',
  standard: 'MS-BRWS',
  tells: 'system version, kind of server and comment of Windows machines and file servers',
  heard: [],
  facts: [name, osVersion, type, comment, masterOf, election],
  parse,
}
