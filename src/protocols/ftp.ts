/**
 * FTP (RFC 959, 2228, 2389): what a server says it is, whether it lets in who gives no name, and
 * that names and passwords cross the wire as they are.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { goesOn, isAt, line, passBlanks, passWord, readLine, replyCode } from './text-lines.js'
import { tls } from './tls.js'

const banner = fact('ftp.banner', text, 'set')
const system = fact('ftp.system', text, 'set')
const feature = fact('ftp.feature', text, 'set')
const user = secretFact('ftp.user', [
  ...['anonymous', 'ftp', 'admin', 'root', 'user', 'guest', 'test', 'administrator', 'upload'],
])
const client = fact('ftp.client', text, 'set')
/** How logins ended: `accepted`, `refused`, or `anonymous` when no name was needed. */
const login = fact('ftp.login', text, 'set')
/** `clear` when a password crossed the wire as it is, `tls` when the connection was sealed first. */
const security = fact('ftp.security', text, 'set')

const PORTS = [21, 2121]
const COMMANDS = [
  ...['user ', 'pass ', 'auth ', 'syst', 'feat', 'clnt ', 'opts ', 'type ', 'host ', 'pwd', 'cwd '],
  ...['pasv', 'epsv', 'port ', 'quit', 'noop', 'retr ', 'stor ', 'list', 'nlst', 'help', 'size '],
  ...[
    'cdup',
    'dele ',
    'mkd ',
    'rmd ',
    'mode ',
    'stru ',
    'rest ',
    'abor',
    'acct ',
    'pbsz ',
    'prot ',
  ],
  ...['site ', 'mlsd', 'mlst', 'eprt ', 'xpwd', 'rnfr ', 'rnto ', 'appe ', 'stat', 'stou', 'lang '],
]
const READY = 220
const BUSY = 421
const WAIT = 120
const SYSTEM = 215
const FEATURES = 211
const IN = 230
const SEALED = 234
const REFUSED = 530
const BANNER_LINES_MAX = 4
const FEATURES_MAX = 40
const TLS_RECORD = 0x16

const names = new Cursor()
const name = new Cursor()

/** What was read of a server's opening. */
const reading = { replies: 0, bannerLines: 0, features: 0, isListing: false }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (replyCode(c) > 0) fromServer(c, notes, talk)
  else fromClient(c, notes)
}

const isUsual = (talk: Talk): boolean => isAt(talk, PORTS[0]!) || isAt(talk, PORTS[1]!)

function fromServer(c: Cursor, notes: Notes, talk: Talk): void {
  reading.replies = reading.bannerLines = reading.features = 0
  reading.isListing = false
  while (c.left > 0) {
    if (!readLine(c)) return
    const code = replyCode(line)
    if (reading.replies === 0 && reading.bannerLines === 0 && !isBanner(code, talk)) {
      return c.fail('no banner')
    }
    const isSealed = code === SEALED
    readReply(notes, talk, code)
    if (isSealed) return seal(c, notes)
  }
}

/** On a port of another, the words must be an FTP server's. */
function isBanner(code: number, talk: Talk): boolean {
  const isOpen = code === READY || code === BUSY || code === WAIT || code === REFUSED
  if (isUsual(talk)) return isOpen || code >= 200
  if (code !== READY) return false
  return holds('ftp') && !holds('smtp')
}

function holds(word: string): boolean {
  name.over(line.bytes, line.at, line.end)
  while (name.left > 0) {
    if (startsFolded(name, word)) return true
    name.take(1)
  }
  return false
}

function readReply(notes: Notes, talk: Talk, code: number): void {
  const isBannerLine = reading.replies === 0 && reading.bannerLines++ < BANNER_LINES_MAX
  if (code === 0) {
    // Lines between the first and the last of a reply.
    if (reading.isListing) addFeature(notes)
    return
  }
  const isOn = goesOn(line)
  line.take(Math.min(4, line.left))
  if (isBannerLine) addTrimmed(notes)
  else if (code === SYSTEM) notes.add(system, line.at, line.left)
  else if (code === IN) addLogin(notes, talk)
  else if (code === REFUSED) notes.say(login, 'refused')
  reading.isListing = code === FEATURES && isOn
  if (!isOn) reading.replies++
}

function addTrimmed(notes: Notes): void {
  passBlanks(line)
  notes.add(banner, line.at, line.left)
}

function addFeature(notes: Notes): void {
  passBlanks(line)
  if (reading.features++ < FEATURES_MAX) notes.add(feature, line.at, line.left)
}

/** Somebody came in: under a name of its own, or under one that stands for nobody. */
function addLogin(notes: Notes, talk: Talk): void {
  names.over(talk.other.bytes, talk.other.start, talk.other.end)
  let isNamed = false
  let isNobody = false
  while (names.left > 0 && readLine(names, name)) {
    if (!startsFolded(name, 'user ')) continue
    passWord(name)
    isNamed = true
    isNobody = startsFolded(name, 'anonymous') || (startsFolded(name, 'ftp') && name.left === 3)
  }
  if (isNamed) notes.say(login, isNobody ? 'anonymous' : 'accepted')
}

function fromClient(c: Cursor, notes: Notes): void {
  let isFirst = true
  while (c.left > 0) {
    if (isFirst && !isCommand(c)) return c.fail('no command')
    if (!readLine(c)) return
    isFirst = false
    if (startsFolded(line, 'user ')) addUser(notes)
    else if (startsFolded(line, 'pass ')) notes.say(security, 'clear')
    else if (startsFolded(line, 'clnt ')) addClient(notes)
    else if (startsFolded(line, 'auth ') && c.peek() === TLS_RECORD) return seal(c, notes)
  }
}

function isCommand(c: Cursor): boolean {
  let i = 0
  while (i < COMMANDS.length) if (startsFolded(c, COMMANDS[i++]!)) return true
  return false
}

function addUser(notes: Notes): void {
  passWord(line)
  notes.add(user, line.at, line.left)
}

function addClient(notes: Notes): void {
  passWord(line)
  notes.add(client, line.at, line.left)
}

/** What follows is TLS. */
function seal(c: Cursor, notes: Notes): void {
  notes.say(security, 'tls')
  if (c.peek() === TLS_RECORD) notes.handOver(tls, c.at, c.end)
  c.take(c.left + 1)
}

export const ftp: Protocol = {
  name: 'ftp',
  standard: 'RFC 959, 2228, 2389',
  tells: 'file servers of printers, cameras, controllers: make and version, anonymous logins',
  heard: ['tcp/21', 'tcp/2121', 'tcp "220 "', 'tcp "220-"'],
  facts: [banner, system, feature, user, client, login, security],
  parse,
}
