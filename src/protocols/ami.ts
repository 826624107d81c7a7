/** The manager interface of Asterisk: exchanges that may be steered, and by whom, in plain words. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { line, passWord, readLine } from './text-lines.js'

const version = fact('ami.version', text, 'set')
const action = fact('ami.action', text, 'set')
const user = secretFact('ami.user', ['admin', 'manager', 'asterisk', 'root', 'cron', 'phpagi'])
/** `clear` when the password crossed the wire as it is, `digest` when it did not. */
const security = fact('ami.security', text, 'set')
const login = fact('ami.login', text, 'set')

const BANNER = 'Asterisk Call Manager/'
const LINES_MAX = 24

function parse(c: Cursor, notes: Notes): void {
  if (c.starts(BANNER)) fromServer(c, notes)
  else if (startsFolded(c, 'action:')) fromClient(c, notes)
  else c.fail('no manager')
}

function fromServer(c: Cursor, notes: Notes): void {
  if (!readLine(c)) return
  line.take(BANNER.length)
  notes.add(version, line.at, line.left)
  let lines = 0
  while (c.left > 0 && lines++ < LINES_MAX) {
    if (!readLine(c)) return
    if (startsFolded(line, 'message: authentication accepted')) notes.say(login, 'accepted')
    else if (startsFolded(line, 'message: authentication failed')) notes.say(login, 'refused')
  }
}

function fromClient(c: Cursor, notes: Notes): void {
  let lines = 0
  while (c.left > 0 && lines++ < LINES_MAX) {
    if (!readLine(c)) return
    if (startsFolded(line, 'secret:')) notes.say(security, 'clear')
    else if (startsFolded(line, 'authtype:')) notes.say(security, 'digest')
    else if (startsFolded(line, 'action:')) {
      passWord(line)
      notes.add(action, line.at, line.left)
    } else if (startsFolded(line, 'username:')) {
      passWord(line)
      notes.add(user, line.at, line.left)
    }
  }
}

export const ami: Protocol = {
  name: 'ami',
  standard: 'Asterisk Manager Interface',
  tells: 'Asterisk exchanges, and who steers them',
  heard: ['tcp/5038', 'tcp "Asterisk Call Manager/"'],
  facts: [version, action, user, security, login],
  parse,
}
