/**
 * IMAP (RFC 9051, 2971): mail servers by their greetings, and what both sides say of their program
 * and system (`ID`). Of mail nothing is read.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { line, more, passBlanks, passWord, readLine, wordLength } from './text-lines.js'
import { tls } from './tls.js'

const banner = fact('imap.banner', text, 'set')
const capability = fact('imap.capability', text, 'set')
/** Of `ID`, whoever says it. */
const agent = fact('imap.agent', text, 'set')
const version = fact('imap.version', text, 'set')
const vendor = fact('imap.vendor', text, 'set')
const os = fact('imap.os', text, 'set')
const osVersion = fact('imap.os_version', text, 'set')
const user = secretFact('imap.user', ['admin', 'root', 'test', 'user', 'postmaster'])
const auth = fact('imap.auth', text, 'set')
const login = fact('imap.login', text, 'set')

const KEYS: readonly (readonly [key: string, said: Fact])[] = [
  ['name', agent],
  ['version', version],
  ['vendor', vendor],
  ['os', os],
  ['os-version', osVersion],
]
const COMMANDS = [
  ...['capability', 'id', 'login ', 'authenticate ', 'starttls', 'noop', 'logout', 'enable '],
  ...['select ', 'examine ', 'list ', 'lsub ', 'namespace', 'status ', 'compress '],
]
const QUOTE = 0x22
const STAR = 0x2a
const TLS_RECORD = 0x16
const PAIRS_MAX = 30
const TAG_MAX = 32

const part = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  if (c.starts('* OK') || c.starts('* PREAUTH') || c.starts('* BYE')) fromServer(c, notes)
  else fromClient(c, notes)
}

function fromServer(c: Cursor, notes: Notes): void {
  if (!readLine(c)) return
  line.take(2)
  if (line.starts('PREAUTH')) notes.say(login, 'open')
  passWord(line)
  addGreeting(notes)
  while (c.left > 0) {
    if (!readLine(c)) return
    if (line.peek() === STAR ? !readNews(notes) : !readResult(c, notes)) return
  }
}

/** `[CAPABILITY IMAP4rev1 …] Dovecot ready.` */
function addGreeting(notes: Notes): void {
  if (line.starts('[')) {
    const end = line.distance(0x5d)
    if (end < 0) return
    line.take(1)
    if (line.starts('CAPABILITY ')) notes.add(capability, line.at + 11, end - 12)
    line.take(end)
    passBlanks(line)
  }
  notes.add(banner, line.at, line.left)
}

/** A line that answers nothing; false from where there may be mail. */
function readNews(notes: Notes): boolean {
  line.take(2)
  if (startsFolded(line, 'capability ')) {
    passWord(line)
    notes.add(capability, line.at, line.left)
    return true
  }
  if (startsFolded(line, 'id ')) {
    addPairs(notes)
    return true
  }
  return startsFolded(line, 'ok') || startsFolded(line, 'bye')
}

/** `a001 OK …`; after a login there is mail. */
function readResult(c: Cursor, notes: Notes): boolean {
  if (line.peek() === 0x2b) return true
  passWord(line)
  const isFine = startsFolded(line, 'ok')
  if (c.peek() === TLS_RECORD) {
    notes.handOver(tls, c.at, c.end)
    more(c)
    return false
  }
  if (isFine && holds('logged in')) notes.say(login, 'accepted')
  else if (!isFine && (holds('authentication') || holds('login'))) notes.say(login, 'refused')
  return startsFolded(line, 'ok') || startsFolded(line, 'no') || startsFolded(line, 'bad')
}

function holds(words: string): boolean {
  part.over(line.bytes, line.at, line.end)
  while (part.left > 0) {
    if (startsFolded(part, words)) return true
    part.take(1)
  }
  return false
}

/** `ID ("name" "Dovecot" "os" NIL …)` */
function addPairs(notes: Notes): void {
  let pairs = 0
  while (line.left > 0 && pairs++ < PAIRS_MAX) {
    const key = line.distance(QUOTE)
    if (key < 0) return
    line.take(key + 1)
    const length = line.distance(QUOTE)
    part.over(line.bytes, line.at, line.at + Math.max(0, length))
    line.take(length < 0 ? line.left : length + 1)
    passBlanks(line)
    if (line.peek() !== QUOTE) continue
    line.take(1)
    const value = line.distance(QUOTE)
    const said = meant()
    if (said !== undefined) notes.add(said, line.at, value)
    line.take(value < 0 ? line.left : value + 1)
  }
}

function meant(): Fact | undefined {
  let i = 0
  while (i < KEYS.length) {
    const [key, said] = KEYS[i++]!
    if (part.left === key.length && startsFolded(part, key)) return said
  }
  return undefined
}

function fromClient(c: Cursor, notes: Notes): void {
  let isFirst = true
  while (c.left > 0) {
    if (isFirst && wordLength(c) > TAG_MAX) return c.fail('no tag')
    if (!readLine(c)) return
    passWord(line)
    if (isFirst && !isCommand()) return c.fail('no command')
    isFirst = false
    if (startsFolded(line, 'id ')) addPairs(notes)
    else if (startsFolded(line, 'login ') || startsFolded(line, 'authenticate ')) {
      return readLogin(notes)
    } else if (startsFolded(line, 'starttls') && c.peek() === TLS_RECORD) {
      notes.handOver(tls, c.at, c.end)
      return more(c)
    }
  }
}

function isCommand(): boolean {
  let i = 0
  while (i < COMMANDS.length) if (startsFolded(line, COMMANDS[i++]!)) return true
  return false
}

/** How somebody comes in; behind this there may be passwords, and mail. */
function readLogin(notes: Notes): void {
  const isPlain = startsFolded(line, 'login ')
  passWord(line)
  if (isPlain) notes.say(auth, 'LOGIN')
  else notes.add(auth, line.at, wordLength(line))
  if (isPlain) addUser(notes)
}

function addUser(notes: Notes): void {
  const isQuoted = line.peek() === QUOTE
  if (isQuoted) line.take(1)
  notes.add(user, line.at, isQuoted ? line.distance(QUOTE) : wordLength(line))
}

export const imap: Protocol = {
  name: 'imap',
  standard: 'RFC 9051, 2971',
  tells: 'mail servers, and the programs and systems of those who read mail',
  heard: ['tcp/143', 'tcp "* OK "', 'tcp "* PREAUTH "'],
  facts: [banner, capability, agent, version, vendor, os, osVersion, user, auth, login],
  parse,
}
