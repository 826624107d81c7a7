/** MNDP, MikroTik's neighbour discovery: name, board, version and licence of a router. */

import { Cursor } from '../bytes/cursor.js'
import { fact, ip, mac, text } from '../model/fact.js'
import { noteExactly, noteRest } from './link-words.js'
import type { Notes, Protocol } from './protocol.js'

const device = fact('mndp.mac', mac, 'set')
const identity = fact('mndp.identity', text)
const version = fact('mndp.version', text)
const platform = fact('mndp.platform', text)
const board = fact('mndp.board', text)
/** The licence's own number: one installation. */
const softwareId = fact('mndp.software_id', text)
const interfaceName = fact('mndp.interface', text, 'set')
const address = fact('mndp.address', ip, 'set')
/** Whole days, so that it is news once a day. */
const uptime = fact('mndp.uptime_days', text)

const DAY_S = 86_400

/** Over one item's value: see `item` of `link-words`. */
const part = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  c.take(4)
  // Four zeros alone ask everybody.
  while (c.left > 0) {
    const type = c.u16()
    const length = c.u16()
    if (type > 0xff) return c.fail('bad item')
    const at = c.take(length)
    if (c.fault !== '') return
    part.over(c.bytes, at, at + length)
    readItem(notes, type)
  }
}

function readItem(notes: Notes, type: number): void {
  switch (type) {
    case 1:
      return noteExactly(part, notes, device, 6)
    case 5:
      return noteRest(part, notes, identity)
    case 7:
      return noteRest(part, notes, version)
    case 8:
      return noteRest(part, notes, platform)
    case 10:
      if (part.left === 4) notes.count32(uptime, Math.floor((part.u32le() >>> 0) / DAY_S))
      return
    case 11:
      return noteRest(part, notes, softwareId)
    case 12:
      return noteRest(part, notes, board)
    case 15:
      return noteExactly(part, notes, address, 16)
    case 16:
      return noteRest(part, notes, interfaceName)
    case 17:
      return noteExactly(part, notes, address, 4)
  }
}

export const mndp: Protocol = {
  name: 'mndp',
  standard: 'MikroTik',
  tells: 'name, board, version and licence of MikroTik devices',
  heard: ['udp/5678'],
  facts: [
    ...[device, identity, version, platform, board, softwareId, interfaceName, address, uptime],
  ],
  parse,
}
