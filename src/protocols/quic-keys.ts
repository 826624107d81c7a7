/**
 * Initial packets of QUIC opened (RFC 9001, 5; RFC 9369): their keys follow from a published salt and
 * the connection id that the client chose, so that everybody on the way can read them.
 */

import { createCipheriv, createHmac } from 'node:crypto'
import type { Cursor } from '../bytes/cursor.js'

/** What differs from version to version. */
export interface Dialect {
  readonly salt: Buffer
  readonly labels: readonly [key: string, nonce: string, head: string]
  /** What the two bits of a long header say that begins an Initial packet; a Retry; of a 0-RTT. */
  readonly initial: number
  readonly retry: number
}

const salted = (salt: string): Dialect => ({
  salt: Buffer.from(salt, 'hex'),
  labels: ['quic key', 'quic iv', 'quic hp'],
  initial: 0,
  retry: 3,
})

const V1 = salted('38762cf7f55934b34d179ae6a4c80cadccbb7f0a')
const DRAFT_29 = salted('afbfec289993d24c9e9786f19c6111e04390a899')
const DRAFT_23 = salted('c3eef712c72ebb5a11a7d2432bb46365bef9f502')
const V2: Dialect = {
  salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'),
  labels: ['quicv2 key', 'quicv2 iv', 'quicv2 hp'],
  initial: 1,
  retry: 0,
}

const VERSION_1 = 0x00000001
const VERSION_2 = 0x6b3343cf
const DRAFT = 0xff000000 | 0

/** How a version is spoken, or undefined if nobody told us. */
export function dialectOf(version: number): Dialect | undefined {
  if (version === VERSION_1) return V1
  if (version === VERSION_2) return V2
  const draft = version - DRAFT
  if (draft >= 33 && draft <= 34) return V1
  if (draft >= 29 && draft <= 32) return DRAFT_29
  return draft >= 23 && draft <= 28 ? DRAFT_23 : undefined
}

const TAG = 16
const SAMPLE = 16
/** A sample is taken this far behind the beginning of the packet's number, however long that is. */
const NUMBER_MAX = 4
const KEY = 16
const NONCE = 12
const PACKET_MAX = 2048

const head = Buffer.alloc(PACKET_MAX)
const body = Buffer.alloc(PACKET_MAX)
const sample = Buffer.alloc(SAMPLE)
const nonce = Buffer.alloc(NONCE)
const tag = Buffer.alloc(TAG)

/** Of the packet being opened: where it begins, its connection id, its number, and its end. */
export const packet = { at: 0, idAt: 0, idLength: 0, numberAt: 0, end: 0 }

/**
 * Opens a client's packet, whose head the cursor has read; what it says, or undefined if it was not
 * sealed with the client's keys.
 */
export function openInitial(c: Cursor, dialect: Dialect): Buffer | undefined {
  const { at, numberAt, end } = packet
  if (end - at > PACKET_MAX || numberAt + NUMBER_MAX + SAMPLE > end) return undefined
  const { key, iv, mask } = keysOf(c, dialect)
  read(c, sample, numberAt + NUMBER_MAX, SAMPLE)
  const cipher = createCipheriv('aes-128-ecb', mask, null)
  const headLength = unmask(c, cipher.update(sample))
  read(c, body, at + headLength, end - at - headLength - TAG)
  read(c, tag, end - TAG, TAG)
  setNonce(iv, headLength - (numberAt - at))
  return unsealed(key, headLength, end - at - headLength - TAG)
}

/** A hello is sealed into several packets with the same keys: those that came last are kept. */
const KEYS_KEPT = 64
const kept = new Array<Keys | undefined>(KEYS_KEPT)

interface Keys {
  readonly dialect: Dialect
  readonly id: Buffer
  readonly key: Buffer
  readonly iv: Buffer
  readonly mask: Buffer
}

function keysOf(c: Cursor, dialect: Dialect): Keys {
  const { idAt, idLength } = packet
  read(c, head, idAt, idLength)
  const place = head[idLength - 1]! % KEYS_KEPT
  const before = kept[place]
  if (before?.dialect === dialect && isHead(before.id, idLength)) return before
  const id = Buffer.from(new Uint8Array(head.buffer, head.byteOffset, idLength))
  const shared = createHmac('sha256', dialect.salt).update(id).digest()
  const secret = expanded(shared, 'client in', 32)
  const [key, iv, mask] = dialect.labels
  return (kept[place] = {
    dialect,
    id,
    key: expanded(secret, key, KEY),
    iv: expanded(secret, iv, NONCE),
    mask: expanded(secret, mask, KEY),
  })
}

function isHead(id: Buffer, length: number): boolean {
  let i = 0
  while (i < length && id[i] === head[i]) i++
  return i === length && id.length === length
}

/** HKDF-Expand-Label (RFC 8446, 7.1), for what one hash is long enough. */
function expanded(secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`)
  const info = Buffer.concat([Buffer.of(0, length, name.length), name, Buffer.of(0, 1)])
  const all = createHmac('sha256', secret).update(info).digest()
  return Buffer.from(all.buffer, all.byteOffset, length)
}

/** Reads the head without its mask, the packet's number included; returns how long it is. */
function unmask(c: Cursor, mask: Buffer): number {
  const { at, numberAt } = packet
  const before = numberAt - at
  read(c, head, at, before + NUMBER_MAX)
  head[0]! ^= mask[0]! & 0x0f
  const numberLength = (head[0]! & 3) + 1
  let i = 0
  while (i < numberLength) {
    head[before + i]! ^= mask[i + 1]!
    i++
  }
  return before + numberLength
}

function setNonce(iv: Buffer, numberLength: number): void {
  const from = packet.numberAt - packet.at
  let i = 0
  while (i < NONCE) {
    nonce[i] = iv[i]!
    i++
  }
  i = 0
  while (i < numberLength) {
    nonce[NONCE - numberLength + i]! ^= head[from + i]!
    i++
  }
}

/**
 * AES-GCM undone without an exception for what was sealed otherwise: the same stream of bits opens
 * and seals, so what was opened is sealed again, and the seals are compared.
 */
function unsealed(key: Buffer, headLength: number, length: number): Buffer | undefined {
  if (length <= 0) return undefined
  const aad = new Uint8Array(head.buffer, head.byteOffset, headLength)
  const opener = createCipheriv('aes-128-gcm', key, nonce)
  const opened = opener.update(new Uint8Array(body.buffer, body.byteOffset, length))
  const sealer = createCipheriv('aes-128-gcm', key, nonce)
  sealer.setAAD(aad)
  sealer.update(opened)
  sealer.final()
  return sealer.getAuthTag().equals(tag) ? opened : undefined
}

/** Copies what stands in the cursor's bytes, and leaves the cursor where it was. */
function read(c: Cursor, to: Buffer, from: number, length: number): void {
  const { at } = c
  c.at = from
  let i = 0
  while (i < length) to[i++] = c.u8()
  c.at = at
}
