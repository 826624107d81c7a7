/** IRC (RFC 1459, 2812): who runs a chat server and who talks to one, but not as whom, nor what. */

import { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { line, passWord, readLine, wordLength } from './text-lines.js'

/** `client` or `server`; robots of the bad kind are clients, too. */
const role = fact('irc.role', text, 'set')
const server = fact('irc.server', text, 'set')
const version = fact('irc.version', text, 'set')

const COMMANDS = ['nick ', 'user ', 'pass ', 'cap ', 'protoctl ', 'server ', 'webirc ', 'starttls']
const LINES_MAX = 64
const COLON = 0x3a
const MY_INFO = '004 '
const NAME_MAX = 64

const prefix = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  if (c.peek() === COLON || c.starts('NOTICE ') || c.starts('PING ') || c.starts('ERROR ')) {
    fromServer(c, notes)
  } else fromClient(c, notes)
}

function fromClient(c: Cursor, notes: Notes): void {
  let i = 0
  while (i < COMMANDS.length && !startsFolded(c, COMMANDS[i]!)) i++
  if (i === COMMANDS.length) return c.fail('no command')
  if (readLine(c)) notes.say(role, 'client')
}

/** `:irc.example.net 004 nick irc.example.net InspIRCd-3 …`, soon after the start. */
function fromServer(c: Cursor, notes: Notes): void {
  let lines = 0
  while (c.left > 0 && lines++ < LINES_MAX) {
    if (!readLine(c)) return
    if (line.peek() !== COLON) continue
    line.take(1)
    prefix.over(line.bytes, line.at, line.at + wordLength(line))
    passWord(line)
    if (!isNumeric()) {
      if (lines === 1 && !line.starts('NOTICE ') && !line.starts('CAP ')) return c.fail('no irc')
      continue
    }
    notes.say(role, 'server')
    if (prefix.left <= NAME_MAX) notes.add(server, prefix.at, prefix.left)
    if (line.starts(MY_INFO)) return addVersion(notes)
  }
}

/** The numbers of a welcome: 001 to 005, and 020 of old. */
const isNumeric = (): boolean =>
  line.peek() === 0x30 && line.peek(1) <= 0x32 && line.peek(1) >= 0x30 && line.peek(3) === 0x20

function addVersion(notes: Notes): void {
  passWord(line)
  passWord(line)
  passWord(line)
  notes.add(version, line.at, wordLength(line))
}

export const irc: Protocol = {
  name: 'irc',
  standard: 'RFC 1459, 2812',
  tells: 'chat servers, and machines that talk to them although nobody chats there',
  heard: ['tcp/6665-6669', 'tcp/7000', 'tcp "NICK "', 'tcp "CAP LS"', 'tcp "CAP REQ"'],
  facts: [role, server, version],
  parse,
}
