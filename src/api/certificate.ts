/**
 * A certificate that the sensor signs itself (X.509, RFC 5280): Node makes keys and signatures, and the
 * few structures around them are written here, in DER.
 */

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import type { Time } from '../model/device.js'
import type { Certificate } from './doors.js'

/** Browsers refuse what holds longer. */
export const DAYS = 397
const DAY_MS = 86_400_000
const SERIAL_BYTES = 16
const NAMES_MAX = 32
const COMMON_NAME_MAX = 64

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  object: 0x06,
  utf8: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const

/** A value with its tag and length. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(parts)
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value])
  const bytes = value.length < 0x100 ? [value.length] : [value.length >> 8, value.length & 0xff]
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), value])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(TAG.sequence, ...parts)
const octets = (...parts: readonly Uint8Array[]): Buffer => der(TAG.octets, ...parts)
const bits = (unused: number, bytes: Uint8Array): Buffer =>
  der(TAG.bits, Buffer.from([unused]), bytes)
/** `[number]`, holding other values or none. */
const tagged = (number: number, ...parts: readonly Uint8Array[]): Buffer =>
  der(0xa0 | number, ...parts)
const YES = der(TAG.boolean, Buffer.from([0xff]))

/** Its numbers, in base 128. */
function object(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap(number => {
    const digits = [number & 0x7f]
    for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
    return digits
  })
  return der(TAG.object, Buffer.from(bytes))
}

const time = (at: Time): Buffer =>
  der(TAG.time, Buffer.from(new Date(at).toISOString().replace(/[-:T]|\.\d+/g, ''), 'latin1'))

const ECDSA_SHA256 = sequence(object('1.2.840.10045.4.3.2'))

const nameOf = (common: string): Buffer =>
  sequence(der(TAG.set, sequence(object('2.5.4.3'), der(TAG.utf8, Buffer.from(common)))))

const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  sequence(object(id), ...(critical ? [YES] : []), octets(value))

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map(group => parseInt(group, 16))
  const [left, right] = [groups(head), groups(tail ?? '')]
  const gap = Array<number>(8 - left.length - right.length).fill(0)
  const bytes = Buffer.alloc(16)
  for (const [i, group] of [...left, ...gap, ...right].entries()) bytes.writeUInt16BE(group, 2 * i)
  return bytes
}

/** DNS names are number 2, addresses number 7. */
const alternative = (name: string): Buffer =>
  isIPv4(name) || isIPv6(name)
    ? der(0x87, addressBytes(name))
    : der(0x82, Buffer.from(name, 'latin1'))

function extensions(names: readonly string[]): Buffer {
  return tagged(
    3,
    sequence(
      // Of a server, and of nobody else: it signs no others.
      extension('2.5.29.19', true, sequence()),
      extension('2.5.29.15', true, bits(7, Buffer.from([0x80]))),
      extension('2.5.29.37', false, sequence(object('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', false, sequence(...names.slice(0, NAMES_MAX).map(alternative))),
    ),
  )
}

/** The first byte is neither 0 nor above 0x7f, so that the number is positive and of full length. */
function serial(): Buffer {
  const bytes = randomBytes(SERIAL_BYTES)
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return der(TAG.integer, bytes)
}

/** For these names and addresses, the first of which it is called by. */
export function selfSigned(names: readonly string[], now: Time): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const written = names.filter(name => /^[\x21-\x7e]{1,253}$/.test(name))
  const name = nameOf((written[0] ?? 'onlooker').slice(0, COMMON_NAME_MAX))
  const body = sequence(
    tagged(0, der(TAG.integer, Buffer.from([2]))),
    serial(),
    ECDSA_SHA256,
    name,
    // A clock that is a little behind believes it too.
    sequence(time(now - DAY_MS), time(now + (DAYS - 1) * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(written),
  )
  const signature = sign('sha256', body, privateKey)
  const certificate = sequence(body, ECDSA_SHA256, bits(0, signature))
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { cert: pem(certificate), key }
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}
