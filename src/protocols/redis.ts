/**
 * Redis and its heirs (RESP): versions and systems of servers, and whether they answer to anybody
 * who asks.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { line, readLine, readNumber } from './text-lines.js'
import { find } from './text-search.js'

const version = fact('redis.version', text, 'set')
const os = fact('redis.os', text, 'set')
const mode = fact('redis.mode', text, 'set')
/** A server's own, from one start of it to the next. */
const runId = fact('redis.run_id', text, 'set')
const user = secretFact('redis.user', ['default', 'admin', 'root'])
/** The name or the library that a client gives. */
const client = fact('redis.client', text, 'set')
/** `required`, or `none` when a question was answered before any password. */
const authentication = fact('redis.authentication', text, 'set')
const login = fact('redis.login', text, 'set')

const LINES: readonly (readonly [start: string, said: Fact])[] = [
  ['redis_version:', version],
  ['redis_mode:', mode],
  ['os:', os],
  ['run_id:', runId],
]
const STAR = 0x2a
const DOLLAR = 0x24
const PLUS = 0x2b
const MINUS = 0x2d
const COLON = 0x3a
const ANSWERS_MAX = 64
const COMMANDS_MAX = 64
const WORDS_MAX = 1024

const other = new Cursor()
const word = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const first = c.peek()
  const isClient = first === STAR && talk.side !== 'server'
  if (isClient || (first >= 0x41 && talk.side === 'client')) fromClient(c, notes)
  else fromServer(c, notes, talk)
}

function fromClient(c: Cursor, notes: Notes): void {
  let commands = 0
  while (c.left > 0 && commands++ < COMMANDS_MAX) {
    if (c.peek() !== STAR) return readInline(c)
    if (!readLine(c)) return
    line.take(1)
    const count = readNumber(line)
    if (count < 0 || count > WORDS_MAX) return c.fail('no redis')
    readCommand(c, notes, count)
  }
}

/** `PING` on a line of its own, as people type it. */
function readInline(c: Cursor): void {
  const isKnown =
    startsFolded(c, 'ping') ||
    startsFolded(c, 'info') ||
    startsFolded(c, 'auth ') ||
    startsFolded(c, 'quit') ||
    startsFolded(c, 'command')
  if (!isKnown) c.fail('no redis')
}

function readCommand(c: Cursor, notes: Notes, count: number): void {
  let nth = 0
  let isUser = false
  let isClient = false
  let said: Fact | undefined
  while (nth < count && c.left > 0) {
    const length = bulkLength(c)
    const at = c.take(length)
    c.take(2)
    if (c.fault !== '') return
    word.over(c.bytes, at, at + length)
    if (nth === 0) {
      isUser = isWord('auth') && count === 3
      isClient = isWord('client') && count >= 3
    } else if (nth === 1 && isUser) notes.add(user, at, length)
    else if (nth === 1 && isClient && isWord('setname')) said = client
    else if (nth === 2 && isClient && isWord('lib-name')) said = client
    else if (said !== undefined && nth === count - 1) notes.add(said, at, length)
    nth++
  }
}

const isWord = (name: string): boolean => word.left === name.length && startsFolded(word, name)

function bulkLength(c: Cursor): number {
  if (c.peek() !== DOLLAR) c.fail('no redis')
  if (!readLine(c)) return 0
  line.take(1)
  return readNumber(line)
}

function fromServer(c: Cursor, notes: Notes, talk: Talk): void {
  let answers = 0
  while (c.left > 0 && answers++ < ANSWERS_MAX) {
    const kind = c.peek()
    if (!isKind(kind)) return c.fail('no redis')
    if (!readLine(c)) return
    if (kind === MINUS) {
      if (!refuse(notes)) return
    } else if (kind === DOLLAR) {
      line.take(1)
      readBulk(c, notes, Math.max(-2, readNumber(line)))
      if (c.fault === '') answer(notes, talk)
    } else if (kind !== PLUS || line.starts('+PONG')) answer(notes, talk)
    if (kind === STAR) return // What a list holds is data.
  }
}

const isKind = (kind: number): boolean =>
  kind === PLUS || kind === MINUS || kind === COLON || kind === DOLLAR || kind === STAR

/** False if that was no refusal for want of a password. */
function refuse(notes: Notes): boolean {
  if (line.starts('-NOAUTH') || line.starts('-DENIED')) notes.say(authentication, 'required')
  else if (line.starts('-WRONGPASS') || line.starts('-ERR invalid password')) {
    notes.say(login, 'refused')
  } else return line.starts('-ERR')
  return true
}

/** Somebody was answered: if nobody gave a password first, none is needed. */
function answer(notes: Notes, talk: Talk): void {
  const { bytes, start, end } = talk.other
  other.over(bytes, start, end)
  if (end > start && !find(other, start, end - start, 'auth')) notes.say(authentication, 'none')
}

/** Words of `INFO`, else data, which is nobody's business here. */
function readBulk(c: Cursor, notes: Notes, length: number): void {
  if (length < 0) return
  const isSaid = c.starts('# Server')
  const outer = c.narrow(Math.min(length, c.left))
  const whole = c.left === length
  while (isSaid && c.left > 0) {
    if (!readLine(c)) break
    let i = 0
    while (i < LINES.length) {
      const [start, said] = LINES[i++]!
      if (line.starts(start)) notes.add(said, line.at + start.length, line.left - start.length)
    }
  }
  c.widen(outer)
  c.take(whole ? 2 : c.left + 1)
}

export const redis: Protocol = {
  name: 'redis',
  standard: 'Redis serialization protocol',
  tells: 'key stores without locks, their versions and systems',
  heard: [
    ...['tcp/6379', 'tcp "*1\\x0d\\x0a$"', 'tcp "*2\\x0d\\x0a$"', 'tcp "*3\\x0d\\x0a$"'],
    ...['tcp "-NOAUTH "', 'tcp "+PONG\\x0d"'],
  ],
  facts: [version, os, mode, runId, user, client, authentication, login],
  parse,
}
