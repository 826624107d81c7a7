/** git's own transport: who serves repositories to anybody, and with which version. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const service = fact('git.service', text, 'set')
const agent = fact('git.agent', text, 'set')
const role = fact('git.role', text, 'set')

const LINE_MAX = 65_520
const LINES_MAX = 8
const SPACE = 0x20
const NEWLINE = 0x0a
const AGENT = 'agent='
const SERVICES = ['git-upload-pack', 'git-receive-pack', 'git-upload-archive'] as const

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  let lines = 0
  while (c.left > 0 && lines < LINES_MAX) {
    const size = lineSize(c)
    if (c.fault !== '') return
    if (size === 0 || size === 1) continue
    if (size < 5 || size > LINE_MAX) return c.fail('bad line')
    const outer = c.narrow(size - 4)
    if (c.fault !== '') return
    if (lines++ === 0 && !begins(c, notes, talk.side === 'server')) return c.fail('not git')
    agentOf(c, notes)
    c.widen(outer)
  }
}

/** Four hexadecimal digits; 0 ends a row, 1 divides it. */
function lineSize(c: Cursor): number {
  let size = 0
  let digits = 4
  while (digits-- > 0 && c.fault === '') {
    const byte = c.u8()
    const letter = byte | 0x20
    const isDigit = byte >= 0x30 && byte <= 0x39
    if (!isDigit && (letter < 0x61 || letter > 0x66) && c.fault === '') c.fail('bad line')
    size = (size << 4) | (isDigit ? byte - 0x30 : letter - 0x57)
  }
  return size
}

/** A client names a service and a repository; a server its version or the first of its branches. */
function begins(c: Cursor, notes: Notes, isServer: boolean): boolean {
  if (isServer) {
    const isKnown = c.starts('version ') || c.peek(40) === SPACE || c.starts('ERR ')
    if (isKnown) notes.say(role, 'server')
    return isKnown
  }
  let i = 0
  while (i < SERVICES.length) {
    const word = SERVICES[i++]!
    if (!c.starts(word)) continue
    notes.say(role, 'client')
    notes.say(service, word)
    return true
  }
  return false
}

function agentOf(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const step = c.distance(0x61)
    if (step < 0) return
    c.take(step)
    if (!c.starts(AGENT)) {
      c.take(1)
      continue
    }
    c.take(AGENT.length)
    const space = c.distance(SPACE)
    const line = c.distance(NEWLINE)
    const ends = space < 0 || (line >= 0 && line < space) ? line : space
    return notes.add(agent, c.at, ends < 0 ? c.left : ends)
  }
}

export const git: Protocol = {
  name: 'git',
  standard: "git's pack protocol",
  tells: 'machines that serve repositories to anybody, and the versions of both ends',
  heard: ['tcp/9418'],
  facts: [service, agent, role],
  parse,
}
