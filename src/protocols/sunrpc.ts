/**
 * Sun's remote procedure calls (RFC 5531) and what runs on them: the portmapper's list (RFC 1833),
 * mounts and NFS (RFC 1094, 1813, 7530). Files and their names are nobody's business.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { MOUNT, NFS, PORTMAP, noteProgram, writeProgram } from './sunrpc-programs.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** What a client calls and a server answers: `nfs v3`. */
const calls = fact('sunrpc.calls', text, 'set')
const serves = fact('sunrpc.serves', text, 'set')
/** What a portmapper lists: `nfs v3 tcp/2049`. */
const program = fact('sunrpc.program', text, 'set')
/** What a client calls itself, and how it says who it is: `none`, `sys` (its word), `gss`. */
const machine = fact('sunrpc.machine', text, 'set')
const authentication = fact('sunrpc.authentication', text, 'set')
const mounts = fact('sunrpc.mounts', text, 'set')
const exported = fact('sunrpc.export', text, 'set')

const CALL = 0
const REPLY = 1
const RPC_VERSION = 2
const CREDENTIALS_MAX = 400
const TEXT_MAX = 1024
const NAME_MAX = 255
const SYS = 1
const GSS = 6
const DUMP = 4
const MNT = 1
const EXPORT = 5
const FIRST_PROGRAM = 100000
const LAST_PROGRAM = 0x60ffffff
const REMEMBERED = 0x7fff

/** The other side's calls, among which the answer's is looked for. */
const asked = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.turnCount === 0) return message(c, notes, talk, false)
  let first = true
  while (c.left > 0) {
    const mark = c.u32()
    const length = mark & 0x7fffffff
    if (c.fault === '' && (length < 24 || length > 0xffffff) && first) return c.fail('bad record')
    const outer = c.narrow(Math.min(length, c.left))
    const isCut = length > outer - c.at
    message(c, notes, talk, true)
    if (first && c.fault !== '' && c.fault !== 'short') return
    c.fault = ''
    c.widen(outer)
    if (isCut) return void c.take(c.left + 1)
    first = false
  }
}

function message(c: Cursor, notes: Notes, talk: Talk, isStream: boolean): void {
  const id = c.u32()
  const kind = c.u32()
  if (c.fault !== '') return
  if (kind === CALL) call(c, notes, talk, id)
  else if (kind === REPLY) reply(c, notes, isStream ? callOf(talk, id) : talk.memory.recall(id))
  else c.fail('unknown kind')
}

function call(c: Cursor, notes: Notes, talk: Talk, id: number): void {
  if (c.u32() !== RPC_VERSION) return c.fail('unknown version')
  const number = c.u32()
  const version = c.u32()
  const procedure = c.u32()
  if (c.fault !== '') return
  if (number < FIRST_PROGRAM || number > LAST_PROGRAM || version < 0 || version > 255) {
    return c.fail('unknown program')
  }
  const key = keyOf(number, version, procedure)
  if (key >= 0) talk.memory.remember(id, key)
  noteProgram(notes, calls, number, version)
  credentials(c, notes, number)
  c.take(4)
  c.take(bounded(c))
  if (number === MOUNT && procedure === MNT) noteText(c, notes, mounts)
}

/** A request in 31 bits: only of the well-known programs answers are read. */
function keyOf(number: number, version: number, procedure: number): number {
  const nth = number - FIRST_PROGRAM
  if (nth < 0 || nth > REMEMBERED || procedure < 0 || procedure > 255) return -1
  return (nth << 16) | (version << 8) | procedure
}

function credentials(c: Cursor, notes: Notes, number: number): void {
  const flavor = c.u32()
  const length = bounded(c)
  const outer = c.narrow(length)
  if (c.fault !== '') return
  if (number === NFS || number === MOUNT) {
    notes.say(authentication, flavor === SYS ? 'sys' : flavor === GSS ? 'gss' : 'none')
  }
  if (flavor === SYS) {
    c.take(4)
    const size = c.u32()
    if (size > 0 && size <= NAME_MAX) notes.add(machine, c.take(size), size)
  }
  c.widen(outer)
}

