/** Facts: what the network said, and the vocabulary for saying it. */

import { hexText, ipText, macText, plainText } from '../bytes/text.js'

/** How a fact's bytes are written down, once it turns out to be news. */
export type Form = (bytes: Uint8Array, at: number, length: number) => string

/**
 * When a fact is news. A `state` is news when it differs from the last value of its subject, so
 * A, B, A is heard as three; a `set` member is news when it was not heard for an hour; an `event`
 * is always news.
 */
export type News = 'state' | 'set' | 'event'

export interface Fact {
  /** `protocol.what`, as rules, JSON and the console call it. */
  readonly name: string
  readonly form: Form
  readonly news: News
  /** Values anyone may see although the form is `secret`: the passwords everybody knows. */
  readonly known?: readonly string[]
  /** Its place in the list of all facts; given by `protocols/index`. */
  id: number
}

export const fact = (name: string, form: Form, news: News = 'state'): Fact => ({
  name,
  form,
  news,
  id: -1,
})

/**
 * A fact whose bytes never leave the worker: they become `default: …` if everybody knows them,
 * else a keyed hash.
 */
export const secretFact = (name: string, known: readonly string[]): Fact => ({
  name,
  form: secret,
  news: 'set',
  known,
  id: -1,
})

/** By what name somebody out there is called: conversations show it, and no frame says so. */
export const peerName = fact('peer.name', plainText, 'set')

/** What matters of any address in the world: what it is called, and who holds it. */
const EVERYWHERE = /^(?:arp|ndp|dhcp|dhcpv6)\.|^(?:dns\.answer|tls\.name|http\.name|http2\.name)$/

/** Of other facts, those about addresses outside are told up to a bound only. */
export const mattersEverywhere = ({ name }: Fact): boolean => EVERYWHERE.test(name)

export const text: Form = plainText
export const hex: Form = hexText
export const mac: Form = (bytes, at, length) =>
  length === 6 ? macText(bytes, at) : hexText(bytes, at, length)
export const ip: Form = ipText

/** Each byte as a decimal number: `1,3,6,15`. */
export const list: Form = (bytes, at, length) =>
  bytes.subarray(at, at + Math.min(length, 64)).join(',')

/** A big-endian number of up to six bytes. */
export const number: Form = (bytes, at, length) =>
  length > 6
    ? hexText(bytes, at, length)
    : String(length === 0 ? 0 : view(bytes, at, length).readUIntBE(0, length))

/** Each pair of bytes as a decimal number: `23,24,39`. */
export const words: Form = (bytes, at, length) => {
  const numbers: number[] = []
  for (let i = 0; i + 1 < length && i < 128; i += 2) {
    numbers.push((bytes[at + i]! << 8) | bytes[at + i + 1]!)
  }
  return numbers.join(',')
}

/** An address and one byte more, which counts its leading bits: `2001:db8::/64`. */
export const prefix: Form = (bytes, at, length) =>
  `${ipText(bytes, at, length - 1)}/${bytes[at + length - 1]!}`

/** Text where all of it can be printed, else hexadecimal: what switches call their ports. */
export const label: Form = (bytes, at, length) => {
  for (let i = 0; i < length; i++) {
    const byte = bytes[at + i]!
    if (byte < 0x20 || byte > 0x7e) return hexText(bytes, at, length)
  }
  return plainText(bytes, at, length)
}

/** What the worker made of a secret: already text when it gets here. */
export const secret: Form = (bytes, at, length) => plainText(bytes, at, length)

const view = (bytes: Uint8Array, at: number, length: number): Buffer =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, length)
