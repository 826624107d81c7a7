/**
 * OPC UA's binary protocol (OPC 10000-4, 10000-6): what servers and clients call themselves, how they
 * let each other in and how well that is protected, and who writes and calls.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { noteString, passString } from './opcua-values.js'
import { readService, serviceFacts, url } from './opcua-services.js'
import { aboutTarget } from './orders.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const role = fact('opcua.role', text, 'set')
/** How the channel that is in use is protected; `None` is not at all. */
const channel = fact('opcua.channel', text, 'set')
const refusal = fact('opcua.refusal', text, 'set')

const HEAD = 8
const SIZE_MAX = 0x4000000
const FINAL = 0x46
const MORE = 0x43
const ABORTED = 0x41
const KINDS: readonly string[] = ['HEL', 'ACK', 'ERR', 'RHE', 'OPN', 'MSG', 'CLO']
const HELLO = 0
const ACKNOWLEDGE = 1
const ERROR = 2
const REVERSE = 3
const OPEN = 4
const MESSAGE = 5
const HASH = 0x23

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  let continues = false
  while (c.left > 0) {
    const kind = kindOf(c)
    if (kind < 0) return c.left < HEAD ? void c.take(HEAD) : c.fail('no opcua')
    c.take(3)
    const chunk = c.u8()
    const size = c.u32le() - HEAD
    if (c.fault !== '') return
    const isChunk = chunk === FINAL || chunk === MORE || chunk === ABORTED
    if (!isChunk || size < 0 || size > SIZE_MAX) return c.fail('bad size')
    const isWhole = size <= c.left
    const outer = c.end
    if (isWhole) c.end = c.at + size
    if (!continues) readMessage(c, notes, talk, kind)
    continues = chunk === MORE
    // What is sealed or cut can't be understood, and is no fault.
    c.fault = ''
    if (!isWhole) return void c.take(c.left + 1)
    c.widen(outer)
  }
}

function kindOf(c: Cursor): number {
  let i = 0
  while (i < KINDS.length && !c.starts(KINDS[i]!)) i++
  return i < KINDS.length ? i : -1
}

function readMessage(c: Cursor, notes: Notes, talk: Talk, kind: number): void {
  switch (kind) {
    case HELLO:
      notes.say(role, 'client')
      c.take(20)
      aboutTarget(notes, talk)
      noteString(c, notes, url)
      return notes.about(SENDER)
    case ACKNOWLEDGE:
      return notes.say(role, 'server')
    case REVERSE:
      notes.say(role, 'server')
      passString(c)
      return noteString(c, notes, url)
    case ERROR:
      c.take(4)
      return noteString(c, notes, refusal)
    case OPEN:
      return readOpen(c, notes)
    case MESSAGE:
      c.take(16)
      return readService(c, notes, talk)
  }
}

/** The last word of the policy's address names it: `...SecurityPolicy#Basic256Sha256`. */
function readOpen(c: Cursor, notes: Notes): void {
  c.take(4)
  const length = c.u32le()
  const outer = c.narrow(length)
  if (c.fault !== '') return
  if (c.distance(HASH) >= 0) {
    c.until(HASH)
    notes.add(channel, c.at, c.left)
  }
  c.widen(outer)
}

export const opcua: Protocol = {
  name: 'opcua',
  standard: 'OPC 10000-4, 10000-6',
  tells: 'names, makers and versions of applications, how sessions are protected, who writes',
  heard: [
    'tcp/4840',
    ...['HELF', 'ACKF', 'OPNF', 'MSGF', 'RHEF', 'ERRF'].map(start => `tcp "${start}"`),
  ],
  again: ['MSGF'],
  facts: [role, channel, refusal, ...serviceFacts],
  parse,
}
