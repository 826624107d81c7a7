/**
 * Web services discovery and metadata (WS-Discovery 1.1, DPWS 1.1): printers, scanners, computers
 * and cameras say what they are, where they answer and which scopes they are in.
 */

import { Elements, wordLength } from '../bytes/xml.js'
import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { SENDER, type Notes, type Protocol } from './protocol.js'
import { firmware, manufacturer, readScope, scopeFacts, serial } from './wsd-scopes.js'

const uuid = fact('wsd.uuid', text, 'set')
const type = fact('wsd.type', text, 'set')
const address = fact('wsd.xaddr', text, 'set')
const asks = fact('wsd.asks', text, 'set')
const friendlyName = fact('wsd.friendly_name', text)
const model = fact('wsd.model', text)
const modelNumber = fact('wsd.model_number', text)
/** `OFFICE-7/Workgroup:WORKGROUP`: what Windows says of itself. */
const computer = fact('wsd.computer', text, 'set')

const ENVELOPE = 0
const BODY = 1
const REFERENCE = 2
const ADDRESS = 3
const TYPES = 4
const SCOPES = 5
const XADDRS = 6
const PROBE = 7
const RESOLVE = 8
const ANSWERS = 9
const METADATA = 14
const FIRST_SAID = 15
const SAID: readonly (readonly [element: string, said: Fact])[] = [
  ['FriendlyName', friendlyName],
  ['FirmwareVersion', firmware],
  ['SerialNumber', serial],
  ['Manufacturer', manufacturer],
  ['ModelName', model],
  ['ModelNumber', modelNumber],
  ['Computer', computer],
]
const elements = new Elements([
  ...['Envelope', 'Body', 'EndpointReference', 'Address', 'Types', 'Scopes', 'XAddrs'],
  ...['Probe', 'Resolve', 'Hello', 'Bye', 'ProbeMatches', 'ResolveMatches', 'ProbeMatch'],
  'Metadata',
  ...SAID.map(([element]) => element),
])

const UUID = 'uuid:'
const URN = 'urn:uuid:'
const COLON = 0x3a

function parse(c: Cursor, notes: Notes): void {
  notes.about(SENDER)
  if (!elements.next(c) || elements.name !== ENVELOPE) return c.fail('not wsd')
  const kind = readKind(c)
  if (c.fault !== '') return
  if (kind === PROBE) readProbe(c, notes)
  else if (kind === METADATA) readMetadata(c, notes)
  else if (kind >= ANSWERS && kind < METADATA) readAnswer(c, notes)
  else if (kind !== RESOLVE) c.fail('not wsd')
}

/** What stands first in the body: what kind of message it is. */
function readKind(c: Cursor): number {
  let inBody = false
  while (c.left > 0) {
    if (!elements.next(c)) return -1
    if (inBody) return elements.closing ? -1 : elements.name
    inBody = elements.name === BODY && !elements.closing
  }
  return -1
}

/** Somebody looks for devices of these types. */
function readProbe(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    if (!elements.next(c)) return
    if (elements.name === TYPES && !elements.closing) eachWord(c, notes, asks)
  }
}

/** A device says what it is; the reference's address is its identity. */
function readAnswer(c: Cursor, notes: Notes): void {
  let before = -1
  while (c.left > 0) {
    if (!elements.next(c)) return
    const { name, closing } = elements
    if (closing || elements.textLength === 0) before = closing ? -1 : name
    else {
      if (name === ADDRESS && before === REFERENCE) tellUuid(c, notes)
      else if (name === TYPES) eachWord(c, notes, type)
      else if (name === XADDRS) eachWord(c, notes, address)
      else if (name === SCOPES) eachWord(c, notes, undefined)
      before = name
    }
  }
}

/** What a device answers when it is asked for its description over HTTP. */
function readMetadata(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    if (!elements.next(c)) return
    const { name, closing, textAt, textLength } = elements
    if (closing || textLength === 0) continue
    if (name === TYPES) eachWord(c, notes, type)
    else if (name >= FIRST_SAID) notes.add(SAID[name - FIRST_SAID]![1], textAt, textLength)
  }
}

function tellUuid(c: Cursor, notes: Notes): void {
  const back = c.at
  const { textAt, textLength } = elements
  c.at = textAt
  const prefix = c.starts(URN) ? URN.length : c.starts(UUID) ? UUID.length : 0
  c.at = back
  if (prefix > 0) notes.add(uuid, textAt + prefix, textLength - prefix)
}

/** Notes each word of the text; of a type only what stands behind its prefix, of none a scope. */
function eachWord(c: Cursor, notes: Notes, said: Fact | undefined): void {
  const back = c.at
  const outer = c.end
  c.at = elements.textAt
  c.end = c.at + elements.textLength
  while (c.left > 0) {
    const length = wordLength(c)
    if (said === undefined) readScope(c, notes, length)
    else addWord(c, notes, said, length)
    c.take(Math.min(c.left, length + 1))
  }
  c.at = back
  c.end = outer
}

/** Of addresses the whole. */
function addWord(c: Cursor, notes: Notes, said: Fact, length: number): void {
  let prefix = 0
  if (said !== address) {
    while (prefix < length && c.peek(prefix) !== COLON) prefix++
    prefix = prefix === length ? 0 : prefix + 1
  }
  notes.add(said, c.at + prefix, length - prefix)
}

export const wsd: Protocol = {
  name: 'wsd',
  standard: 'WS-Discovery 1.1, DPWS 1.1',
  tells: 'printers, scanners, Windows computers and ONVIF cameras: what they are, names, models',
  heard: ['udp/3702'],
  facts: [
    ...[uuid, type, address, asks, friendlyName, model, modelNumber, computer],
    ...scopeFacts,
  ],
  parse,
}
