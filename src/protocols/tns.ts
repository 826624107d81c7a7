/**
 * Oracle's TNS (Net8): which program on which machine asks for which database, and the version a
 * listener tells when it refuses.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { readNumber } from './text-lines.js'
import { find, findNext, found } from './text-search.js'

const program = fact('tns.program', text, 'set')
/** The name of the client's machine, as it gives it. */
const host = fact('tns.host', text, 'set')
const user = secretFact('tns.user', ['oracle', 'root', 'system', 'administrator'])
/** Of the database: asked for, so the words are the client's. */
const service = fact('tns.service', text, 'set')
const sid = fact('tns.sid', text, 'set')
/** `19.0.0.0.0`, of the listener. */
const version = fact('tns.version', text, 'set')
const error = fact('tns.error', text, 'set')
/** The protocol's own version, agreed on. */
const protocol = fact('tns.protocol', text, 'set')

const CONNECT = 1
const ACCEPT = 2
const REFUSE = 4
const REDIRECT = 5
const DATA = 6
const RESEND = 11
const LAST = 19
const HEAD = 8
const VERSION_LEAST = 0x0100
const VERSION_MOST = 0x0160
const CLOSE = 0x29
const PACKETS_MAX = 4

function parse(c: Cursor, notes: Notes): void {
  let packets = 0
  while (c.left > 0 && packets++ < PACKETS_MAX) {
    const from = c.at
    const length = c.u16()
    c.take(2)
    const kind = c.u8()
    c.take(3)
    if (c.fault !== '') return
    if (length < HEAD || kind === 0 || kind > LAST) return c.fail('no tns')
    if (packets === 1 && !isOpening(kind)) return c.fail('no opening')
    const outer = c.narrow(length - HEAD)
    if (c.fault !== '') return
    if (kind === CONNECT) connect(c, notes, from)
    else if (kind === DATA) describe(c, notes)
    else if (kind === ACCEPT) notes.count32(protocol, c.u16())
    else if (kind === REFUSE) refuse(c, notes)
    if (c.fault !== '') return
    c.widen(outer)
    if (kind === DATA || kind === REFUSE || kind === ACCEPT) return
  }
}

const isOpening = (kind: number): boolean =>
  kind === CONNECT || kind === ACCEPT || kind === REFUSE || kind === REDIRECT || kind === RESEND

/** What the client asks for stands behind the head, or in a packet of its own if it is long. */
function connect(c: Cursor, notes: Notes, from: number): void {
  const spoken = c.u16()
  if (spoken < VERSION_LEAST || spoken > VERSION_MOST) return c.fail('bad version')
  c.take(14)
  const length = c.u16()
  const offset = from + c.u16()
  if (c.fault !== '' || offset < c.at || offset + length > c.end) return
  c.at = offset
  describe(c, notes)
}

/** `(DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=x)(CID=(PROGRAM=p)(HOST=h)(USER=u)))…)` */
function describe(c: Cursor, notes: Notes): void {
  const { at, left: length } = c
  if (find(c, at, length, '(service_name=')) addValue(notes, service)
  if (find(c, at, length, '(sid=')) addValue(notes, sid)
  // A machine is named twice: where it is sought, and here by itself.
  if (!find(c, at, length, '(cid=')) return
  if (findNext('(program=')) addProgram(notes)
  if (find(c, at, length, '(cid=') && findNext('(host=')) addValue(notes, host)
  if (find(c, at, length, '(cid=') && findNext('(user=')) addValue(notes, user)
}

function addValue(notes: Notes, said: Fact): void {
  notes.add(said, found.at, found.distance(CLOSE))
}

/** Without the folders, which may be somebody's. */
function addProgram(notes: Notes): void {
  const end = found.at + Math.max(0, found.distance(CLOSE))
  let at = found.at
  while (found.at < end) {
    const byte = found.u8()
    if (byte === 0x5c || byte === 0x2f) at = found.at
  }
  notes.add(program, at, end - at)
}

/** `(DESCRIPTION=(TMP=)(VSNNUM=186647552)(ERR=12505)…)` */
function refuse(c: Cursor, notes: Notes): void {
  const { at, left: length } = c
  if (find(c, at, length, '(vsnnum=')) addVersion(notes, readNumber(found))
  if (find(c, at, length, '(err=')) addValue(notes, error)
}

function addVersion(notes: Notes, number: number): void {
  if (number <= 0) return
  const at = notes.here
  writePart(notes, number >>> 24)
  writePart(notes, (number >>> 20) & 15)
  writePart(notes, (number >>> 12) & 255)
  writePart(notes, (number >>> 8) & 15)
  notes.writeNumber(number & 255)
  notes.add(version, at, notes.here - at)
}

function writePart(notes: Notes, number: number): void {
  notes.writeNumber(number)
  notes.write('.')
}

export const tns: Protocol = {
  name: 'tns',
  standard: 'Oracle Net Services',
  tells: 'Oracle databases and their versions; names, users and programs of their clients',
  heard: ['tcp/1521', 'tcp/1526', 'tcp @4 "\\x01\\x00\\x00\\x00\\x01"'],
  facts: [program, host, user, service, sid, version, error, protocol],
  parse,
}
