/**
 * Yeelight's discovery: lamps of Xiaomi's announce and describe themselves as in SSDP, but in a
 * group and at a port of their own (Yeelight WiFi Light Inter-Operation Specification).
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { TextHeaders } from './text-headers.js'

const id = fact('yeelight.id', text)
const model = fact('yeelight.model', text)
const firmware = fact('yeelight.fw_ver', text)
const name = fact('yeelight.name', text)
/** What it can be told to do, which tells lamps from strips. */
const support = fact('yeelight.support', text)
/** Where it takes orders, without a password: `yeelight://192.168.1.239:55443`. */
const location = fact('yeelight.location', text)
const server = fact('yeelight.server', text)
const asks = fact('yeelight.asks', text, 'set')

const NAMES = ['id', 'model', 'fw_ver', 'name', 'support', 'location', 'server', 'st']
const SAID: readonly Fact[] = [id, model, firmware, name, support, location, server]
const SEARCHED = NAMES.length - 1

const headers = new TextHeaders(NAMES)

function parse(c: Cursor, notes: Notes): void {
  const searches = c.starts('M-SEARCH ')
  if (!searches && !c.starts('NOTIFY ') && !c.starts('HTTP/1.1 ')) return c.fail('not yeelight')
  headers.start(c)
  while (c.fault === '' && headers.next(c)) {
    if (headers.name < 0) continue
    const said = searches ? undefined : SAID[headers.name]
    if (said !== undefined) notes.add(said, headers.at, headers.length)
    else if (searches && headers.name === SEARCHED) notes.add(asks, headers.at, headers.length)
  }
}

export const yeelight: Protocol = {
  name: 'yeelight',
  standard: "Yeelight's inter-operation specification",
  tells: 'models, serials, names and versions of lamps',
  heard: ['udp/1982'],
  facts: [...SAID, asks],
  parse,
}
