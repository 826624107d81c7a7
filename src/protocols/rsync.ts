/** rsync's own protocol: machines that give files away, and whether they ask for a password. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { noteTrimmed } from './key-lines.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const version = fact('rsync.version', text)
const client = fact('rsync.client', text, 'set')
/** What a client asked for; `list` for what there is. */
const module = fact('rsync.module', text, 'set')
const authentication = fact('rsync.authentication', text, 'set')

const BANNER = '@RSYNCD: '
const NEWLINE = 0x0a
const SPACE = 0x20
const DIGIT_FIRST = 0x30
const DIGIT_LAST = 0x39
const LINE_MAX = 512
const NAME_MAX = 128
const LINES_MAX = 200

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.left < BANNER.length && !talk.ended) return void c.take(BANNER.length)
  if (!c.starts(BANNER)) return c.fail('no banner')
  c.take(BANNER.length)
  if (c.left > 0 && (c.peek() < DIGIT_FIRST || c.peek() > DIGIT_LAST)) return c.fail('no version')
  const length = c.distance(NEWLINE)
  if (length < 0) return void c.take(c.left + 1)
  const space = c.distance(SPACE)
  const isServer = talk.side === 'server'
  // Newer ones add the digests that they know.
  notes.add(isServer ? version : client, c.at, space > 0 && space < length ? space : length)
  c.take(length + 1)
  if (isServer) answers(c, notes, talk)
  else asks(c, notes, talk)
}

function asks(c: Cursor, notes: Notes, talk: Talk): void {
  const length = c.distance(NEWLINE)
  if (length < 0) return talk.ended ? undefined : void c.take(c.left + 1)
  if (length > NAME_MAX) return
  const isList = length === 0 || c.starts('#list')
  const outer = c.narrow(length)
  if (isList) notes.say(module, 'list')
  else noteTrimmed(c, notes, module)
  c.end = outer
}

/** Behind words of welcome stands whether the module opens. */
function answers(c: Cursor, notes: Notes, talk: Talk): void {
  let lines = 0
  while (c.left > 0 && lines++ < LINES_MAX) {
    const length = c.distance(NEWLINE)
    if (length < 0 || length > LINE_MAX) break
    if (c.starts('@RSYNCD: AUTHREQD')) return notes.say(authentication, 'required')
    if (c.starts('@RSYNCD: OK')) return notes.say(authentication, 'none')
    if (c.starts('@RSYNCD: EXIT') || c.starts('@ERROR')) return
    c.take(length + 1)
  }
  if (!talk.ended) c.take(c.left + 1)
}

export const rsync: Protocol = {
  name: 'rsync',
  standard: "rsync's daemon",
  tells: 'machines that give files away, and whether they ask for a password',
  heard: ['tcp/873', 'tcp "@RSYNCD: "'],
  facts: [version, client, module, authentication],
  parse,
}
