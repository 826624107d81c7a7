/** The services of OPC UA (OPC 10000-4) that name applications and endpoints, or change something. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, secretFact, text, type Fact } from '../model/fact.js'
import { buildFacts, readBuild } from './opcua-build.js'
import {
  extension,
  noteLocalized,
  noteString,
  passString,
  passStrings,
  readCount,
  readExtension,
  readNode,
} from './opcua-values.js'
import { sayWord } from './link-words.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import type { Notes, Talk } from './protocol.js'

/** `opc.tcp://plc-7:4840/`. */
export const url = fact('opcua.url', text, 'set')
/** `urn:plc-7:vendor:server`: no other installation has the same. */
const applicationUri = fact('opcua.application_uri', text, 'set')
const productUri = fact('opcua.product_uri', text, 'set')
const application = fact('opcua.application', text, 'set')
const type = fact('opcua.type', text, 'set')
/** What a server offers: `None`, `Basic256Sha256`; `none`, `sign`, `sign and encrypt`. */
const policy = fact('opcua.policy', text, 'set')
const mode = fact('opcua.mode', text, 'set')
/** How one may log in, and how somebody did: `anonymous`, `user name`, `certificate`. */
const token = fact('opcua.token', text, 'set')
const login = fact('opcua.login', text, 'set')
const user = secretFact('opcua.user', [])
/** Another server that this one knows of. */
const knows = fact('opcua.knows', text, 'set')
const orders = ordersOf('opcua', ip, 'set')

export const serviceFacts: readonly Fact[] = [
  ...[url, applicationUri, productUri, application, type, policy, mode, token, login, user, knows],
  ...buildFacts,
  ...orderFacts(orders),
]

const SERVERS = 425
const ENDPOINTS = 431
const CREATE = 461
const CREATED = 464
const ACTIVATE = 467
const READ = 634
const CALLS: Readonly<Record<number, string>> = {
  488: 'add nodes',
  500: 'delete nodes',
  673: 'write',
  700: 'write history',
  712: 'call',
}
const REQUEST_TAIL = 16
const ANONYMOUS = 321
const USER_NAME = 324
const CERTIFICATE = 327
const HASH = 0x23
const LIST_MAX = 16

const TYPES: readonly string[] = ['server', 'client', 'client and server', 'discovery server']
const MODES: readonly string[] = ['', 'none', 'sign', 'sign and encrypt']
const TOKENS: readonly string[] = ['anonymous', 'user name', 'certificate', 'issued']

export function readService(c: Cursor, notes: Notes, talk: Talk): void {
  const service = readNode(c)
  const call = CALLS[service]
  if (call !== undefined && talk.side !== 'server') return tellOrder(notes, talk, orders, call)
  if (service === CREATE || service === ACTIVATE) passRequestHead(c)
  else passAnswerHead(c)
  if (c.fault !== '') return
  switch (service) {
    case CREATE:
      return readApplication(c, notes)
    case ACTIVATE:
      return readLogin(c, notes)
    case CREATED:
      return readCreated(c, notes)
    case ENDPOINTS:
      return readEndpoints(c, notes)
    case SERVERS:
      return readServers(c, notes)
    case READ:
      return readBuild(c, notes)
  }
}

function passRequestHead(c: Cursor): void {
  readNode(c)
  c.take(REQUEST_TAIL)
  passString(c)
  c.take(4)
  readExtension(c)
}

/** When, to which request, with what result; diagnostics are read over only where there are none. */
function passAnswerHead(c: Cursor): void {
  c.take(16)
  if (c.peek() !== 0) c.at = c.end
  c.take(1)
  passStrings(c)
  readExtension(c)
}

function readApplication(c: Cursor, notes: Notes): void {
  noteString(c, notes, applicationUri)
  noteString(c, notes, productUri)
  noteLocalized(c, notes, application)
  const kind = c.u32le()
  if (c.fault === '') sayWord(notes, type, kind, TYPES)
  passString(c)
  passString(c)
  passStrings(c)
}

function readCreated(c: Cursor, notes: Notes): void {
  readNode(c)
  readNode(c)
  c.take(8)
  passString(c)
  passString(c)
  readEndpoints(c, notes)
}

function readEndpoints(c: Cursor, notes: Notes): void {
  let rest = Math.min(readCount(c), LIST_MAX)
  while (rest-- > 0 && c.left > 0) {
    noteString(c, notes, url)
    readApplication(c, notes)
    passString(c)
    const protection = c.u32le()
    if (c.fault === '') sayWord(notes, mode, protection, MODES)
    readPolicy(c, notes)
    readTokens(c, notes)
    passString(c)
    c.take(1)
  }
}

function readPolicy(c: Cursor, notes: Notes): void {
  const outer = c.narrow(Math.max(0, c.u32le()))
  if (c.fault !== '') return
  if (c.distance(HASH) >= 0) {
    c.until(HASH)
    notes.add(policy, c.at, c.left)
  }
  c.widen(outer)
}

function readTokens(c: Cursor, notes: Notes): void {
  let rest = Math.min(readCount(c), LIST_MAX)
  while (rest-- > 0 && c.left > 0) {
    passString(c)
    const kind = c.u32le()
    passString(c)
    passString(c)
    passString(c)
    if (c.fault === '') sayWord(notes, token, kind, TOKENS)
  }
}

/** A list of servers, of which one may be the sender itself. */
function readServers(c: Cursor, notes: Notes): void {
  let rest = Math.min(readCount(c), LIST_MAX)
  while (rest-- > 0 && c.left > 0) {
    noteString(c, notes, knows)
    passString(c)
    noteLocalized(c, notes, knows)
    c.take(4)
    passString(c)
    passString(c)
    passStrings(c)
  }
}

function readLogin(c: Cursor, notes: Notes): void {
  passString(c)
  passString(c)
  if (readCount(c) > 0) return
  passStrings(c)
  readExtension(c)
  const { kind } = extension
  if (c.fault !== '') return
  if (kind === ANONYMOUS) notes.say(login, 'anonymous')
  else if (kind === CERTIFICATE) notes.say(login, 'certificate')
  else if (kind === USER_NAME) {
    notes.say(login, 'user name')
    passString(c)
    noteString(c, notes, user)
  }
}
