/** Art-Net (Artistic Licence): nodes and consoles of lighting tell who they are, and who drives them. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, ip, mac, text } from '../model/fact.js'
import { noteFixedText, noteUnlessZero } from './fixed-text.js'
import { orderFacts, ordersOf, tellOrder } from './orders.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const name = fact('artnet.name', text)
const longName = fact('artnet.long_name', text)
/** The numbers of the product, and of the maker as ESTA gave it. */
const oem = fact('artnet.oem', hex, 'set')
const esta = fact('artnet.esta', text, 'set')
const firmware = fact('artnet.firmware', text, 'set')
const address = fact('artnet.mac', mac, 'set')
const network = fact('artnet.ip', ip, 'set')
/** `node`, `controller`, `media server`, ... */
const kind = fact('artnet.kind', text, 'set')
const ports = fact('artnet.ports', text, 'set')
/** `polls`, `sends light`. */
const role = fact('artnet.role', text, 'set')
const orders = ordersOf('artnet')

const MAGIC = 'Art-Net\0'
const POLL = 0x2000
const ANSWER = 0x2100
const LIGHT = 0x5000
const NZS = 0x5100
const SYNC = 0x5200
const ORDERED: Readonly<Record<number, string>> = {
  0x6000: 'configure',
  0xf200: 'load firmware',
  0xf800: 'change address',
}
const KINDS: readonly string[] = [
  ...['node', 'controller', 'media server', 'router', 'backup', 'configuration', 'visualiser'],
]
const SHORT_NAME = 18
const LONG_NAME = 64
const TO_KIND = 26

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.left >= MAGIC.length && !c.starts(MAGIC)) return c.fail('no artnet')
  c.take(MAGIC.length)
  const code = c.u16le()
  if (c.fault !== '') return
  if (code === POLL) notes.say(role, 'polls')
  else if (code === LIGHT || code === NZS || code === SYNC) notes.say(role, 'sends light')
  else if (code === ANSWER) readAnswer(c, notes)
  const ordered = ORDERED[code]
  if (ordered !== undefined) tellOrder(notes, talk, orders, ordered)
}

function readAnswer(c: Cursor, notes: Notes): void {
  noteUnlessZero(c, notes, network, 4)
  c.take(2)
  noteFirmware(c, notes)
  c.take(2)
  notes.add(oem, c.take(2), 2)
  c.take(2)
  noteMaker(c, notes)
  noteFixedText(c, notes, name, SHORT_NAME)
  noteFixedText(c, notes, longName, LONG_NAME)
  c.take(LONG_NAME)
  const count = c.u16()
  if (c.fault === '') notes.count32(ports, count)
  c.take(TO_KIND)
  // Old nodes end here.
  if (c.left === 0) return
  const word = KINDS[c.u8()]
  if (word !== undefined && c.fault === '') notes.say(kind, word)
  noteUnlessZero(c, notes, address, 6)
}

function noteFirmware(c: Cursor, notes: Notes): void {
  const at = notes.here
  notes.writeNumber(c.u8())
  notes.write('.')
  notes.writeNumber(c.u8())
  if (c.fault === '') notes.add(firmware, at, notes.here - at)
}

/** Two letters, the second first. */
function noteMaker(c: Cursor, notes: Notes): void {
  const at = notes.here
  const second = c.u8()
  const first = c.u8()
  if (c.fault !== '' || first < 0x20 || second < 0x20) return
  notes.put(first)
  notes.put(second)
  notes.add(esta, at, 2)
}

export const artnet: Protocol = {
  name: 'artnet',
  standard: 'Art-Net 4',
  tells: 'lighting nodes and consoles: names, maker, product, firmware and address',
  heard: ['udp/6454', 'udp "Art-Net\\x00"'],
  facts: [
    ...[name, longName, oem, esta, firmware, address, network, kind, ports, role],
    ...orderFacts(orders),
  ],
  parse,
}
