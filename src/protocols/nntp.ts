/** NNTP (RFC 3977): news servers by their greetings. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { isAt, line, passWord, readLine, replyCode, wordLength } from './text-lines.js'

const banner = fact('nntp.banner', text, 'set')
const implementation = fact('nntp.implementation', text, 'set')
const command = fact('nntp.command', text, 'set')

const PORT = 119
const CAPABILITIES = 101
const LINES_MAX = 40
const COMMANDS = [
  ...['capabilities', 'mode reader', 'mode stream', 'authinfo', 'group ', 'list', 'quit', 'help'],
  ...['article', 'head ', 'body ', 'stat ', 'date', 'newgroups ', 'newnews ', 'ihave ', 'check '],
  ...['takethis ', 'starttls', 'xover ', 'over '],
]

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (replyCode(c) > 0) fromServer(c, notes, talk)
  else fromClient(c, notes)
}

/** A greeting, and a list of what the server can do if that is what was asked for next. */
function fromServer(c: Cursor, notes: Notes, talk: Talk): void {
  const code = replyCode(c)
  if (!isAt(talk, PORT) || (code !== 200 && code !== 201 && code < 400)) return c.fail('no banner')
  if (!readLine(c)) return
  line.take(Math.min(4, line.left))
  notes.add(banner, line.at, line.left)
  if (c.left === 0 || replyCode(c) !== CAPABILITIES) return
  let lines = 0
  while (c.left > 0 && lines++ < LINES_MAX) {
    if (!readLine(c)) return
    if (!startsFolded(line, 'implementation ')) continue
    passWord(line)
    notes.add(implementation, line.at, line.left)
  }
}

function fromClient(c: Cursor, notes: Notes): void {
  let i = 0
  while (i < COMMANDS.length && !startsFolded(c, COMMANDS[i]!)) i++
  if (i === COMMANDS.length) return c.fail('no command')
  if (readLine(c)) notes.add(command, line.at, wordLength(line))
}

export const nntp: Protocol = {
  name: 'nntp',
  standard: 'RFC 3977',
  tells: 'news servers and their readers',
  heard: ['tcp/119'],
  facts: [banner, implementation, command],
  parse,
}
