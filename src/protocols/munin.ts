/** Munin's nodes: machines that tell their name to whoever connects. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const host = fact('munin.host', text)
const version = fact('munin.version', text)

const GREETING = '# munin node at '
const VERSION = 'munins node on '
const NEWLINE = 0x0a
const LINE_MAX = 512
const LINES_MAX = 8
const WORD = 'version: '

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.side === 'client') return
  if (c.left < GREETING.length && !talk.ended) return void c.take(GREETING.length)
  if (!c.starts(GREETING)) return c.fail('no greeting')
  c.take(GREETING.length)
  const length = c.distance(NEWLINE)
  if (length < 0 || length > LINE_MAX) return void c.take(c.left + 1)
  notes.add(host, c.at, length)
  c.take(length + 1)
  lines(c, notes)
  if (!talk.ended) c.take(c.left + 1)
}

function lines(c: Cursor, notes: Notes): void {
  let room = LINES_MAX
  while (c.left > 0 && room-- > 0) {
    const length = c.distance(NEWLINE)
    if (length < 0) return
    const outer = c.narrow(length)
    if (c.starts(VERSION)) noteVersion(c, notes)
    c.widen(outer)
    c.take(1)
  }
}

/** `munins node on db1 version: 2.0.73`. */
function noteVersion(c: Cursor, notes: Notes): void {
  while (c.left > 0 && !c.starts(WORD)) c.take(1)
  if (!c.starts(WORD)) return
  c.take(WORD.length)
  notes.add(version, c.at, c.left)
}

export const munin: Protocol = {
  name: 'munin',
  standard: "Munin's node protocol",
  tells: 'names of machines that are watched, told without asking for anything',
  heard: ['tcp/4949', 'tcp "# munin node at "'],
  facts: [host, version],
  parse,
}
