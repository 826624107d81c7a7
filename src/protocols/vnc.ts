/**
 * VNC's remote framebuffer protocol (RFC 6143 and what Apple, RealVNC, TightVNC, UltraVNC and
 * VeNCrypt add): which locks are on a remote desktop's door, which one was used, and whether it
 * opened.
 *
 * The framebuffer's owner speaks first, even when it was the one to connect (a "reverse"
 * connection); it is called the server here.
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, list, text } from '../model/fact.js'
import { IP4, IP6, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `003.008`, as each end wrote it. */
const version = fact('vnc.version', text)
const clientVersion = fact('vnc.client_version', text, 'set')
/** Numbers of the security types: offered (`1,2,16`), and the one a client took. */
const security = fact('vnc.security', list, 'set')
const chosen = fact('vnc.chosen', list, 'set')
/** VeNCrypt's and Tight's own lists of what they may hold: `256,259`. */
const vencrypt = fact('vnc.vencrypt', text, 'set')
const tight = fact('vnc.tight', text, 'set')
/** `required`, or `none` when a client may come in without any. */
const authentication = fact('vnc.authentication', text)
/** How a try ended: `accepted`, `refused`, or `none` when nothing was asked. */
const auth = fact('vnc.auth', text, 'set')
/** What opens which door: `tcp/5900 required`, `tcp/5900 none offered`, and `accepted` who came in so. */
const door = fact('vnc.door', text, 'set')
const refusal = fact('vnc.refusal', text, 'set')
const desktop = fact('vnc.desktop', text, 'set')

const PORT_FIRST = 5900
const PORT_LAST = 5999

const BANNER = 12
const REASON_MAX = 1024
const NAME_MAX = 256
const PRIME_MAX = 1024
/** Apple's servers put flags before a desktop's name; the first of them is 0. */
const APPLE_PREFIX = 22

/** Security types. */
const NONE = 1
const PASSWORD = 2
const TIGHT = 16
const TLS = 18
const VENCRYPT = 19
const XVP = 22
const APPLE = 30
const MS_LOGON = 113

/** VeNCrypt's subtypes; below 256 they are security types. */
const PLAIN = 256
const TLS_NONE = 257
const X509_NONE = 260

const CHALLENGE = 16
const CAPABILITY = 16
/** Nobody has more tunnels or locks than this. */
const CAPABILITIES_MAX = 64

/** What follows the version: one type the server chose, a list, or a list and a result for `none`. */
type Layout = 3 | 7 | 8

/** The other end's opening, read apart so that its own cursor stays where it was. */
const answer = new Cursor()

/** What was agreed so far, filled again for each opening. */
const lock: { layout: Layout; type: number; port: number } = { layout: 8, type: 0, port: 0 }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  answer.over(talk.other.bytes, talk.other.start, talk.other.end)
  const port = talk.side === 'client' ? talk.to : talk.from
  const isUsual = port >= PORT_FIRST && port <= PORT_LAST
  // Elsewhere it may be a reverse connection: it takes both sides to know who spoke first.
  if (!isUsual && answer.left === 0) return more(c)
  const isReverse = !isUsual && talk.turns[0] === 0
  lock.port = isReverse ? 0 : talk.from
  if ((talk.side === 'client') === isReverse) fromServer(c, notes)
  else fromClient(c, notes, talk)
}

function fromServer(c: Cursor, notes: Notes): void {
  const at = c.at
  const server = readVersion(c)
  if (c.fault !== '') return
  notes.add(version, at + 4, 7)
  if (server === 0) return // A repeater: what follows is another server's.

  const client = answer.left < BANNER ? 0 : readVersion(answer)
  const known = client > 0 && answer.fault === ''
  if (!known && server >= 3007 && c.peek() === 0) return more(c)
  lock.layout = layoutOf(known && client < server ? client : server)
  if (lock.layout === 3) dictate(c, notes)
  else offer(c, notes)
}

function fromClient(c: Cursor, notes: Notes, talk: Talk): void {
  const server = readVersion(answer)
  const known = answer.fault === ''
  if (known && server === 0) return // It tells a repeater whom it wants.
  const at = c.at
  const client = readVersion(c)
  if (c.fault !== '') return
  notes.add(clientVersion, at + 4, 7)
  if (layoutOf(client) === 3 || (known && layoutOf(server) === 3)) return
  const type = c.take(1)
  notes.about(talk.network === 6 ? IP6 : IP4, talk.targetIp)
  notes.add(chosen, type, 1)
  notes.about(SENDER)
}

