/** PTP (IEEE 1588, versions 1 and 2; IEEE 802.1AS): clocks, and which of them all follow. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, mac, number, text } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import { clockIdentity, management, ptpManagementFacts } from './ptp-management.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('ptp.version', text, 'set')
const profile = fact('ptp.profile', text, 'set')
const domain = fact('ptp.domain', number, 'set')
/** What a clock does: `master` announces, `client` asks how far away it is. */
const role = fact('ptp.role', text, 'set')
const grandmaster = fact('ptp.grandmaster', hex, 'set')
const clockClass = fact('ptp.clock_class', number, 'set')
const accuracy = fact('ptp.accuracy', hex, 'set')
const priority = fact('ptp.priority', number, 'set')
const steps = fact('ptp.steps', number, 'set')
const timeSource = fact('ptp.time_source', text, 'set')
/** Version 1 names its clocks by hardware address, and its domains by name. */
const address = fact('ptp.mac', mac, 'set')
const subdomain = fact('ptp.subdomain', text, 'set')

const HEAD = 34
const DELAY_REQUEST = 1
const ANNOUNCE = 11
const MANAGEMENT = 13
const SYNC = 0
const SOURCES: Readonly<Record<number, string>> = {
  0x10: 'atomic clock',
  0x20: 'GNSS',
  0x30: 'radio',
  0x39: 'serial time code',
  0x40: 'PTP',
  0x50: 'NTP',
  0x60: 'by hand',
  0x90: 'other',
  0xa0: 'own oscillator',
}

function parse(c: Cursor, notes: Notes): void {
  const first = c.u8()
  const second = c.u8()
  if (c.fault !== '') return
  if (first === 0 && second === 1 && c.peek(1) === 1) return version1(c, notes)
  if ((second & 15) !== 2) return c.fail('unknown version')
  const length = c.u16()
  const type = first & 15
  if (length < HEAD || (type > 3 && type < 8) || type > MANAGEMENT) return c.fail('bad header')
  version2(c, notes, first, type)
}

function version2(c: Cursor, notes: Notes, first: number, type: number): void {
  const own = c.take(1)
  c.take(1 + 2 + 8 + 4)
  const id = c.take(8)
  c.take(2 + 2 + 1 + 1)
  if (c.fault !== '') return
  notes.say(version, '2')
  if (first >> 4 === 1) notes.say(profile, '802.1AS')
  notes.add(domain, own, 1)
  notes.add(clockIdentity, id, 8)
  if (type === DELAY_REQUEST) notes.say(role, 'client')
  else if (type === SYNC) notes.say(role, 'master')
  else if (type === ANNOUNCE) announce(c, notes)
  else if (type === MANAGEMENT) management(c, notes)
}

function announce(c: Cursor, notes: Notes): void {
  c.take(10 + 2 + 1)
  const rank = c.take(1)
  const quality = c.take(1)
  const precision = c.take(1)
  c.take(2 + 1)
  const master = c.take(8)
  const away = c.take(2)
  const word = SOURCES[c.u8()]
  if (c.fault !== '') return
  notes.say(role, 'master')
  notes.add(priority, rank, 1)
  notes.add(clockClass, quality, 1)
  notes.add(accuracy, precision, 1)
  notes.add(grandmaster, master, 8)
  notes.add(steps, away, 2)
  if (word !== undefined) notes.say(timeSource, word)
}

function version1(c: Cursor, notes: Notes): void {
  c.take(2)
  const name = c.at
  c.take(16)
  c.take(2)
  const own = c.take(6)
  if (c.fault !== '') return
  notes.say(version, '1')
  notes.add(address, own, 6)
  c.at = name
  noteFixedText(c, notes, subdomain, 16)
}

export const ptp: Protocol = {
  name: 'ptp',
  standard: 'IEEE 1588, 802.1AS',
  tells:
    'clocks by identity (often a hardware address), the grandmaster, and what clocks say they are',
  heard: ['ether/88f7', 'udp/319-320'],
  facts: [
    ...[version, profile, domain, role, grandmaster, clockClass, accuracy, priority, steps],
    ...[timeSource, address, subdomain, ...ptpManagementFacts],
  ],
  parse,
}
