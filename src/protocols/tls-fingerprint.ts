/**
 * What a client offers in its hello, and the fingerprints made of it: JA3 (Salesforce, 2017) and
 * JA4 (FoxIO, 2023); JA3S of what a server chose.
 *
 * Most hellos were heard before. Two hashes of a few machine words are then all that is computed:
 * they find what was worked out the first time.
 */

import { createHash } from 'node:crypto'
import { hexDigits } from '../bytes/digits.js'
import { mix } from '../bytes/hash.js'
import { md5 } from '../bytes/md5.js'
import { Memo } from '../bytes/memo.js'
import { SEED_A, SEED_B } from './digests.js'
import { isGrease } from './tls-words.js'

const NUMBERS_MAX = 512
const MEMO = 1024
const JA4_HASH = 12
const NOTHING = '000000000000'
const COUNT_MAX = 99
const SERVER_NAME = 0
const ALPN = 16

/** Transports as JA4 writes them. */
export type Transport = 't' | 'q' | 'd'

const JA4_VERSIONS = new Map([
  [0x0304, '13'],
  [0x0303, '12'],
  [0x0302, '11'],
  [0x0301, '10'],
  [0x0300, 's3'],
  [0x0002, 's2'],
  [0xfeff, 'd1'],
  [0xfefd, 'd2'],
  [0xfefc, 'd3'],
])

const first = new Memo(MEMO)
const second = new Memo(MEMO)
const chosen = new Memo(MEMO)

/** Numbers in the order in which they were offered, without those that mean nothing. */
export class Numbers {
  count = 0
  private readonly values = new Uint16Array(NUMBERS_MAX)

  /** False when there is no room. */
  add(n: number): boolean {
    if (isGrease(n)) return true
    if (this.count === NUMBERS_MAX) return false
    this.values[this.count++] = n
    return true
  }

  has(n: number): boolean {
    // Not indexOf, which would look through all the room behind the last one, too.
    let i = 0
    while (i < this.count) if (this.values[i++] === n) return true
    return false
  }

  hash(seed: number): number {
    let hash = mix(seed, this.count)
    let i = 0
    while (i < this.count) hash = mix(hash, this.values[i++]!)
    return hash
  }

  list(): number[] {
    return Array.from({ length: this.count }, (_, i) => this.values[i]!)
  }
}

/** One hello's offers. */
export class Offer {
  transport: Transport = 't'
  /** As the head of the hello says, and the highest that the client really offers. */
  version = 0
  highest = 0
  hasName = false
  /** First and last letter of the first application protocol, and how long it is. */
  firstLetter = 0
  lastLetter = 0
  letters = 0
  /** There were more numbers than anybody offers. */
  isTooLong = false
  readonly ciphers = new Numbers()
  readonly extensions = new Numbers()
  readonly groups = new Numbers()
  readonly formats = new Numbers()
  readonly signatures = new Numbers()

  private a = 0
  private b = 0

  clear(): void {
    this.hasName = this.isTooLong = false
    this.letters = this.firstLetter = this.lastLetter = 0
    this.ciphers.count = this.extensions.count = this.groups.count = 0
    this.formats.count = this.signatures.count = 0
  }

  /** Works out what the fingerprints are remembered by; asked once, before them. */
  close(): void {
    this.a = this.hash(SEED_A)
    this.b = this.hash(SEED_B)
  }

  ja3(): string {
    const known = first.recall(this.a, this.b)
    if (known !== '') return known
    const { version, ciphers, extensions, groups, formats } = this
    const lists = [ciphers, extensions, groups, formats].map(numbers => numbers.list().join('-'))
    const text = md5(Buffer.from([String(version), ...lists].join(',')))
    first.remember(this.a, this.b, text)
    return text
  }

  ja4(): string {
    const known = second.recall(this.a, this.b)
    if (known !== '') return known
    const text = `${this.ja4Head()}_${this.ja4Ciphers()}_${this.ja4Extensions()}`
    second.remember(this.a, this.b, text)
    return text
  }

  private hash(seed: number): number {
    const { transport, version, highest, hasName, firstLetter, lastLetter, letters } = this
    let hash = mix(seed, (version << 16) | highest)
    hash = mix(hash, (transport.charCodeAt(0) << 24) | (firstLetter << 16) | (lastLetter << 8))
    hash = mix(hash, (letters << 1) | (hasName ? 1 : 0))
    hash = this.extensions.hash(this.ciphers.hash(hash))
    return this.signatures.hash(this.formats.hash(this.groups.hash(hash)))
  }

  private ja4Head(): string {
    const version = JA4_VERSIONS.get(this.highest) ?? '00'
    const counts = twoDigits(this.ciphers.count) + twoDigits(this.extensions.count)
    return `${this.transport}${version}${this.hasName ? 'd' : 'i'}${counts}${this.ja4Protocol()}`
  }

  private ja4Protocol(): string {
    const { firstLetter, lastLetter, letters } = this
    if (letters === 0) return '00'
    const both = String.fromCharCode(firstLetter, lastLetter)
    if (/^[0-9A-Za-z]{2}$/.test(both)) return both
    return hexDigits(firstLetter >> 4, 1) + hexDigits(lastLetter & 15, 1)
  }

  private ja4Ciphers(): string {
    const sorted = this.ciphers.list().map(fourDigits).sort()
    return sorted.length === 0 ? NOTHING : sha256(sorted.join(','))
  }

  private ja4Extensions(): string {
    const sorted = this.extensions
      .list()
      .filter(n => n !== SERVER_NAME && n !== ALPN)
      .map(fourDigits)
      .sort()
    if (this.extensions.count === 0) return NOTHING
    const signatures = this.signatures.list().map(fourDigits)
    const rest = signatures.length === 0 ? '' : `_${signatures.join(',')}`
    return sha256(sorted.join(',') + rest)
  }
}

/** JA3S: a version, a cipher suite, and the extensions of a server's hello. */
export function ja3s(version: number, cipher: number, extensions: Numbers): string {
  const word = (version << 16) | cipher
  const a = extensions.hash(mix(SEED_A, word))
  const b = extensions.hash(mix(SEED_B, word))
  const known = chosen.recall(a, b)
  if (known !== '') return known
  const text = md5(
    Buffer.from(`${String(version)},${String(cipher)},${extensions.list().join('-')}`),
  )
  chosen.remember(a, b, text)
  return text
}

const fourDigits = (n: number): string => hexDigits(n, 4)
const twoDigits = (n: number): string => String(Math.min(n, COUNT_MAX)).padStart(2, '0')
const sha256 = (text: string): string =>
  createHash('sha256').update(text).digest('hex').substring(0, JA4_HASH)