/** `RFB 003.008` and a newline as 3008. */
function readVersion(c: Cursor): number {
  if (!c.starts('RFB ')) {
    if (c.left < 4 && (c.left === 0 || c.peek() === 0x52)) c.take(BANNER)
    else c.fail('no banner')
    return 0
  }
  c.take(4)
  const major = readNumber(c, 0x2e)
  return major * 1000 + readNumber(c, 0x0a)
}

/** Three digits and what must stand behind them. */
function readNumber(c: Cursor, behind: number): number {
  const value = readDigit(c) * 100 + readDigit(c) * 10 + readDigit(c)
  if (c.u8() !== behind && c.fault === '') c.fail('bad version')
  return value
}

function readDigit(c: Cursor): number {
  const digit = c.u8() - 0x30
  if (c.fault === '' && (digit < 0 || digit > 9)) c.fail('bad version')
  return digit
}

/** 3.889 is Apple's, 4 and 5 are RealVNC's; UltraVNC adds 10 to its 3.4, 3.6 and 3.8. */
function layoutOf(number: number): Layout {
  if (number === 3007) return 7
  return number < 3008 || number === 3014 || number === 3016 ? 3 : 8
}

/** Asks to be called again when more was heard. */
const more = (c: Cursor): void => void c.take(c.left + 1)

function sayAuthentication(notes: Notes, open: boolean): void {
  notes.say(authentication, open ? 'none' : 'required')
  sayDoor(notes, open ? 'none offered' : 'required')
}

/** A desktop that connected to its viewer has no port of its own. */
function sayDoor(notes: Notes, opens: string): void {
  const at = notes.here
  if (lock.port === 0) notes.write('reverse')
  else {
    notes.write('tcp/')
    notes.writeNumber(lock.port)
  }
  notes.write(' ')
  if (notes.write(opens)) notes.add(door, at, notes.here - at)
}

/** RFB 3.3: the server alone decides. */
function dictate(c: Cursor, notes: Notes): void {
  const at = c.at
  lock.type = c.u32()
  if (c.fault !== '') return
  if (lock.type === 0) return explain(c, notes)
  if (lock.type > 0 && lock.type < PLAIN) notes.add(security, at + 3, 1)
  sayAuthentication(notes, lock.type === NONE)
  unlock(c, notes)
}

/** RFB 3.7 and later: the server offers, the client takes. */
function offer(c: Cursor, notes: Notes): void {
  const count = c.u8()
  if (c.fault !== '') return
  if (count === 0) return explain(c, notes)
  const at = c.at
  const outer = c.narrow(count)
  if (c.fault !== '') return
  let open = false
  let nested = false
  while (c.left > 0) {
    const type = c.u8()
    if (type === NONE) open = true
    if (type === TIGHT || type === TLS || type === VENCRYPT) nested = true
  }
  c.widen(outer)
  notes.add(security, at, count)
  if (open || !nested) sayAuthentication(notes, open)
  take(c, notes, nested && !open)
}

/** Goes on with the type the client took; a lock that holds others says itself what it asks for. */
function take(c: Cursor, notes: Notes, undecided: boolean): void {
  lock.type = answer.u8()
  if (answer.fault !== '') return more(c)
  const holds = lock.type === TIGHT || lock.type === TLS || lock.type === VENCRYPT
  if (undecided && !holds) sayAuthentication(notes, false)
  unlock(c, notes)
}

/** What the server says while the lock is tried. A type unknown here can't be read any further. */
function unlock(c: Cursor, notes: Notes): void {
  if (lock.type === TIGHT) return openTight(c, notes)
  if (lock.type === VENCRYPT) return openVencrypt(c, notes)
  if (lock.type === NONE) {
    if (lock.layout !== 8) return readDesktop(c, notes)
  } else if (lock.type === PASSWORD || lock.type === XVP) c.take(CHALLENGE)
  else if (lock.type === MS_LOGON) c.take(24)
  else if (lock.type === APPLE) {
    c.take(2)
    const prime = c.u16()
    if (prime > PRIME_MAX) return
    c.take(2 * prime)
  } else if (lock.type !== PLAIN) return
  readResult(c, notes)
}

