/** sFlow (RFC 3176, sflow.org version 5): who samples, and what a host's own samples say of it. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, number, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('sflow.version', number, 'set')
const agent = fact('sflow.agent', ip, 'set')
const subAgent = fact('sflow.sub_agent', number, 'set')
const host = fact('sflow.host', text, 'set')
const uuid = fact('sflow.uuid', hex, 'set')
const machine = fact('sflow.machine', text, 'set')
const os = fact('sflow.os', text, 'set')
const release = fact('sflow.release', text, 'set')

const COUNTERS = 2
const COUNTERS_WIDE = 4
const HOST = 2000
const HOST_MAX = 64
const RELEASE_MAX = 32

const MACHINES = [
  ...['', 'other', 'x86', 'x86_64', 'ia64', 'sparc', 'alpha', 'powerpc', 'm68k', 'mips', 'arm'],
  ...['hppa', 's390'],
] as const
const SYSTEMS = [
  ...['', 'other', 'Linux', 'Windows', 'macOS', 'HP-UX', 'AIX', 'DragonFly', 'FreeBSD', 'NetBSD'],
  ...['OpenBSD', 'OSF', 'Solaris', 'Java'],
] as const

function parse(c: Cursor, notes: Notes): void {
  const at = c.at
  const spoken = c.u32()
  const family = c.u32()
  if (c.fault !== '') return
  if (spoken !== 2 && spoken !== 4 && spoken !== 5) return c.fail('unknown version')
  if (family !== 1 && family !== 2) return c.fail('address family')
  const size = family === 1 ? 4 : 16
  const own = c.take(size)
  const part = spoken === 5 ? c.take(4) : -1
  c.take(8)
  let samples = c.u32()
  if (c.fault !== '') return
  if (samples < 0 || samples > 0xffff) return c.fail('bad count')
  notes.add(version, at, 4)
  notes.add(agent, own, size)
  notes.add(subAgent, part, 4)
  while (spoken === 5 && samples-- > 0 && c.left > 0) sample(c, notes)
}

/** Of the samples of packets nothing is read: those are other people's. */
function sample(c: Cursor, notes: Notes): void {
  const kind = c.u32()
  const outer = c.narrow(c.u32())
  if (c.fault !== '') return
  if (kind === COUNTERS || kind === COUNTERS_WIDE) {
    c.take(kind === COUNTERS ? 8 : 12)
    let records = c.u32()
    while (records-- > 0 && c.left > 0) record(c, notes)
  }
  c.widen(outer)
}

function record(c: Cursor, notes: Notes): void {
  const kind = c.u32()
  const outer = c.narrow(c.u32())
  if (c.fault !== '') return
  if (kind === HOST) {
    noteText(c, notes, host, HOST_MAX)
    notes.add(uuid, c.take(16), 16)
    const processor = MACHINES[c.u32()]
    const system = SYSTEMS[c.u32()]
    if (c.fault === '' && processor !== undefined) notes.say(machine, processor)
    if (c.fault === '' && system !== undefined) notes.say(os, system)
    noteText(c, notes, release, RELEASE_MAX)
  }
  c.widen(outer)
}

/** Filled up to a multiple of four. */
function noteText(c: Cursor, notes: Notes, said: Fact, max: number): void {
  const length = c.u32()
  if (length < 0 || length > max) return c.fail('bad text')
  const at = c.take(length)
  c.take(-length & 3)
  if (c.fault === '') notes.add(said, at, length)
}

export const sflow: Protocol = {
  name: 'sflow',
  standard: 'RFC 3176, sflow.org version 5',
  tells: 'switches that sample; name, UUID and system of servers that sample themselves',
  heard: ['udp/6343'],
  facts: [version, agent, subAgent, host, uuid, machine, os, release],
  parse,
}
