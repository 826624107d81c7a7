/**
 * POP3 (RFC 1939, 2449, 2595): mail servers by their greetings, and names and passwords that cross
 * the wire as they are. Of mail nothing is read.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { line, more, passWord, readLine, wordLength } from './text-lines.js'
import { tls } from './tls.js'

/** The greeting without the stamp that a password is mixed with. */
const banner = fact('pop3.banner', text, 'set')
/** The server's own name, as that stamp has it. */
const host = fact('pop3.host', text, 'set')
const capability = fact('pop3.capability', text, 'set')
const implementation = fact('pop3.implementation', text, 'set')
const user = secretFact('pop3.user', ['admin', 'root', 'test', 'user', 'postmaster'])
const auth = fact('pop3.auth', text, 'set')
const login = fact('pop3.login', text, 'set')

const COMMANDS = ['user ', 'pass ', 'apop ', 'auth', 'capa', 'stls', 'quit', 'noop', 'xtnd', 'utf8']
const LESS = 0x3c
const GREATER = 0x3e
const AT = 0x40
const DOT = 0x2e
const TLS_RECORD = 0x16
const CAPABILITIES_MAX = 40

const commands = new Cursor()
const command = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.starts('+OK') || c.starts('-ERR')) fromServer(c, notes, talk)
  else fromClient(c, notes)
}

function fromServer(c: Cursor, notes: Notes, talk: Talk): void {
  if (!readLine(c)) return
  greet(notes)
  commands.over(talk.other.bytes, talk.other.start, talk.other.end)
  while (c.left > 0) {
    // Each answer is to the next command; behind others than these there may be mail.
    if (commands.left === 0 || !readLine(commands, command)) return more(c)
    if (!isCommand(command)) return
    if (!readLine(c)) return
    while (line.starts('+ ') && readLine(commands, command)) if (!readLine(c)) return
    const isFine = line.starts('+OK')
    if (isTyped('stls') && isFine) return seal(c, notes)
    if (isTyped('capa') && isFine) readCapabilities(c, notes)
    else if (isTyped('pass ') || isTyped('apop ')) notes.say(login, isFine ? 'accepted' : 'refused')
  }
}

const isTyped = (word: string): boolean => startsFolded(command, word)

/** `+OK Dovecot ready. <1896.697170952@mail.example.com>` */
function greet(notes: Notes): void {
  passWord(line)
  const stamp = line.distance(LESS)
  notes.add(banner, line.at, stamp < 0 ? line.left : stamp - 1)
  if (stamp < 0) return
  line.take(stamp)
  const named = line.distance(AT)
  if (named < 0) return
  line.take(named + 1)
  notes.add(host, line.at, line.distance(GREATER))
}

function readCapabilities(c: Cursor, notes: Notes): void {
  let count = 0
  while (c.left > 0 && count++ < CAPABILITIES_MAX) {
    if (!readLine(c) || (line.left === 1 && line.peek() === DOT)) return
    if (startsFolded(line, 'implementation ')) {
      passWord(line)
      notes.add(implementation, line.at, line.left)
    } else notes.add(capability, line.at, line.left)
  }
}

function fromClient(c: Cursor, notes: Notes): void {
  let isFirst = true
  while (c.left > 0) {
    if (!isCommand(c)) {
      if (isFirst) c.fail('no command')
      return
    }
    if (!readLine(c)) return
    isFirst = false
    if (startsFolded(line, 'stls') && c.peek() === TLS_RECORD) return seal(c, notes)
    if (startsFolded(line, 'user ') || startsFolded(line, 'apop ')) {
      notes.say(auth, startsFolded(line, 'user ') ? 'USER' : 'APOP')
      passWord(line)
      notes.add(user, line.at, wordLength(line))
    } else if (startsFolded(line, 'auth ')) {
      passWord(line)
      notes.add(auth, line.at, wordLength(line))
      return // What comes next is a name and a password in another writing.
    }
  }
}

function isCommand(c: Cursor): boolean {
  let i = 0
  while (i < COMMANDS.length) if (startsFolded(c, COMMANDS[i++]!)) return true
  return false
}

function seal(c: Cursor, notes: Notes): void {
  if (c.peek() === TLS_RECORD) notes.handOver(tls, c.at, c.end)
  more(c)
}

export const pop3: Protocol = {
  name: 'pop3',
  standard: 'RFC 1939, 2449, 2595',
  tells: 'mail servers, and passwords that cross the wire as they are',
  heard: ['tcp/110', 'tcp "+OK "'],
  facts: [banner, host, capability, implementation, user, auth, login],
  parse,
}
