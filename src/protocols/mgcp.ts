/**
 * MGCP (RFC 3435): media gateways that a call agent tells what to do. Their endpoints are named
 * after lines (`aaln/1`) and after the gateway, often by its hardware address.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import {
  line,
  passBlanks,
  passWord,
  readLine,
  readNumber,
  replyCode,
  wordLength,
} from './text-lines.js'
import { writeMac } from './text-search.js'

const verb = fact('mgcp.verb', text, 'set')
/** The gateway's name, as its endpoints have it behind the `@`. */
const gateway = fact('mgcp.gateway', text, 'set')
const address = fact('mgcp.mac', mac, 'set')
const endpoint = fact('mgcp.endpoint', text, 'set')
const version = fact('mgcp.version', text, 'set')
const restart = fact('mgcp.restart', text, 'set')
const packages = fact('mgcp.packages', text, 'set')
/** `gateway` or `agent`. */
const role = fact('mgcp.role', text, 'set')

/** Verbs a gateway says of itself come first, then those of its agent. */
const VERBS = ['RSIP ', 'NTFY ', 'RQNT ', 'CRCX ', 'MDCX ', 'DLCX ', 'AUEP ', 'AUCX ', 'EPCF ']
const OF_GATEWAY = 2
const AT = 0x40
const LINES_MAX = 48
const NAME_MAX = 96

const part = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  const isAnswer = replyCode(c) > 0
  if (!isAnswer && verbAt(c) < 0) return c.fail('no mgcp')
  if (!readLine(c)) return
  if (isAnswer ? !isNumbered() : !readRequest(notes)) return c.fail('no mgcp')
  let lines = 0
  while (c.left > 0 && lines++ < LINES_MAX) {
    if (!readLine(c)) return
    if (line.left === 0) return // The description of a session comes next.
    if (line.starts('RM:')) addRestart(notes)
    else if (line.starts('A:')) addPackages(notes)
  }
}

function verbAt(c: Cursor): number {
  let i = 0
  while (i < VERBS.length) {
    if (c.starts(VERBS[i]!)) return i
    i++
  }
  return -1
}

/** `200 1203 OK` */
function isNumbered(): boolean {
  line.take(4)
  return readNumber(line) >= 0
}

/** `RSIP 1202 aaln/1@[00:04:f2:00:00:01] MGCP 1.0` */
function readRequest(notes: Notes): boolean {
  const kind = verbAt(line)
  if (kind < 0) return false
  const verbAtByte = line.at
  passWord(line)
  if (readNumber(line) < 0 || line.u8() !== 0x20) return false
  const named = line.at
  const length = wordLength(line)
  passWord(line)
  if (!line.starts('MGCP ')) return false
  line.take(5)
  notes.add(verb, verbAtByte, 4)
  notes.add(version, line.at, wordLength(line))
  notes.say(role, kind < OF_GATEWAY ? 'gateway' : 'agent')
  // Whom an agent speaks to, it names; who speaks of its own endpoint is meant here.
  if (kind < OF_GATEWAY && length <= NAME_MAX) addEndpoint(notes, named, length)
  return true
}

function addEndpoint(notes: Notes, at: number, length: number): void {
  part.over(line.bytes, at, at + length)
  const local = part.distance(AT)
  if (local <= 0) return
  notes.add(endpoint, at, local)
  part.take(local + 1)
  if (part.peek() === 0x5b) {
    part.take(1)
    part.end -= 1
  }
  notes.add(gateway, part.at, part.left)
  notes.add(address, writeMac(part, notes), 6)
}

/** `RM: restart`: it was switched on, or lost its way to the agent. */
function addRestart(notes: Notes): void {
  line.take(3)
  passBlanks(line)
  notes.add(restart, line.at, line.left)
}

/** `A: a:PCMU, p:10-220, v:L;G;D`: which packages a gateway knows. */
function addPackages(notes: Notes): void {
  line.take(2)
  while (line.left > 0) {
    passBlanks(line)
    const length = partLength()
    if (line.starts('v:')) return notes.add(packages, line.at + 2, length - 2)
    line.take(Math.min(line.left, length + 1))
  }
}

function partLength(): number {
  const next = line.distance(0x2c)
  return next < 0 ? line.left : next
}

export const mgcp: Protocol = {
  name: 'mgcp',
  standard: 'RFC 3435',
  tells: 'telephone gateways and cable telephones, by their names and hardware addresses',
  heard: ['udp/2427', 'udp/2727', ...VERBS.map(word => `udp "${word}"`)],
  facts: [verb, gateway, address, endpoint, version, restart, packages, role],
  parse,
}
