/**
 * The lists of algorithms with which both sides of SSH begin (RFC 4253, 7.1): which of them are weak,
 * and the fingerprint of their choice and order (HASSH, Salesforce 2018).
 */

import type { Cursor } from '../bytes/cursor.js'
import { hashBytes } from '../bytes/hash.js'
import { md5 } from '../bytes/md5.js'
import { Memo } from '../bytes/memo.js'
import type { Fact } from '../model/fact.js'
import { SEED_A, SEED_B } from './digests.js'
import type { Notes } from './protocol.js'

const LISTS = 10
const COOKIE = 16
const LIST_MAX = 0x4000
const NAMES_MAX = 128
const COMMA = 0x2c

// Lists by their places: key exchange, host keys, then one list a direction of each.
const KEY_EXCHANGE = 0
const HOST_KEYS = 1
const CIPHERS = 2
const CODES = 4
const COMPRESSIONS = 6

const WEAK: readonly string[] = [
  ...['diffie-hellman-group1-sha1', 'diffie-hellman-group-exchange-sha1'],
  ...['rsa1024-sha1', 'gss-group1-sha1-toWM5Slw5Ew8Mqkay+al2g==', 'ssh-dss', 'none', 'arcfour'],
  ...['arcfour128', 'arcfour256', 'des-cbc', '3des-cbc', 'blowfish-cbc', 'cast128-cbc'],
  ...['aes128-cbc', 'aes192-cbc', 'aes256-cbc', 'rijndael-cbc@lysator.liu.se', 'hmac-md5'],
  ...['hmac-md5-96', 'hmac-sha1-96', 'hmac-ripemd160', 'hmac-md5-etm@openssh.com'],
  ...['hmac-md5-96-etm@openssh.com', 'hmac-sha1-96-etm@openssh.com'],
]
const weakByLength: string[][] = Array.from({ length: 64 }, () => [])
for (const name of WEAK) weakByLength[name.length]!.push(name)

const memo = new Memo(1024)
const starts = new Int32Array(LISTS)
const lengths = new Int32Array(LISTS)

export interface Said {
  readonly weak: Fact
  readonly fingerprint: Fact
  readonly isServer: boolean
}

/** Reads what follows the number of a KEXINIT message. */
export function readAlgorithms(c: Cursor, notes: Notes, said: Said): void {
  c.take(COOKIE)
  let list = 0
  while (list < LISTS) {
    const length = c.u32()
    if (length < 0 || length > LIST_MAX) return c.fail('bad list')
    lengths[list] = length
    starts[list++] = c.take(length)
  }
  if (c.fault !== '') return
  sayWeak(c, notes, said.weak, KEY_EXCHANGE)
  sayWeak(c, notes, said.weak, HOST_KEYS)
  const direction = said.isServer ? 1 : 0
  sayWeak(c, notes, said.weak, CIPHERS + direction)
  sayWeak(c, notes, said.weak, CODES + direction)
  notes.say(said.fingerprint, fingerprint(c, direction))
}

function sayWeak(c: Cursor, notes: Notes, weak: Fact, list: number): void {
  const { at, end } = c
  c.at = starts[list]!
  c.end = c.at + lengths[list]!
  let count = 0
  while (c.left > 0 && count++ < NAMES_MAX) {
    const distance = c.distance(COMMA)
    const length = distance < 0 ? c.left : distance
    if (length < weakByLength.length && isWeak(c, length)) notes.add(weak, c.at, length)
    c.take(distance < 0 ? length : length + 1)
  }
  c.at = at
  c.end = end
}

function isWeak(c: Cursor, length: number): boolean {
  const names = weakByLength[length]!
  let i = 0
  while (i < names.length) if (c.starts(names[i++]!)) return true
  return false
}

function fingerprint(c: Cursor, direction: number): string {
  const a = hash(c, direction, SEED_A)
  const b = hash(c, direction, SEED_B)
  const known = memo.recall(a, b)
  if (known !== '') return known
  const semicolon = Buffer.from(';')
  const text = Buffer.concat([
    view(c, KEY_EXCHANGE),
    semicolon,
    view(c, CIPHERS + direction),
    semicolon,
    view(c, CODES + direction),
    semicolon,
    view(c, COMPRESSIONS + direction),
  ])
  const digest = md5(text)
  memo.remember(a, b, digest)
  return digest
}

function hash(c: Cursor, direction: number, seed: number): number {
  const { bytes } = c
  let all = hashBytes(seed, bytes, starts[KEY_EXCHANGE]!, lengths[KEY_EXCHANGE]!)
  let list = CIPHERS + direction
  while (list <= COMPRESSIONS + direction) {
    all = hashBytes(all, bytes, starts[list]!, lengths[list]!)
    list += 2
  }
  return all
}

const view = ({ bytes }: Cursor, list: number): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset + starts[list]!, lengths[list]!)
