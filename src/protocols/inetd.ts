/**
 * The small services of old Unix systems and of devices nobody looked at since: echo (RFC 862),
 * daytime (RFC 867), chargen (RFC 864), time (RFC 868), finger (RFC 1288), quote (RFC 865).
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** What it still answers: to have any of them open is a weakness. */
const service = fact('inetd.service', text, 'set')

const ECHO = 7
const DAYTIME = 13
const QUOTE = 17
const CHARGEN = 19
const TIME = 37
const FINGER = 79
const LINE = 72
const DAYTIME_MAX = 128
const QUOTE_MAX = 512
/** Bytes of an echo that are compared. */
const SAMPLE = 64

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const isAnswer = talk.turnCount > 0 ? talk.side === 'server' : isPort(talk.from)
  if (!isAnswer) return talk.turnCount > 0 || isPort(talk.to) ? undefined : c.fail('no port')
  const isStream = talk.turnCount > 0
  const word = answered(c, talk, isStream ? portOf(talk) : talk.from, isStream)
  if (word === '') return c.fail('not that service')
  if (c.fault === '') notes.say(service, word)
}

const isPort = (port: number): boolean =>
  port === ECHO || port === DAYTIME || port === QUOTE || port === CHARGEN || port === TIME

const portOf = (talk: Talk): number => (talk.side === 'client' ? talk.to : talk.from)

function answered(c: Cursor, talk: Talk, port: number, isStream: boolean): string {
  if (c.left === 0) return ''
  if (port === ECHO) return !isStream || isEcho(c, talk.other) ? 'echo' : ''
  if (port === DAYTIME) return isText(c, DAYTIME_MAX) && c.distance(0x3a) > 0 ? 'daytime' : ''
  if (port === QUOTE) return isText(c, QUOTE_MAX) ? 'quote' : ''
  if (port === TIME) return c.left === 4 ? 'time' : ''
  if (port === FINGER) return isText(c, c.left) ? 'finger' : ''
  return port === CHARGEN && c.left >= LINE && isText(c, c.left) ? 'chargen' : ''
}

function isEcho(c: Cursor, asked: Cursor): boolean {
  let i = 0
  const length = Math.min(c.left, asked.left, SAMPLE)
  while (i < length) {
    if (c.peek(i) !== asked.peek(i)) return false
    i++
  }
  return length > 0
}

function isText(c: Cursor, max: number): boolean {
  let i = 0
  const length = Math.min(c.left, SAMPLE)
  while (i < length) {
    const byte = c.peek(i++)
    if (byte > 0x7e || (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) {
      return false
    }
  }
  return c.left <= max
}

export const inetd: Protocol = {
  name: 'inetd',
  standard: 'RFC 862, 864, 865, 867, 868, 1288',
  tells: 'old systems and devices whose small services nobody turned off',
  heard: [
    ...['udp/7', 'udp/13', 'udp/17', 'udp/19', 'udp/37'],
    ...['tcp/7', 'tcp/13', 'tcp/17', 'tcp/19', 'tcp/37', 'tcp/79'],
  ],
  facts: [service],
  parse,
}