function bounded(c: Cursor): number {
  const length = c.u32()
  if (length < 0 || length > CREDENTIALS_MAX) c.fail('bad credentials')
  return length
}

/** The request that this answers, as it stands in the other side's opening. */
function callOf(talk: Talk, id: number): number {
  asked.over(talk.other.bytes, talk.other.start, talk.other.end)
  while (asked.left > 0) {
    const outer = asked.narrow(Math.min(asked.u32() & 0x7fffffff, asked.left))
    const found = asked.u32() === id && asked.u32() === CALL
    if (found) {
      asked.take(4)
      const number = asked.u32()
      const version = asked.u32()
      const procedure = asked.u32()
      return asked.fault === '' ? keyOf(number, version, procedure) : -1
    }
    if (asked.fault !== '') return -1
    asked.widen(outer)
  }
  return -1
}

function reply(c: Cursor, notes: Notes, key: number): void {
  const state = c.u32()
  if (state !== 0) return state === 1 ? undefined : c.fail('unknown state')
  c.take(4)
  c.take(bounded(c))
  const result = c.u32()
  if (c.fault !== '') return
  if (result < 0 || result > 5) return c.fail('unknown result')
  if (key < 0 || result !== 0) return
  const number = FIRST_PROGRAM + (key >>> 16)
  const version = (key >> 8) & 0xff
  const procedure = key & 0xff
  noteProgram(notes, serves, number, version)
  if (number === PORTMAP && procedure === DUMP) listing(c, notes, version)
  else if (number === MOUNT && procedure === EXPORT) exportsOf(c, notes)
}

function listing(c: Cursor, notes: Notes, version: number): void {
  while (c.left > 0 && c.u32() === 1) {
    const number = c.u32()
    const spoken = c.u32()
    if (version > 2) {
      netidOf(c, notes, number, spoken)
      continue
    }
    const protocol = c.u32()
    const port = c.u32()
    if (c.fault !== '') return
    const at = writeProgram(notes, number, spoken)
    notes.write(protocol === 6 ? ' tcp/' : ' udp/')
    notes.writeNumber(port)
    notes.add(program, at, notes.here - at)
  }
}

/** rpcbind: the transport and the address are words, and the owner another one. */
function netidOf(c: Cursor, notes: Notes, number: number, spoken: number): void {
  passText(c)
  passText(c)
  passText(c)
  if (c.fault === '') noteProgram(notes, program, number, spoken)
}

function exportsOf(c: Cursor, notes: Notes): void {
  while (c.left > 0 && c.u32() === 1) {
    noteText(c, notes, exported)
    while (c.left > 0 && c.u32() === 1) passText(c)
  }
}

function noteText(c: Cursor, notes: Notes, said: Fact): void {
  const length = c.u32()
  if (length < 0 || length > TEXT_MAX) return c.fail('bad text')
  notes.add(said, c.take(length), length)
  c.take(-length & 3)
}

function passText(c: Cursor): void {
  const length = c.u32()
  if (length < 0 || length > TEXT_MAX) return c.fail('bad text')
  c.take(length + (-length & 3))
}

export const sunrpc: Protocol = {
  name: 'sunrpc',
  standard: 'RFC 5531, 1833, 1813',
  tells:
    'servers and clients of NFS, what is exported, names of Unix machines, and listed services',
  heard: [
    ...['udp/111', 'tcp/111', 'udp/2049', 'tcp/2049', 'udp/20048', 'tcp/20048', 'udp/635'],
    String.raw`udp @4 "\x00\x00\x00\x00\x00\x00\x00\x02\x00\x01"`,
  ],
  facts: [calls, serves, program, machine, authentication, mounts, exported],
  parse,
}
