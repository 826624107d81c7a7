/**
 * Ethernet Global Data (GE Fanuc, GFK-2224): controllers and drives of GE produce values in a fixed
 * beat, and others consume them. Of the values nothing is read.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, ip, text } from '../model/fact.js'
import { aboutTarget } from './orders.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `producer` or `consumer`. */
const role = fact('egd.role', text, 'set')
/** By what a producer calls itself: the first of its addresses, as a rule. */
const producer = fact('egd.producer', ip, 'set')
/** The number of what it produces. */
const exchange = fact('egd.exchange', text, 'set')
/** What a producer says is wrong with itself. */
const trouble = fact('egd.trouble', text, 'set')

const LEAD = 0x0d01
const TROUBLES: Readonly<Record<number, string>> = {
  3: 'no time',
  4: 'bad specification',
  6: 'data not refreshed',
  7: 'data too old',
  10: 'no network',
  12: 'no resources',
  18: 'interface lost',
  22: 'not supported',
  26: 'interface silent',
  28: 'exchange not created',
  30: 'exchange deleted',
}

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  if (c.u16() !== LEAD) return c.fail('no egd')
  c.take(2)
  const who = c.take(4)
  const number = c.u32le()
  c.take(8)
  const status = c.u32le()
  c.take(8)
  if (c.fault !== '') return
  notes.say(role, 'producer')
  notes.add(producer, who, 4)
  notes.count32(exchange, number)
  const word = TROUBLES[status]
  if (word !== undefined) notes.say(trouble, word)
  c.take(c.left)
  if (talk.toGroup) return
  aboutTarget(notes, talk)
  notes.say(role, 'consumer')
}

export const egd: Protocol = {
  name: 'egd',
  standard: 'GE Ethernet Global Data (GFK-2224)',
  tells: 'controllers and drives that produce values for others, and who gets them',
  heard: ['udp/18246'],
  facts: [role, producer, exchange, trouble],
  parse,
}
