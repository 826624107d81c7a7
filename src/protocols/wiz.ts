/** WiZ lamps' local control: JSON that anybody may send and every lamp answers (WiZ's own). */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { membersOf, readMembers } from './json.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const address = fact('wiz.mac', mac)
/** `ESP01_SHRGB_03`: the radio, and what kind of lamp it drives. */
const module = fact('wiz.module', text)
const firmware = fact('wiz.fw_ver', text)
const home = fact('wiz.home_id', text)
/** What a client asks or orders: `getPilot`, `setPilot`, `registration`. */
const asks = fact('wiz.asks', text, 'set')

const LAMP_PORT = 38899
const ANSWER_PORT = 38900

const answers = membersOf([
  ['mac', address],
  ['moduleName', module],
  ['fwVersion', firmware],
  ['homeId', home],
])
const requests = membersOf([['method', asks]], 1)

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (!c.starts('{"')) return c.fail('not wiz')
  const toLamp = talk.to === LAMP_PORT && talk.from !== LAMP_PORT && talk.from !== ANSWER_PORT
  readMembers(c, notes, toLamp ? requests : answers)
}

export const wiz: Protocol = {
  name: 'wiz',
  standard: "WiZ's local control protocol",
  tells: 'hardware addresses, modules and firmware of lamps, and who commands them',
  heard: ['udp/38899-38900'],
  facts: [address, module, firmware, home, asks],
  parse,
}
