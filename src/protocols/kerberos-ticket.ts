/** Kerberos' names and tickets (RFC 4120, 5.2 and 5.3), wherever they travel. */

import { SEQUENCE, enter, expect, leave, readInteger } from '../bytes/ber.js'
import { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text } from '../model/fact.js'
import { IP4, IP6, SENDER, type Notes, type Talk } from './protocol.js'

export const realm = fact('kerberos.realm', text, 'set')
/** A client that is a machine: `PC01$` or `host/pc01.corp.example`. */
export const machine = fact('kerberos.machine', text, 'set')
export const user = secretFact('kerberos.user', ['Administrator', 'Guest', 'krbtgt', 'admin'])
/** About a server: what clients call it that show it a ticket, as `cifs/files.corp.example`. */
export const service = fact('kerberos.service', text, 'set')
/** How tickets are encrypted: `rc4` and `des` can be broken. */
export const ticketEncryption = fact('kerberos.ticket_encryption', text, 'set')

export const AP_REQUEST = 0x6e
const TICKET = 0x61
/** Context-specific tags, which is what nearly all of Kerberos has. */
export const FIELD = 0xa0
const STRING = 0x1b
const SLASH = 0x2f
const DOLLAR = 0x24
const PARTS_MAX = 8

/** The name read last, in the scratch. */
export const principal = { at: -1, length: 0, parts: 0, isMachine: false, isOfRealm: false }
/** What the ticket read last tells: the place of its realm, and a word for its encryption. */
export const ticket = { realm: -1, realmLength: 0, encryption: 0 }

const request = new Cursor()

/** Reads a field's string; returns where it stands. Its length is left in `stringLength`. */
export function readString(c: Cursor): number {
  string.length = expect(c, STRING)
  return c.take(string.length)
}

export const string = { length: 0 }

/** Reads a principal's name at the cursor, written as `cifs/files.corp.example`. */
export function readPrincipal(c: Cursor, notes: Notes): void {
  principal.at = notes.here
  principal.length = principal.parts = 0
  principal.isMachine = principal.isOfRealm = false
  const outer = enter(c, SEQUENCE)
  const kind = enter(c, FIELD)
  readInteger(c)
  leave(c, kind)
  const field = enter(c, FIELD | 1)
  const list = enter(c, SEQUENCE)
  while (c.left > 0) readPart(c, notes)
  leave(c, list)
  leave(c, field)
  leave(c, outer)
  principal.length = c.fault === '' ? notes.here - principal.at : 0
}

function readPart(c: Cursor, notes: Notes): void {
  const length = expect(c, STRING)
  if (principal.parts === 0) {
    // What belongs to the realm as a whole names no machine.
    principal.isOfRealm = c.starts('krbtgt') || c.starts('kadmin')
    principal.isMachine = c.starts('host') && length === 4
  } else notes.put(SLASH)
  if (principal.parts++ >= PARTS_MAX || length > c.left) return void c.take(c.left + 1)
  const end = c.at + length
  let last = 0
  while (c.at < end && c.left > 0) notes.put((last = c.u8()))
  if (last === DOLLAR) principal.isMachine = true
}

/** Notes the client's name that was read last: people by their hash. */
export function addClient(notes: Notes): void {
  notes.add(principal.isMachine ? machine : user, principal.at, principal.length)
}

/** Reads a ticket at the cursor: its server is then the `principal`. */
export function readTicket(c: Cursor, notes: Notes): void {
  ticket.realm = -1
  ticket.realmLength = ticket.encryption = 0
  const application = enter(c, TICKET)
  const outer = enter(c, SEQUENCE)
  while (c.left > 0) {
    const tag = c.peek()
    const field = enter(c, tag)
    if (tag === (FIELD | 1)) {
      ticket.realm = readString(c)
      ticket.realmLength = string.length
    } else if (tag === (FIELD | 2)) readPrincipal(c, notes)
    else if (tag === (FIELD | 3)) ticket.encryption = readEncryption(c)
    leave(c, field)
  }
  leave(c, outer)
  leave(c, application)
}

/** The kind of encryption of what is encrypted at the cursor. */
function readEncryption(c: Cursor): number {
  const outer = enter(c, SEQUENCE)
  const field = enter(c, FIELD)
  const kind = readInteger(c)
  leave(c, field)
  leave(c, outer)
  return kind
}

export function addTicketEncryption(notes: Notes): void {
  const word = encryptionWord(ticket.encryption)
  if (word !== '') notes.say(ticketEncryption, word)
}

/** A word for a kind of encryption (RFC 3961, 4757, 8009), '' for one that nobody uses. */
function encryptionWord(kind: number): string {
  if (kind === 18 || kind === 20) return 'aes256'
  if (kind === 17 || kind === 19) return 'aes128'
  if (kind === 23 || kind === 24) return 'rc4'
  return kind >= 1 && kind <= 3 ? 'des' : kind === 16 ? 'des3' : ''
}

/**
 * Reads the request by which a client shows a server its ticket, within another protocol's token.
 * The ticket tells what the server is called; that it is bad is no fault of the message.
 */
export function readApRequest(c: Cursor, notes: Notes, talk: Talk): void {
  request.over(c.bytes, c.at, c.end)
  enter(request, AP_REQUEST)
  enter(request, SEQUENCE)
  while (request.left > 0) {
    const tag = request.peek()
    const field = enter(request, tag)
    if (tag === (FIELD | 3)) {
      readTicket(request, notes)
      if (request.fault === '') addServer(notes, talk)
    }
    leave(request, field)
  }
}

function addServer(notes: Notes, talk: Talk): void {
  notes.add(realm, ticket.realm, ticket.realmLength)
  addTicketEncryption(notes)
  // A ticket for a person names no server.
  if (principal.isOfRealm || principal.parts < 2 || talk.targetIp < 0) return
  notes.about(talk.network === 4 ? IP4 : IP6, talk.targetIp)
  notes.add(service, principal.at, principal.length)
  notes.about(SENDER)
}
