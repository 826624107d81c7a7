/**
 * Rules as one file to carry to sensors without a network: a line with the form and an Ed25519
 * signature (RFC 8032), and below it the rules as JSON. What is signed is the form and the rules;
 * nothing of them is looked at before the signature holds, and no path in them is ever opened.
 */

import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { isVersion } from './edition.js'
import { RuleError, type Written } from '../conditions/entry.js'

const FORM = 'onlooker.rules/1'
const ENTRIES_MAX = 50_000
const PLACE_CHARACTERS_MAX = 200
export const BUNDLE_BYTES_MAX = 32_000_000
/** What stands before the 32 bytes of a public key in its usual wrapping (RFC 8410). */
const WRAPPING = Buffer.from('302a300506032b6570032100', 'hex')
/** `home/lights.yaml:12`: a file below a folder, and a line. */
const PLACE = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*\.yaml:\d{1,7}$/

export interface Bundle {
  /** `1.4.0.2`: later ones are higher, so that an older one is not taken by mistake or malice. */
  readonly version: string
  readonly entries: readonly Written[]
}

/** As a line of settings has it: 32 bytes in base64. */
export function publicKeyOf(text: string): KeyObject {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== 32) throw new RuleError('rules.key: a key is 32 bytes in base64: mend it')
  return createPublicKey({ key: Buffer.concat([WRAPPING, bytes]), format: 'der', type: 'spki' })
}

/** As `publicKeyOf` takes it. */
export const publicKeyText = (secret: KeyObject): string =>
  createPublicKey(secret)
    .export({ format: 'der', type: 'spki' })
    .subarray(WRAPPING.length)
    .toString('base64')

/** Throws a RuleError where the text is no Ed25519 key in PEM. */
export function privateKeyOf(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem)
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch {
    // What is wrong with it would say too much about it.
  }
  throw new RuleError('no Ed25519 key: make one: openssl genpkey -algorithm ed25519 -out key.pem')
}

/** Throws a RuleError for what `unsealed` would refuse. */
export function sealed(bundle: Bundle, key: KeyObject): string {
  const fault = faultOf(bundle)
  if (fault !== '') throw new RuleError(fault)
  const text = JSON.stringify(bundle)
  return `${FORM} ${sign(null, message(text), key).toString('base64')}\n${text}\n`
}

/** Throws a RuleError where it is none, is not whole, or was not made by who has the key. */
export function unsealed(text: string, key: KeyObject, name: string): Bundle {
  const [head = ''] = /^[^\n]{0,200}/.exec(text) ?? []
  const [form, signature = ''] = head.split(' ')
  if (form !== FORM) throw new RuleError(`${name}: no bundle of rules: take one of this program`)
  const own = text.slice(head.length + 1).replace(/\n$/, '')
  if (!verify(null, message(own), key, Buffer.from(signature, 'base64'))) {
    const mend = 'take it anew, from whom you trust'
    throw new RuleError(`${name}: it was changed or cut, or rules.key did not sign it: ${mend}`)
  }
  const bundle = parsed(own)
  const fault = faultOf(bundle)
  if (fault !== '') throw new RuleError(`${name}: ${fault}`)
  return bundle as Bundle
}

/** Its text; throws a RuleError for what can't be one. */
export function bundleText(file: string): string {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new RuleError(`${file}: it can't be read (${code}): name a bundle of rules`)
  }
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) throw new RuleError(`${file}: no file: name a bundle of rules`)
    if (stat.size > BUNDLE_BYTES_MAX) {
      const most = `${String(BUNDLE_BYTES_MAX / 1_000_000)} MB`
      throw new RuleError(`${file}: too large for a bundle: it has at most ${most}`)
    }
    return readFileSync(descriptor, 'utf8')
  } finally {
    closeSync(descriptor)
  }
}

/** The form too, so that a signature is good for nothing else. */
const message = (text: string): Buffer => Buffer.from(`${FORM}\n${text}`)

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** `''` if this is a bundle. Whoever signs is trusted, and may be wrong all the same. */
function faultOf(bundle: unknown): string {
  const { version, entries } = (bundle ?? {}) as Readonly<Record<string, unknown>>
  if (!isVersion(version)) return 'a version is numbers and dots: 1.4.0.2'
  if (!Array.isArray(entries) || entries.length === 0) return 'a bundle without rules'
  if (entries.length > ENTRIES_MAX) return `more than ${String(ENTRIES_MAX)} rules and tables`
  const wrong = (entries as unknown[]).find(one => !isWritten(one))
  return wrong === undefined ? '' : `a rule's place is a path below a folder: ${placeText(wrong)}`
}

function isWritten(one: unknown): boolean {
  const { place, entry } = (one ?? {}) as Readonly<Record<string, unknown>>
  const isPlace = typeof place === 'string' && place.length <= PLACE_CHARACTERS_MAX
  return isPlace && PLACE.test(place) && typeof entry === 'object'
}

const placeText = (one: unknown): string =>
  String(JSON.stringify((one as Partial<Written> | null)?.place)).slice(0, PLACE_CHARACTERS_MAX)
