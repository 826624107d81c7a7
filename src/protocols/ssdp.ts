/**
 * Simple service discovery (UPnP Device Architecture 2.0, 1): what devices announce of themselves,
 * and what others look for.
 *
 * Routers and media servers relay what others announce: whose description lies at another address
 * than the sender's is told of that address. So nothing is told before the location was read, or
 * before it is certain that there is none.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, text, type Fact } from '../model/fact.js'
import { readDotted } from './dotted.js'
import { IP4, SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { TextHeaders } from './text-headers.js'

const server = fact('ssdp.server', text, 'set')
const uuid = fact('ssdp.uuid', text, 'set')
const type = fact('ssdp.type', text, 'set')
const location = fact('ssdp.location', text, 'set')
/** Headers that vendors add, name and value: `hue-bridgeid: 001788FFFE000012`. */
const property = fact('ssdp.property', text, 'set')
const searches = fact('ssdp.searches', text, 'set')
const userAgent = fact('ssdp.user_agent', text, 'set')
/** About the sender: an address that is another's, for whom it speaks. */
const speaksFor = fact('ssdp.speaks_for', ip, 'set')

const SERVER = 0
const USN = 1
const TYPE = 2
const LOCATION = 3
const USER_AGENT = 4
const PROPERTY = 5
const headers = new TextHeaders([
  'server',
  'usn',
  'nt|st',
  'location|al',
  'user-agent|x-user-agent',
  [
    'hue-bridgeid|myname|manufacturer|model|modelname|model-name|modelnumber|serialnumber|serial',
    'friendlyname|devicename|device-name|dlnadevicename.lge.com|devicename.roku.com|wakeup',
    'device-group.roku.com|x-friendly-name|x-modelname|x-rincon-household|x-rincon-variant',
    'x-rincon-proxy|firmware|firmwareversion|fwver|version|mac|macaddress|x-accesspoint',
    'household.smartspeaker.audio|securelocation.upnp.org|x-sonos-session-householdid|hostname',
  ].join('|'),
])

/** Of the announcement: where its values stand. */
const PROPERTIES_MAX = 8
const at = new Int32Array(PROPERTY + PROPERTIES_MAX)
const length = new Int32Array(PROPERTY + PROPERTIES_MAX)
const found = { properties: 0 }

const ROOT = 'upnp:rootdevice'
const UUID = 'uuid:'
const SCHEME_END = '://'
const COLON = 0x3a
const SCHEME_MAX = 6

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const search = c.starts('M-SEARCH ')
  if (!search && !c.starts('NOTIFY ') && !c.starts('HTTP/1.')) return c.fail('not ssdp')
  headers.start(c)
  at.fill(-1)
  length.fill(0)
  found.properties = 0
  notes.about(SENDER)
  if (search) return readSearch(c, notes)
  while (c.left > 0) {
    const from = c.at
    if (!headers.next(c)) break
    collect(headers.name, from)
  }
  if (at[USN]! < 0 && at[TYPE]! < 0 && headers.ended) return c.fail('not ssdp')
  if (headers.ended || at[LOCATION]! >= 0) tell(c, notes, talk)
}

/** Who searches says what for, and often with which program. */
function readSearch(c: Cursor, notes: Notes): void {
  while (c.left > 0) {
    if (!headers.next(c)) return
    if (headers.name === TYPE) notes.add(searches, headers.at, headers.length)
    else if (headers.name === USER_AGENT) notes.add(userAgent, headers.at, headers.length)
  }
}

/** Of a property the whole line counts, the name with it. */
function collect(name: number, from: number): void {
  if (name < 0 || headers.length <= 0) return
  if (name < PROPERTY) {
    at[name] = headers.at
    length[name] = headers.length
  } else if (found.properties < PROPERTIES_MAX) {
    const place = PROPERTY + found.properties++
    at[place] = from
    length[place] = headers.at + headers.length - from
  }
}

function tell(c: Cursor, notes: Notes, talk: Talk): void {
  aboutDevice(c, notes, talk)
  const outerAt = c.at
  const outerEnd = c.end
  tellUuid(c, notes)
  tellType(c, notes)
  c.at = outerAt
  c.end = outerEnd
  add(notes, server, SERVER)
  add(notes, location, LOCATION)
  add(notes, userAgent, USER_AGENT)
  let place = PROPERTY
  while (place < PROPERTY + found.properties) add(notes, property, place++)
}

const add = (notes: Notes, said: Fact, place: number): void =>
  notes.add(said, at[place]!, length[place]!)

/** Lets the cursor read one of the values. */
function open(c: Cursor, place: number): boolean {
  if (at[place]! < 0) return false
  c.at = at[place]!
  c.end = c.at + length[place]!
  return true
}

/** Makes whose description it is the subject, where an address is written out. */
function aboutDevice(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.network !== 4) return
  const outerAt = c.at
  const outerEnd = c.end
  const written = notes.here
  const whole = open(c, LOCATION) && passScheme(c) && readDotted(c, notes)
  c.at = outerAt
  c.end = outerEnd
  if (!whole || isOwn(notes, c, talk)) return
  notes.add(speaksFor, written, 4)
  notes.about(IP4, written)
}

/** True if the address written last is the sender's, or no machine's. */
function isOwn(notes: Notes, c: Cursor, talk: Talk): boolean {
  const { scratch, scratchUsed } = notes
  const first = scratch[scratchUsed - 4]!
  if (first === 0 || first === 127 || first >= 224) return true
  const outerAt = c.at
  const outerEnd = c.end
  c.at = talk.sourceIp
  c.end = c.at + 4
  let i = scratchUsed - 4
  while (i < scratchUsed && c.peek() === scratch[i]) {
    c.take(1)
    i++
  }
  c.at = outerAt
  c.end = outerEnd
  return i === scratchUsed
}

function passScheme(c: Cursor): boolean {
  let letters = 0
  while (letters < SCHEME_MAX && c.peek() !== COLON) {
    c.take(1)
    letters++
  }
  if (!c.starts(SCHEME_END)) return false
  c.take(SCHEME_END.length)
  return true
}

/** `uuid:…::urn:…`: what stands before the second pair of colons. */
function tellUuid(c: Cursor, notes: Notes): void {
  if (!open(c, USN) || !c.starts(UUID)) return
  c.take(UUID.length)
  let size = 0
  while (size < c.left && !(c.peek(size) === COLON && c.peek(size + 1) === COLON)) size++
  notes.add(uuid, c.at, size)
}

function tellType(c: Cursor, notes: Notes): void {
  if (!open(c, TYPE) || c.starts(UUID) || c.starts(ROOT)) return
  add(notes, type, TYPE)
}

export const ssdp: Protocol = {
  name: 'ssdp',
  standard: 'UPnP Device Architecture 2.0',
  tells: 'kind, system and description of televisions, speakers, routers, cameras and printers',
  heard: [
    'udp/1900',
    'udp "NOTIFY * HTTP/1."',
    'udp "M-SEARCH * HTTP/1."',
    'udp "HTTP/1.1 200 OK\\x0d\\x0a"',
  ],
  facts: [server, uuid, type, location, property, searches, userAgent, speaksFor],
  parse,
}
