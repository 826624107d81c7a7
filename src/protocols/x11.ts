/** X11 (X.Org): displays that let programs of other machines in, and whether they ask who it is. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const vendor = fact('x11.vendor', text)
const release = fact('x11.release', text)
/** What the client showed (`MIT-MAGIC-COOKIE-1`) or `none`, and how it ended. */
const authentication = fact('x11.authentication', text, 'set')
const login = fact('x11.login', text, 'set')

const LITTLE = 0x6c
const BIG = 0x42
const MAJOR = 11
const NAME_MAX = 64
const VENDOR_MAX = 255
const FAILED = 0
const ACCEPTED = 1
const MORE = 2

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.side === 'server') fromServer(c, notes, talk)
  else fromClient(c, notes)
}

const short = (c: Cursor, little: boolean): number => (little ? c.u16le() : c.u16())

function fromClient(c: Cursor, notes: Notes): void {
  const order = c.u8()
  c.take(1)
  if (c.fault !== '') return
  if (order !== LITTLE && order !== BIG) return c.fail('no byte order')
  const little = order === LITTLE
  if (short(c, little) !== MAJOR) return c.fail('unknown version')
  c.take(2)
  const length = short(c, little)
  c.take(4)
  if (c.fault !== '') return
  if (length > NAME_MAX) return c.fail('bad name')
  if (length === 0) notes.say(authentication, 'none')
  else notes.add(authentication, c.take(length), length)
}

function fromServer(c: Cursor, notes: Notes, talk: Talk): void {
  const state = c.u8()
  c.take(1)
  if (state > MORE) return c.fail('unknown state')
  const little = talk.other.left > 0 ? talk.other.peek() === LITTLE : c.peek() === MAJOR
  const major = short(c, little)
  c.take(2)
  if (c.fault !== '') return
  if (major !== MAJOR) return c.fail('unknown version')
  notes.say(login, state === ACCEPTED ? 'accepted' : state === FAILED ? 'refused' : 'asked')
  if (state !== ACCEPTED) return
  c.take(2)
  const number = little ? c.u32le() : c.u32()
  c.take(12)
  const length = short(c, little)
  c.take(14)
  if (c.fault !== '' || length > VENDOR_MAX) return
  notes.count32(release, number)
  notes.add(vendor, c.take(length), length)
}

export const x11: Protocol = {
  name: 'x11',
  standard: 'X Window System Protocol',
  tells: 'displays that other machines draw on, and whether anybody may',
  heard: ['tcp/6000-6063'],
  facts: [vendor, release, authentication, login],
  parse,
}
