/** Who reads what an HTTP message carries, by what its head says and how its body begins. */

import type { Cursor } from '../bytes/cursor.js'
import { api, PATHS } from './api.js'
import { cast } from './cast.js'
import { cwmp } from './cwmp.js'
import { CONTENT_TYPE, type Head } from './http-head.js'
import { ipp } from './ipp.js'
import { onvif } from './onvif.js'
import type { Protocol } from './protocol.js'
import { redfish } from './redfish.js'
import { roku } from './roku.js'
import { spotify } from './spotify.js'
import { tasmota } from './tasmota.js'
import { contains } from './text-contains.js'
import { startsFolded } from './text-headers.js'
import { upnp } from './upnp.js'
import { wsd } from './wsd.js'

/** What tells a body's owner stands this early in it. */
export const SNIFF_MAX = 1024
const LESS = 0x3c
const OPEN = 0x7b
const LIST = 0x5b
const SPACE = 0x20

type Row = readonly [word: string, heir: Protocol]

/** Content types that belong to one protocol alone. */
const TYPES: readonly Row[] = [['application/ipp', ipp]]
/** What stands near the beginning of XML; words that begin with rare letters are found sooner. */
const XML: readonly Row[] = [
  ['upnp-org:device', upnp],
  ['vif.org', onvif],
  ['dslforum-org', cwmp],
  ['devprof', wsd],
  ['<device-info', roku],
]
/** Paths below which somebody answers in JSON of its own. */
const JSON: readonly Row[] = [
  ['/redfish', redfish],
  ['/setup/eureka_info', cast],
  ['/cm?cmnd=', tasmota],
  ...PATHS.map((path): Row => [path, api]),
]
const SPOTIFY = 'action=getInfo'

/** Whose body this is, or undefined: `head` came with it, `request` is what it belongs to. */
export function heirOf(head: Head, request: Head, body: Cursor): Protocol | undefined {
  const type = head.value(CONTENT_TYPE)
  const typed = type.left > 0 ? beginning(type, TYPES) : undefined
  if (typed !== undefined) return typed
  const first = firstByte(body)
  if (first === LESS) return ofXml(body)
  if (first !== OPEN && first !== LIST) return undefined
  const path = request.path()
  if (path.left === 1) return api
  return contains(path, SPOTIFY, path.left) ? spotify : beginning(path, JSON)
}

/** The first byte that is no space nor part of the mark of UTF-8. */
function firstByte(body: Cursor): number {
  let i = 0
  while (i < 8 && i < body.left && (body.peek(i) <= SPACE || body.peek(i) >= 0x80)) i++
  return body.peek(i)
}

function ofXml(body: Cursor): Protocol | undefined {
  let i = 0
  while (i < XML.length) {
    const [word, heir] = XML[i++]!
    if (contains(body, word, SNIFF_MAX)) return heir
  }
  return undefined
}

function beginning(c: Cursor, rows: readonly Row[]): Protocol | undefined {
  let i = 0
  while (i < rows.length) {
    const [word, heir] = rows[i++]!
    if (startsFolded(c, word)) return heir
  }
  return undefined
}
