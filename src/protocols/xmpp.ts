/** XMPP (RFC 6120): chat and telephony servers, the domains they serve, and how they let one in. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { more } from './text-lines.js'
import { tls } from './tls.js'

/** The domain a server speaks for, and the one it is asked for. */
const domain = fact('xmpp.domain', text, 'set')
const asks = fact('xmpp.asks', text, 'set')
/** `client` or `server`: what kind of stream this is. */
const stream = fact('xmpp.stream', text, 'set')
const mechanism = fact('xmpp.mechanism', text, 'set')
const secrecy = fact('xmpp.tls', text, 'set')
const software = fact('xmpp.software', text, 'set')
/** How a client proves who it is: `PLAIN` without TLS is in clear. */
const login = fact('xmpp.login', text, 'set')

const LESS = 0x3c
const MORE = 0x3e
const EQUALS = 0x3d
const QUOTE = 0x22
const APOSTROPHE = 0x27
const TAGS_MAX = 96
const TLS_RECORD = 0x16

/** The value of an attribute that was found last. */
const value = { at: -1, length: 0 }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.starts('<?xml')) {
    c.until(MORE)
    while (c.left > 0 && c.peek() <= 0x20) c.take(1)
  }
  if (c.left > 0 && !c.starts('<stream:') && !isStanza(c) && !isBeginning(c))
    return c.fail('not xmpp')
  let tags = 0
  let mechanisms = false
  while (c.left > 0 && tags++ < TAGS_MAX) {
    const text = c.distance(LESS)
    // What stands between tags is nobody's business, but for the names of mechanisms.
    if (text < 0) return void c.take(c.left + 1)
    if (mechanisms) notes.add(mechanism, c.at, text)
    c.take(text + 1)
    mechanisms = c.starts('mechanism>')
    if (c.starts('proceed')) notes.say(secrecy, 'used')
    readTag(c, notes, talk)
    if (c.peek() === TLS_RECORD) return handOn(c, notes)
  }
}

/** Behind a STARTTLS and what is answered to it. */
function handOn(c: Cursor, notes: Notes): void {
  notes.handOver(tls, c.at, c.end)
  more(c)
}

/** What is heard in the middle of a stream. */
const isStanza = (c: Cursor): boolean =>
  c.starts('<iq ') || c.starts('<presence') || c.starts('<message ') || c.starts('</stream:')

/** The opening may be cut in the middle of its first word. */
const isBeginning = (c: Cursor): boolean => c.left < 8 && c.peek() === LESS && c.peek(1) === 0x73

function readTag(c: Cursor, notes: Notes, talk: Talk): void {
  const length = c.distance(MORE)
  if (length < 0) return void c.take(c.left + 1)
  const outer = c.narrow(length)
  if (c.starts('stream:stream')) readStream(c, notes, talk)
  else if (c.starts('required') && talk.side === 'server') notes.say(secrecy, 'required')
  else if (c.starts('starttls') && talk.side === 'server') notes.say(secrecy, 'offered')
  else if (c.starts('c ') && talk.side === 'server') noteAttribute(c, notes, software, 'node=')
  else if (c.starts('auth ')) noteAttribute(c, notes, login, 'mechanism=')
  c.widen(outer)
  c.take(1)
}

function readStream(c: Cursor, notes: Notes, talk: Talk): void {
  if (attribute(c, ' xmlns=')) {
    const back = c.at
    c.at = value.at
    const isServer = c.starts('jabber:server')
    c.at = back
    notes.say(stream, isServer ? 'server' : 'client')
  }
  if (talk.side === 'server') noteAttribute(c, notes, domain, ' from=')
  else noteAttribute(c, notes, asks, ' to=')
}

function noteAttribute(c: Cursor, notes: Notes, said: Fact, name: string): void {
  if (attribute(c, name)) notes.add(said, value.at, value.length)
}

/** Finds an attribute of the tag the cursor is narrowed to, and leaves the cursor where it was. */
function attribute(c: Cursor, name: string): boolean {
  const back = c.at
  let found = false
  let equals = c.distance(EQUALS)
  while (equals >= 0 && !found) {
    c.take(equals + 1)
    const quote = c.peek()
    c.at -= name.length
    found = c.at >= back && c.starts(name) && (quote === QUOTE || quote === APOSTROPHE)
    c.at += name.length
    if (found) {
      c.take(1)
      value.at = c.at
      value.length = c.distance(quote)
      found = value.length >= 0
    }
    equals = c.distance(EQUALS)
  }
  c.at = back
  return found
}

export const xmpp: Protocol = {
  name: 'xmpp',
  standard: 'RFC 6120',
  tells: 'domains and software of chat servers, and logins without secrecy',
  heard: [
    ...['tcp/5222-5223', 'tcp/5269', 'tcp "<stream:stream"', 'tcp "<iq type="', 'tcp "<presence"'],
    ...['tcp "<?xml version=\'1.0\'?><stream:"', 'tcp "<message to="', 'tcp "</stream:stream>"'],
  ],
  facts: [domain, asks, stream, mechanism, secrecy, software, login],
  parse,
}
