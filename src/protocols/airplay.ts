/**
 * AirPlay and RAOP: Apple's and others' players, which speak a dialect of RTSP and describe
 * themselves in property lists (Apple's own; widely described).
 */

import { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { readPropertyList, type PropertyRows } from './binary-plist.js'
import type { Notes, Protocol, Talk } from './protocol.js'
import { TextHeaders, startsFolded } from './text-headers.js'
import { readNumber } from './text-lines.js'
import { noteTypedMac } from './typed-mac.js'

const server = fact('airplay.server', text, 'set')
const userAgent = fact('airplay.user_agent', text, 'set')
/** What a client calls itself: often with its owner's name, as it is shown on the player. */
const clientName = fact('airplay.client_name', text, 'set')
const clientId = fact('airplay.client_id', mac, 'set')
const name = fact('airplay.name', text)
const model = fact('airplay.model', text)
const manufacturer = fact('airplay.manufacturer', text)
const deviceId = fact('airplay.device_id', mac)
const address = fact('airplay.mac', mac)
const version = fact('airplay.version', text)
const os = fact('airplay.os_version', text)
const build = fact('airplay.os_build', text)
const firmware = fact('airplay.firmware', text)
const sdk = fact('airplay.sdk', text)
const serial = fact('airplay.serial', text)
const uuid = fact('airplay.uuid', text)
/** `required` where a player asks for a password. */
const authentication = fact('airplay.authentication', text)

const ROWS: PropertyRows = [
  ['name', name],
  ['model', model],
  ['manufacturer', manufacturer],
  ['deviceID', deviceId],
  ['deviceid', deviceId],
  ['macAddress', address],
  ['sourceVersion', version],
  ['srcvers', version],
  ['osVersion', os],
  ['OSInfo', os],
  ['osBuildVersion', build],
  ['firmwareRevision', firmware],
  ['sdk', sdk],
  ['serialNumber', serial],
  ['pi', uuid],
]

const NAMES = [
  ...['server', 'user-agent', 'content-length', 'content-type', 'x-apple-device-id'],
  ...['x-apple-client-name', 'apple-challenge|apple-response|client-instance|dacp-id'],
  'x-apple-protocolversion|x-apple-session-id|x-apple-hkp|active-remote',
]
const SERVER = 0
const USER_AGENT = 1
const LENGTH = 2
const TYPE = 3
const DEVICE_ID = 4
const CLIENT_NAME = 5
const APPLES = 6
const UNAUTHORIZED = 401
const MESSAGES_MAX = 16
const METHOD_MAX = 20
const SPACE = 0x20

const headers = new TextHeaders(NAMES)
const piece = new Cursor()
/** What the head read last said. */
const head = { apples: false, length: 0, isList: false }

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  let messages = 0
  while (c.left > 0 && messages < MESSAGES_MAX) {
    if (!startsLikeOne(c)) return messages === 0 ? c.fail('not airplay') : undefined
    const count = notes.count
    readHead(c, notes)
    if (c.fault !== '') return
    // Anybody's RTSP and HTTP look alike; who never names Apple's is none of these.
    if (messages++ === 0 && !head.apples && !isKnownSo(talk)) {
      notes.count = count
      return c.fail('not airplay')
    }
    const at = c.take(head.length)
    if (at < 0 || !head.isList) continue
    readPropertyList(piece.over(c.bytes, at, at + head.length), notes, ROWS)
  }
}

/** A method, or the protocol's name, and a space; it may be cut. */
function startsLikeOne(c: Cursor): boolean {
  let i = 0
  while (i < METHOD_MAX && i < c.left && isWordByte(c.peek(i))) i++
  return i > 2 ? i === c.left || c.peek(i) === SPACE : i === c.left
}

/** `GET_PARAMETER`, `RTSP/1.0` */
const isWordByte = (byte: number): boolean =>
  (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x2e && byte <= 0x39) || byte === 0x5f

/** Whether the other side was Apple's: then an answer without any name is, too. */
const isKnownSo = (talk: Talk): boolean =>
  talk.side === 'server' && talk.other.starts('GET /info RTSP')

function readHead(c: Cursor, notes: Notes): void {
  head.apples = false
  head.length = 0
  head.isList = false
  headers.start(c)
  if (c.fault !== '') return
  const code = readNumber(
    piece.over(c.bytes, headers.secondAt, headers.secondAt + headers.secondLength),
  )
  piece.over(c.bytes, headers.firstAt, headers.lastAt + headers.lastLength)
  if (piece.starts('GET /info RTSP')) head.apples = true
  while (c.fault === '' && headers.next(c)) if (headers.name >= 0) readHeader(c, notes)
  if (!headers.ended) return
  if (code === UNAUTHORIZED) notes.say(authentication, 'required')
}

function readHeader(c: Cursor, notes: Notes): void {
  const { name: number, at, length } = headers
  piece.over(c.bytes, at, at + length)
  switch (number) {
    case SERVER:
      head.apples ||= isApples()
      return notes.add(server, at, length)
    case USER_AGENT:
      head.apples ||= isApples()
      return notes.add(userAgent, at, length)
    case LENGTH:
      head.length = Math.max(0, readNumber(piece))
      return
    case TYPE:
      head.isList = startsFolded(piece, 'application/x-apple-binary-plist')
      return
    case DEVICE_ID:
      head.apples = true
      if (piece.starts('0x')) return noteTypedMac(c, notes, clientId, at + 2, length - 2)
      return noteTypedMac(c, notes, clientId, at, length)
    case CLIENT_NAME:
      head.apples = true
      return notes.add(clientName, at, length)
    default:
      if (number >= APPLES) head.apples = true
  }
}

const isApples = (): boolean =>
  startsFolded(piece, 'airtunes/') ||
  startsFolded(piece, 'airplay/') ||
  startsFolded(piece, 'itunes/') ||
  startsFolded(piece, 'mediacontrol/')

export const airplay: Protocol = {
  name: 'airplay',
  standard: "Apple's AirPlay",
  tells: 'models, names, serials and versions of players, and who plays there',
  heard: [
    ...['tcp/7000', 'tcp/5000', 'tcp/7100', 'tcp "GET /info RTSP/"'],
    ...['tcp "ANNOUNCE rtsp://"', 'tcp "OPTIONS * RTSP/"'],
  ],
  facts: [
    ...[server, userAgent, clientName, clientId, name, model, manufacturer, deviceId, address],
    ...[version, os, build, firmware, sdk, serial, uuid, authentication],
  ],
  parse,
}
