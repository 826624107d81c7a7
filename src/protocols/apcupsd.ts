/** The status of apcupsd (its network information server): a UPS, and the machine it is attached to. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { noteKeyLine, type Keys } from './key-lines.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const host = fact('apcupsd.host', text)
const version = fact('apcupsd.version', text)
const ups = fact('apcupsd.ups', text, 'set')
const model = fact('apcupsd.model', text, 'set')
const serial = fact('apcupsd.serial', text, 'set')
const firmware = fact('apcupsd.firmware', text, 'set')
const asks = fact('apcupsd.asks', text, 'set')

const LINE_MAX = 256
const LINES_MAX = 100
const KEYS: Keys = [
  ['HOSTNAME', host],
  ['VERSION', version],
  ['UPSNAME', ups],
  ['MODEL', model],
  ['SERIALNO', serial],
  ['FIRMWARE', firmware],
]

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  let lines = 0
  while (c.left > 0 && lines < LINES_MAX) {
    const length = c.u16()
    if (c.fault === '' && (length > LINE_MAX || (length === 0 && lines === 0))) {
      return c.fail('no line')
    }
    if (length === 0) return
    const outer = c.narrow(length)
    if (c.fault !== '') return
    if (lines++ === 0 && !begins(c, notes, talk)) return
    if (talk.side === 'server' && c.distance(0x0a) === c.left - 1) noteKeyLine(c, notes, KEYS)
    c.widen(outer)
  }
  if (!talk.ended && talk.side === 'server') c.take(c.left + 1)
}

/** A client asks for the `status`, and a server's begins with its own name. */
function begins(c: Cursor, notes: Notes, talk: Talk): boolean {
  const isStatus = c.starts('status')
  if (talk.side === 'server' ? !c.starts('APC ') : !isStatus && !c.starts('events')) {
    c.fail('not apcupsd')
    return false
  }
  if (talk.side !== 'server') notes.say(asks, isStatus ? 'status' : 'events')
  return true
}

export const apcupsd: Protocol = {
  name: 'apcupsd',
  standard: "apcupsd's network information server",
  tells: 'model, serial number and firmware of a UPS, and the name of the machine at it',
  heard: ['tcp/3551'],
  facts: [host, version, ups, model, serial, firmware, asks],
  parse,
}
