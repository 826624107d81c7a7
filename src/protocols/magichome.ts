/**
 * The discovery of High-Flying's WiFi modules, by which Magic Home (Zengge) lamps and countless
 * serial converters are found: a fixed question, and `IP,MAC,MODULE` for an answer.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { noteTypedMac } from './typed-mac.js'
import { isWholeDatagram } from './udp-length.js'

const address = fact('magichome.mac', mac)
const module = fact('magichome.module', text)
/** Somebody looks for such modules, or orders one about in words (`AT+...`). */
const asks = fact('magichome.asks', text, 'set')

const COMMA = 0x2c
const IP_MAX = 15
const MAC_DIGITS = 12
const QUESTIONS: readonly string[] = ['HF-A11ASSISTHREAD', 'www.usr.cn', 'HF-LPBASSISTHREAD']
function parse(c: Cursor, notes: Notes): void {
  if (isQuestion(c)) return notes.say(asks, 'discovery')
  if (c.starts('AT+')) return notes.say(asks, 'command')
  if (c.starts('+ok') || c.starts('+ERR')) return
  const length = c.distance(COMMA)
  const digit = c.peek()
  if (length < 7 || length > IP_MAX || digit < 0x31 || digit > 0x39) return c.fail('not magichome')
  c.take(length + 1)
  const at = c.take(MAC_DIGITS)
  c.take(1)
  if (c.fault !== '') return
  noteTypedMac(c, notes, address, at, MAC_DIGITS)
  if (isWholeDatagram(c)) notes.add(module, c.at, c.left)
}

function isQuestion(c: Cursor): boolean {
  let i = 0
  while (i < QUESTIONS.length) if (c.starts(QUESTIONS[i++]!)) return true
  return false
}

export const magichome: Protocol = {
  name: 'magichome',
  standard: "High-Flying's module discovery",
  tells: 'hardware addresses and modules of lamps and serial converters',
  heard: ['udp/48899', 'udp "HF-A11ASSISTHREAD"'],
  facts: [address, module, asks],
  parse,
}