function readResult(c: Cursor, notes: Notes): void {
  const result = c.u32()
  if (c.fault !== '') return
  if (result === 0) {
    if (lock.type !== NONE) notes.say(auth, 'accepted')
    readDesktop(c, notes)
  } else if (result === 1 || result === 2) {
    if (lock.layout === 8) explain(c, notes)
    else notes.say(auth, 'refused')
  }
}

/** A refusal, and why. */
function explain(c: Cursor, notes: Notes): void {
  notes.say(auth, 'refused')
  const length = c.u32()
  if (length > 0 && length <= REASON_MAX) notes.add(refusal, c.take(length), length)
}

/** The desktop's name, after its size and 16 bytes on how a pixel looks: only once inside. */
function readDesktop(c: Cursor, notes: Notes): void {
  const width = c.u16()
  const height = c.u16()
  const bits = c.u8()
  c.take(15)
  const length = c.u32()
  if (c.fault !== '' || width === 0 || height === 0) return
  if (bits !== 8 && bits !== 16 && bits !== 32) return
  if (lock.type === NONE) {
    notes.say(auth, 'none')
    sayDoor(notes, 'none accepted')
  }
  if (length <= 0 || length > NAME_MAX) return
  const outer = c.narrow(length)
  if (c.fault !== '') return
  if (c.peek() === 0 && length > APPLE_PREFIX) c.take(APPLE_PREFIX)
  notes.add(desktop, c.at, c.left)
  c.widen(outer)
}

/** Tight: tunnels, then locks, as lists of capabilities; the client takes one of each. */
function openTight(c: Cursor, notes: Notes): void {
  const tunnels = c.u32()
  if (tunnels < 0 || tunnels > CAPABILITIES_MAX) return
  c.take(tunnels * CAPABILITY)
  if (tunnels > 0 && answer.u32() !== 0) return
  const count = c.u32()
  if (c.fault !== '' || count < 0 || count > CAPABILITIES_MAX) return
  const outer = c.narrow(count * CAPABILITY)
  if (c.fault !== '') return
  const at = notes.here
  let open = count === 0
  while (c.left > 0) {
    const code = c.u32()
    c.take(CAPABILITY - 4)
    if (code === NONE) open = true
    if (notes.here > at) notes.write(',')
    notes.writeNumber(code)
  }
  c.widen(outer)
  notes.add(tight, at, notes.here - at)
  sayAuthentication(notes, open)
  takeInner(c, notes, count === 0 ? NONE : answer.u32())
}

/** VeNCrypt 0.2: the lock within, most often behind TLS. */
function openVencrypt(c: Cursor, notes: Notes): void {
  const number = c.u16()
  const accepted = c.u8() === 0
  const count = c.u8()
  if (c.fault !== '' || number !== 2 || !accepted) return
  if (answer.u16() !== 2 && answer.fault === '') return
  const outer = c.narrow(count * 4)
  if (c.fault !== '') return
  const at = notes.here
  let open = false
  while (c.left > 0) {
    const type = c.u32()
    if (type === NONE || type === TLS_NONE || type === X509_NONE) open = true
    if (notes.here > at) notes.write(',')
    notes.writeNumber(type)
  }
  c.widen(outer)
  notes.add(vencrypt, at, notes.here - at)
  sayAuthentication(notes, open)
  takeInner(c, notes, answer.u32())
}

/** Goes on with a lock inside a lock, unless that is another holder or goes on behind TLS. */
function takeInner(c: Cursor, notes: Notes, type: number): void {
  if (answer.fault !== '') return more(c)
  lock.type = type
  if (type === NONE || type === PASSWORD || type === PLAIN) unlock(c, notes)
}

export const vnc: Protocol = {
  name: 'vnc',
  standard: 'RFC 6143',
  tells: 'remote desktops: their makers, and how they are locked',
  heard: ['tcp/5900-5999', 'tcp "RFB 0"'],
  facts: [
    version,
    clientVersion,
    security,
    chosen,
    vencrypt,
    tight,
    authentication,
    auth,
    door,
    refusal,
    desktop,
  ],
  parse,
}
