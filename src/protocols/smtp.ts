/**
 * SMTP (RFC 5321, 3207, 4954): the names mail servers and their clients give themselves, and
 * whether passwords are asked for where anybody can read them. Of mail nothing is read.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { goesOn, isAt, line, passWord, readLine, replyCode, wordLength } from './text-lines.js'
import { tls } from './tls.js'

const banner = fact('smtp.banner', text, 'set')
/** The name a client greets with. */
const helo = fact('smtp.helo', text, 'set')
const extension = fact('smtp.extension', text, 'set')
/** How a client proves its name: `PLAIN`, `LOGIN`, `NTLM`, ... */
const auth = fact('smtp.auth', text, 'set')
/** `clear` when names and passwords are asked for without TLS being offered, else `starttls`. */
const security = fact('smtp.security', text, 'set')
const login = fact('smtp.login', text, 'set')

const PORTS = [25, 587, 2525]
const COMMANDS = [
  ...['ehlo ', 'helo ', 'lhlo ', 'auth ', 'starttls', 'mail from', 'noop', 'quit', 'rset', 'help'],
  ...['ehlo\r', 'helo\r', 'vrfy ', 'expn ', 'xclient '],
]
const READY = 220
const FINE = 250
const IN = 235
const REFUSED = 535
const DATA = 354
const EXTENSIONS_MAX = 32
const TLS_RECORD = 0x16

const word = new Cursor()

/** What was read of a server's opening. */
const reading = { replies: 0, extensions: 0, isGreeted: false, hasAuth: false, hasTls: false }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (replyCode(c) > 0) fromServer(c, notes, talk)
  else fromClient(c, notes)
}

const isUsual = (talk: Talk): boolean =>
  isAt(talk, PORTS[0]!) || isAt(talk, PORTS[1]!) || isAt(talk, PORTS[2]!)

function fromServer(c: Cursor, notes: Notes, talk: Talk): void {
  reading.replies = reading.extensions = 0
  reading.isGreeted = reading.hasAuth = reading.hasTls = false
  while (c.left > 0) {
    if (!readLine(c)) return
    const code = replyCode(line)
    if (code === 0) return c.fail('no reply')
    if (line.at === c.start && !isUsual(talk) && !isMail()) return c.fail('no mail')
    const isLast = !goesOn(line)
    line.take(Math.min(4, line.left))
    readReply(notes, code, isLast)
    if (code === READY && isLast && reading.replies > 1) return seal(c, notes)
    if (code === DATA) return // From here on it is about mail.
  }
}

/** Whether the server says itself that it takes mail. */
function isMail(): boolean {
  word.over(line.bytes, line.at, line.end)
  while (word.left > 0) {
    if (startsFolded(word, 'smtp') || startsFolded(word, 'postfix')) return true
    word.take(1)
  }
  return false
}

function readReply(notes: Notes, code: number, isLast: boolean): void {
  if (reading.replies === 0) {
    if (code === READY) notes.add(banner, line.at, line.left)
  } else if (code === FINE && !reading.isGreeted) readExtension(notes, isLast)
  else if (code === IN) notes.say(login, 'accepted')
  else if (code === REFUSED) notes.say(login, 'refused')
  if (isLast) reading.replies++
}

/** The lines that answer a greeting: the first greets, each of the others names an extension. */
function readExtension(notes: Notes, isLast: boolean): void {
  if (reading.extensions++ > 0 && reading.extensions <= EXTENSIONS_MAX) {
    if (startsFolded(line, 'auth')) reading.hasAuth = true
    if (startsFolded(line, 'starttls')) reading.hasTls = true
    notes.add(extension, line.at, line.left)
  }
  if (!isLast) return
  reading.isGreeted = true
  if (reading.hasTls) notes.say(security, 'starttls')
  else if (reading.hasAuth) notes.say(security, 'clear')
}

function fromClient(c: Cursor, notes: Notes): void {
  let isFirst = true
  while (c.left > 0) {
    if (isFirst && !isCommand(c)) return c.fail('no command')
    if (!readLine(c)) return
    isFirst = false
    if (startsFolded(line, 'mail ') || startsFolded(line, 'data')) return
    if (startsFolded(line, 'ehlo ') || startsFolded(line, 'helo ')) {
      passWord(line)
      notes.add(helo, line.at, line.left)
    } else if (startsFolded(line, 'auth ')) {
      passWord(line)
      notes.add(auth, line.at, wordLength(line))
    } else if (startsFolded(line, 'starttls') && c.peek() === TLS_RECORD) return seal(c, notes)
  }
}

function isCommand(c: Cursor): boolean {
  let i = 0
  while (i < COMMANDS.length) if (startsFolded(c, COMMANDS[i++]!)) return true
  return false
}

/** What follows is TLS. */
function seal(c: Cursor, notes: Notes): void {
  if (c.peek() === TLS_RECORD) notes.handOver(tls, c.at, c.end)
  c.take(c.left + 1)
}

export const smtp: Protocol = {
  name: 'smtp',
  standard: 'RFC 5321, 3207, 4954',
  tells: 'mail servers, and the names of devices that send mail',
  heard: [
    ...['tcp/25', 'tcp/587', 'tcp/2525', 'tcp "220 "', 'tcp "220-"', 'tcp "EHLO "', 'tcp "HELO "'],
  ],
  facts: [banner, helo, extension, auth, security, login],
  parse,
}
