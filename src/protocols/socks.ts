/** SOCKS 4 and 5 (RFC 1928, 1929): proxies for anything, and whether they ask who one is. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, list, secretFact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const version = fact('socks.version', text, 'set')
const clientVersion = fact('socks.client_version', text, 'set')
/** 0 is none, 1 GSS-API, 2 a password in clear. */
const methods = fact('socks.methods', list, 'set')
const chosen = fact('socks.chosen', text, 'set')
const authentication = fact('socks.authentication', text, 'set')
/** `connect`, `bind` or `udp`. */
const command = fact('socks.command', text, 'set')
const user = secretFact('socks.user', ['admin', 'user', 'proxy', 'test', 'anonymous', 'root'])
const password = secretFact('socks.password', ['admin', 'password', 'proxy', 'test', '1234'])

const COMMANDS: readonly string[] = ['', 'connect', 'bind', 'udp']
const CHOSEN: Readonly<Record<number, string>> = {
  0: 'none',
  1: 'gss-api',
  2: 'password',
  255: 'refused',
}
const METHODS_MAX = 16
const PASSWORD = 2
const GRANTED = 90
const REFUSED_MAX = 93

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const spoken = c.peek()
  if (talk.side === 'server') return answer(c, notes, talk)
  if (spoken === 5) return askFive(c, notes, talk)
  if (spoken === 4) return askFour(c, notes)
  c.fail('not socks')
}

function askFive(c: Cursor, notes: Notes, talk: Talk): void {
  c.take(1)
  const count = c.u8()
  const offered = c.take(count)
  if (count === 0 || count > METHODS_MAX) return c.fail('no methods')
  if (c.fault !== '') return
  notes.say(clientVersion, '5')
  notes.add(methods, offered, count)
  // What comes next depends on what the server chose.
  if (talk.other.peek() !== 5 || talk.other.left < 2) return
  if (talk.other.peek(1) === PASSWORD) {
    if (c.u8() !== 1) return
    noteSecret(c, notes, user)
    noteSecret(c, notes, password)
  }
  if (c.left > 0 && c.u8() === 5) noteCommand(c, notes)
}

function noteSecret(c: Cursor, notes: Notes, said: typeof user): void {
  const length = c.u8()
  notes.add(said, c.take(length), length)
}

function noteCommand(c: Cursor, notes: Notes): void {
  const word = COMMANDS[c.u8()] ?? ''
  if (c.fault === '' && word !== '') notes.say(command, word)
}

/** The older form: a command, an address and a name, ended by a zero. */
function askFour(c: Cursor, notes: Notes): void {
  c.take(1)
  const word = COMMANDS[c.peek()] ?? ''
  if (c.left > 0 && (word === '' || word === 'udp')) return c.fail('not socks')
  c.take(1)
  const port = c.u16()
  c.take(4)
  if (c.fault !== '') return
  if (port === 0) return c.fail('not socks')
  const length = c.distance(0)
  const at = c.until(0)
  if (c.fault !== '') return
  notes.say(clientVersion, '4')
  notes.say(command, word)
  notes.add(user, at, length)
}

function answer(c: Cursor, notes: Notes, talk: Talk): void {
  const asked = talk.other.peek()
  const first = c.u8()
  const second = c.u8()
  if (asked === 4) {
    if (first !== 0 || second < GRANTED || second > REFUSED_MAX) return c.fail('not socks')
    notes.say(version, '4')
    if (second === GRANTED) notes.say(authentication, 'none')
    return
  }
  const word = CHOSEN[second]
  if (first !== 5 || asked !== 5 || word === undefined) return c.fail('not socks')
  notes.say(version, '5')
  notes.say(chosen, word)
  if (second === 0) notes.say(authentication, 'none')
  else if (second !== 255) notes.say(authentication, 'required')
}

export const socks: Protocol = {
  name: 'socks',
  standard: 'RFC 1928, 1929',
  tells: 'proxies that let anybody through, and passwords in clear',
  heard: [
    ...['tcp/1080', 'tcp "\\x05\\x01\\x00"', 'tcp "\\x05\\x03\\x00"'],
    ...['tcp "\\x05\\x02\\x00\\x02"', 'tcp "\\x05\\x02\\x00\\x01"'],
  ],
  facts: [version, clientVersion, methods, chosen, authentication, command, user, password],
  parse,
}
