/**
 * EAPOL (IEEE 802.1X) and the EAP (RFC 3748) in it: who asks to be let in, who lets in, and how.
 *
 * A person's name is kept as a keyed hash only; a machine's account is a name like any other.
 */

import { fact, secretFact, text } from '../model/fact.js'
import type { Cursor } from '../bytes/cursor.js'
import { sayWord } from './link-words.js'
import { MAC, type Notes, type Protocol, type Talk } from './protocol.js'

const version = fact('eapol.version', text, 'set')
/** `supplicant` asks to be let in, `authenticator` lets in. */
const role = fact('eapol.role', text, 'set')
const identity = secretFact('eapol.identity', ['anonymous', 'anonymous@', 'anon', 'guest'])
/** The account of a machine: `host/pc7.example.com`, `PC7$`. */
const machine = fact('eapol.machine', text, 'set')
/** Where the account lives: what stands behind the `@`, or before the `\`. */
const realm = fact('eapol.realm', text, 'set')
/** What the authenticator says of itself when it asks for a name. */
const network = fact('eapol.network', text, 'set')
const method = fact('eapol.method', text, 'set')
/** About who asked: `accepted` or `refused`. */
const result = fact('eapol.result', text, 'set')
/** Keys that are agreed on: `rc4` (WEP), `rsn`, `wpa`, or `macsec`. */
const key = fact('eapol.key', text, 'set')

const VERSION_MAX = 3
const TYPE_MAX = 8
const EAP = 0
const START = 1
const LOGOFF = 2
const KEY = 3
const AGREEMENT = 5

const REQUEST = 1
const RESPONSE = 2
const SUCCESS = 3
const FAILURE = 4

const IDENTITY = 1
/** The type of a method: those below only negotiate. */
const METHOD_MIN = 4
const METHODS: Readonly<Partial<Record<number, string>>> = {
  4: 'md5',
  5: 'otp',
  6: 'gtc',
  13: 'tls',
  17: 'leap',
  18: 'sim',
  21: 'ttls',
  23: 'aka',
  25: 'peap',
  26: 'mschapv2',
  43: 'fast',
  47: 'psk',
  49: 'ikev2',
  50: 'aka-prime',
  52: 'pwd',
  55: 'teap',
  254: 'expanded',
}
const VERSIONS: readonly string[] = ['', '1', '2', '3']

const RC4 = 1
const RSN = 2
const WPA = 254
/** Set in a key message that asks for an answer, and so comes from the authenticator. */
const KEY_ASKS = 0x80

const AT = 0x40
const BACKSLASH = 0x5c
const DOLLAR = 0x24

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const spoken = c.u8()
  const type = c.u8()
  const length = c.u16()
  if (c.fault !== '') return
  if (spoken === 0 || spoken > VERSION_MAX) return c.fail('bad version')
  if (type > TYPE_MAX) return c.fail('bad type')
  sayWord(notes, version, spoken, VERSIONS)
  const outer = c.narrow(length)
  if (type === EAP) readEap(c, notes, talk)
  else if (type === START || type === LOGOFF) notes.say(role, 'supplicant')
  else if (type === KEY) readKey(c, notes)
  else if (type === AGREEMENT) notes.say(key, 'macsec')
  c.widen(outer)
}

function readEap(c: Cursor, notes: Notes, talk: Talk): void {
  const code = c.u8()
  c.take(3)
  if (c.fault !== '') return
  if (code === 0 || code > FAILURE) return c.fail('bad code')
  const asked = code === RESPONSE
  notes.say(role, asked ? 'supplicant' : 'authenticator')
  if (code === SUCCESS || code === FAILURE) return readResult(notes, talk, code)
  const type = c.u8()
  if (c.fault !== '') return
  if (type >= METHOD_MIN) return sayMethod(notes, type)
  if (type !== IDENTITY) return
  if (asked) readIdentity(c, notes)
  else if (code === REQUEST) notes.add(network, c.at, c.left)
}

function sayMethod(notes: Notes, type: number): void {
  const word = METHODS[type]
  if (word === undefined) notes.count32(method, type)
  else notes.say(method, word)
}

function readResult(notes: Notes, talk: Talk, code: number): void {
  // Sent to everybody, it does not say whom it means.
  if (talk.toGroup || talk.targetMac < 0) return
  notes.about(MAC, talk.targetMac)
  notes.say(result, code === SUCCESS ? 'accepted' : 'refused')
}

function readIdentity(c: Cursor, notes: Notes): void {
  // Some write more behind a zero.
  const zero = c.distance(0)
  const length = zero < 0 ? c.left : zero
  if (length === 0) return
  const { at } = c
  const backslash = c.distance(BACKSLASH)
  const sign = c.distance(AT)
  const isMachine = c.starts('host/') || c.peek(length - 1) === DOLLAR
  notes.add(isMachine ? machine : identity, at, length)
  if (backslash > 0 && backslash < length) notes.add(realm, at, backslash)
  else if (sign >= 0 && sign < length) notes.add(realm, at + sign + 1, length - sign - 1)
}

function readKey(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  const flags = c.u16()
  if (c.fault !== '') return
  if (kind === RC4) {
    notes.say(role, 'authenticator')
    return notes.say(key, 'rc4')
  }
  if (kind !== RSN && kind !== WPA) return
  notes.say(role, (flags & KEY_ASKS) !== 0 ? 'authenticator' : 'supplicant')
  notes.say(key, kind === RSN ? 'rsn' : 'wpa')
}

export const eapol: Protocol = {
  name: 'eapol',
  standard: 'IEEE 802.1X, RFC 3748',
  tells: 'who is asked for a name before it may use the network, who asks, and how well',
  heard: ['ether/888e', 'ether/88c7'],
  facts: [version, role, identity, machine, realm, network, method, result, key],
  parse,
}
