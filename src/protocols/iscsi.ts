/** iSCSI (RFC 7143), its login: who uses whose disks, under which names, and with which lock. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, secretFact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const initiator = fact('iscsi.initiator', text, 'set')
const initiatorAlias = fact('iscsi.initiator_alias', text, 'set')
const target = fact('iscsi.target', text, 'set')
const targetAlias = fact('iscsi.target_alias', text, 'set')
const targetAddress = fact('iscsi.target_address', text, 'set')
/** What the client offers and the server takes: `CHAP,None`. */
const authentication = fact('iscsi.authentication', text, 'set')
const session = fact('iscsi.session', text, 'set')
const user = secretFact('iscsi.user', [])

const LOGIN = 0x03
const TEXT = 0x04
const LOGIN_ANSWER = 0x23
const TEXT_ANSWER = 0x24
const OPCODE = 0x3f
const DATA_MAX = 16_384
const EQUALS = 0x3d
const KEYS: readonly (readonly [string, Fact])[] = [
  ['InitiatorName', initiator],
  ['InitiatorAlias', initiatorAlias],
  ['TargetName', target],
  ['TargetAlias', targetAlias],
  ['TargetAddress', targetAddress],
  ['AuthMethod', authentication],
  ['SessionType', session],
  ['CHAP_N', user],
]

function parse(c: Cursor, notes: Notes): void {
  let first = true
  while (c.left > 0) {
    const opcode = c.u8() & OPCODE
    const isLogin = opcode === LOGIN || opcode === LOGIN_ANSWER
    if (first && !isLogin) return c.fail('no login')
    if (!isLogin && opcode !== TEXT && opcode !== TEXT_ANSWER) return
    c.take(3)
    const more = c.u8() * 4
    const length = c.u24()
    if (c.fault === '' && length > DATA_MAX) return c.fail('bad length')
    c.take(40 + more)
    const outer = c.narrow(length)
    if (c.fault !== '') return
    pairs(c, notes)
    c.widen(outer)
    c.take(-length & 3)
    first = false
  }
}

function pairs(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    const whole = c.distance(0)
    const key = c.distance(EQUALS)
    const length = whole < 0 ? c.left : whole
    if (key > 0 && key < length) pair(c, notes, key, length)
    else c.take(length)
    if (c.left > 0) c.take(1)
  }
}

function pair(c: Cursor, notes: Notes, key: number, length: number): void {
  let i = 0
  let said: Fact | undefined
  while (i < KEYS.length && said === undefined) {
    const [name, one] = KEYS[i++]!
    if (name.length === key && c.starts(name)) said = one
  }
  const at = c.take(length)
  if (said !== undefined) notes.add(said, at + key + 1, length - key - 1)
}

export const iscsi: Protocol = {
  name: 'iscsi',
  standard: 'RFC 7143',
  tells:
    'storage and the machines that use it, by their qualified names; whether it asks for a password',
  heard: ['tcp/3260'],
  facts: [
    ...[initiator, initiatorAlias, target, targetAlias, targetAddress, authentication, session],
    user,
  ],
  parse,
}
