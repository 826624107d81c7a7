/** memcached (protocol.txt, binary protocol): caches that answer anybody, and over UDP at that. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { isAt, line, readLine, wordLength } from './text-lines.js'

const version = fact('memcached.version', text, 'set')
/** `tcp`, or `udp`, by which others are flooded. */
const transport = fact('memcached.transport', text, 'set')
/** `none`, for it was answered without a name: only the binary protocol has locks. */
const authentication = fact('memcached.authentication', text, 'set')
const command = fact('memcached.command', text, 'set')

const PORT = 11211
const UDP_HEAD = 8
const ANSWERS = ['version ', 'stat ', 'value ', 'stored', 'end', 'error', 'not_found', 'deleted']
const COMMANDS = ['stats', 'version', 'get ', 'gets ', 'set ', 'add ', 'delete ', 'touch ', 'mg ']
const REQUEST = 0x80
const RESPONSE = 0x81
const VERSION = 0x0b
const LINES_MAX = 60

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const isDatagram = talk.turnCount === 0
  if (isDatagram) c.take(UDP_HEAD)
  if (c.peek() === REQUEST || c.peek() === RESPONSE) return readBinary(c, notes)
  if (talk.from === PORT || (!isAt(talk, PORT) && talk.side === 'server')) {
    fromServer(c, notes, isDatagram)
  } else fromClient(c, notes)
}

function fromServer(c: Cursor, notes: Notes, isDatagram: boolean): void {
  if (!isOne(c, ANSWERS)) return c.fail('no memcached')
  let lines = 0
  while (c.left > 0 && lines++ < LINES_MAX) {
    if (!readLine(c)) return
    if (lines === 1) {
      notes.say(transport, isDatagram ? 'udp' : 'tcp')
      notes.say(authentication, 'none')
    }
    if (line.starts('VERSION ')) line.take(8)
    else if (line.starts('STAT version ')) line.take(13)
    else if (line.starts('STAT ')) continue
    else return // Values are nobody's business here.
    notes.add(version, line.at, line.left)
  }
}

function fromClient(c: Cursor, notes: Notes): void {
  if (!isOne(c, COMMANDS)) return c.fail('no memcached')
  if (readLine(c)) notes.add(command, line.at, wordLength(line))
}

function isOne(c: Cursor, words: readonly string[]): boolean {
  let i = 0
  while (i < words.length) if (startsFolded(c, words[i++]!)) return true
  return false
}

/** A head of 24 bytes; an answer to the question for a version is that. */
function readBinary(c: Cursor, notes: Notes): void {
  const isAnswer = c.u8() === RESPONSE
  const kind = c.u8()
  c.take(6)
  const length = c.u32()
  c.take(12)
  if (c.fault !== '') return
  if (kind > 0x30 || length < 0 || length > 0x100000) return c.fail('no memcached')
  if (isAnswer && kind === VERSION) notes.add(version, c.take(length), length)
}

export const memcached: Protocol = {
  name: 'memcached',
  standard: 'memcached protocol',
  tells: 'caches that answer anybody',
  heard: ['tcp/11211', 'udp/11211'],
  facts: [version, transport, authentication, command],
  parse,
}
