/**
 * LPD (RFC 1179): the queues of printers, and the names of machines that print. Of what is printed,
 * and for whom, nothing is read.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { line, passWord, readLine, readNumber, wordLength } from './text-lines.js'

/** Told of the printer. */
const queue = fact('lpd.queue', text, 'set')
/** The sender's name, as its files are called: `cfA123desk-31`. */
const host = fact('lpd.host', text, 'set')
/** What was asked: `print`, `receive`, `state` or `remove`. */
const command = fact('lpd.command', text, 'set')

const COMMANDS: readonly string[] = ['', 'print', 'receive', 'state', 'state', 'remove']
const RECEIVE = 2
const FILES_MAX = 4
const CONTROL_FILE = 2
const DATA_FILE = 3
const QUEUE_MAX = 64
/** Of a file's name: two letters, one that counts, and three digits. */
const NAME_HEAD = 6
const PRINTABLE = 0x21

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.side === 'server') return
  const kind = c.u8()
  if (kind < 1 || kind >= COMMANDS.length || c.peek() < PRINTABLE) return c.fail('no lpd')
  if (!readLine(c)) return
  const length = wordLength(line)
  if (length === 0 || length > QUEUE_MAX) return c.fail('no queue')
  notes.say(command, COMMANDS[kind]!)
  notes.about(talk.network === 6 ? IP6 : IP4, talk.targetIp)
  notes.add(queue, line.at, length)
  notes.about(SENDER)
  let files = 0
  while (kind === RECEIVE && c.left > 0 && files++ < FILES_MAX) if (!readFile(c, notes)) return
}

/** `\x02 48 cfA123desk-31`, and so many bytes that are passed; false from where nothing is told. */
function readFile(c: Cursor, notes: Notes): boolean {
  const kind = c.u8()
  if (kind !== CONTROL_FILE && kind !== DATA_FILE) return false
  if (!readLine(c)) return false
  const size = readNumber(line)
  if (size < 0) return false
  passWord(line)
  const isNamed = line.left > NAME_HEAD && (line.starts('cf') || line.starts('df'))
  line.take(Math.min(line.left, NAME_HEAD))
  if (isNamed) notes.add(host, line.at, line.left)
  if (kind === CONTROL_FILE) c.take(size + 1)
  return kind === CONTROL_FILE
}

export const lpd: Protocol = {
  name: 'lpd',
  standard: 'RFC 1179',
  tells: 'printers and their queues, and the names of machines that print',
  heard: ['tcp/515'],
  facts: [queue, host, command],
  parse,
}
