/** Logins of TDS that are not encrypted: Microsoft's (MS-TDS, 2.2.6.4), and Sybase's. */

import type { Cursor } from '../bytes/cursor.js'
import type { Fact } from '../model/fact.js'
import { readToken } from './gss.js'
import * as say from './mssql-words.js'
import { SENDER, type Notes, type Talk } from './protocol.js'
import { addWide, isAddress } from './wide-text.js'

/** Where places and lengths of the names lie, from the login's start. */
const HOST_NAME = 36
const USER = 40
const PASSWORD = 44
const APPLICATION = 48
const SERVER_NAME = 52
const LIBRARY = 60
const CLIENT = 72
const TOKEN = 78
const LEAST = 86

/** Where the login at hand begins. */
const login = { from: 0 }

export function readLogin(c: Cursor, notes: Notes, talk: Talk): void {
  login.from = c.at
  if (c.left < LEAST) return c.fail('bad login')
  addName(c, notes, say.hostName, HOST_NAME)
  addName(c, notes, say.application, APPLICATION)
  addName(c, notes, say.library, LIBRARY)
  addName(c, notes, say.user, USER)
  c.at = login.from + PASSWORD + 2
  if (c.u16le() > 0) notes.say(say.passwords, 'in the clear')
  addClient(c, notes, login.from + CLIENT)
  if (say.aboutTarget(notes, talk)) addServerName(c, notes)
  notes.about(SENDER)
  c.at = login.from + TOKEN
  const at = login.from + c.u16le()
  const length = c.u16le()
  if (length === 0 || at < c.at || at > c.end) return
  c.at = at
  readToken(c, Math.min(length, c.left), notes, talk)
}

/** A name by its place and its length in letters of two bytes. */
function addName(c: Cursor, notes: Notes, said: Fact, head: number): void {
  c.at = login.from + head
  const at = login.from + c.u16le()
  const length = 2 * c.u16le()
  if (at < c.at || length > c.end - at) return
  c.at = at
  addWide(c, notes, said, length)
}

/** Clients call a server by its name or its address, and an instance behind a backslash. */
function addServerName(c: Cursor, notes: Notes): void {
  c.at = login.from + SERVER_NAME
  const at = login.from + c.u16le()
  const length = 2 * c.u16le()
  if (at < c.at || length > c.end - at) return
  c.at = at
  if (!isAddress(c, length, 2)) addWide(c, notes, say.serverName, length)
}

/** A network card's address has a maker: zeros, groups and what was drawn by lot have none. */
function addClient(c: Cursor, notes: Notes, at: number): void {
  c.at = at
  const lead = c.u24()
  if (lead !== 0 && (lead & 0x030000) === 0) notes.add(say.clientMac, at, 6)
}

/** Sybase's login is of fixed fields: a name's 30 bytes, and behind them how many are used. */
const FIELD = 30
const OLD_APPLICATION = 140

export function readOldLogin(c: Cursor, notes: Notes, talk: Talk): void {
  addField(c, notes, say.hostName)
  addField(c, notes, say.user)
  const password = c.peek(FIELD)
  c.take(FIELD + 1)
  if (password > 0 && c.left > 0) notes.say(say.passwords, 'in the clear')
  c.take(OLD_APPLICATION - 3 * (FIELD + 1))
  addField(c, notes, say.application)
  if (say.aboutTarget(notes, talk)) addField(c, notes, say.serverName)
  notes.about(SENDER)
}

function addField(c: Cursor, notes: Notes, said: Fact): void {
  const at = c.take(FIELD)
  const length = c.u8()
  if (c.fault !== '') return
  if (length > FIELD) return c.fail('bad login')
  notes.add(said, at, length)
}
