/**
 * TPKT (RFC 1006, 2126) and the ISO transport protocol in it (COTP, ISO 8073, X.224): the frames
 * that carry RDP, S7, MMS and H.225. No protocol of its own, but a reader that those share.
 */

import type { Cursor } from '../bytes/cursor.js'

/** Kinds of transport units; what a `readCotp` gives. */
export const CONNECT = 0xe0
export const CONFIRM = 0xd0
export const DISCONNECT = 0x80
export const PAYLOAD = 0xf0
export const EXPEDITED = 0x10
export const REJECTED = 0x70

const VERSION = 3
const HEAD = 4
/** A TPKT header, a length and a kind: nothing is shorter. */
const LEAST = 7
const LAST = 0x80

const SIZE = 0xc0
const CALLING = 0xc1
const CALLED = 0xc2

/** What the last header said; places are -1 where nothing stood. */
export const cotp = {
  kind: 0,
  /** Where the header ends and what it carries begins. */
  headEnd: 0,
  /** Of data: whether this unit ends the message. */
  isLast: true,
  target: 0,
  source: 0,
  transportClass: 0,
  /** The largest unit as a power of two, 0 if it was not said. */
  size: 0,
  callingAt: -1,
  callingLength: 0,
  calledAt: -1,
  calledLength: 0,
}

/**
 * Steps into the next TPKT: until `leaveTpkt`, which takes what this returns, nothing else can be
 * read. Faults by `no tpkt` where none stands, by `short` while it is not all there.
 */
export function enterTpkt(c: Cursor): number {
  const version = c.u8()
  c.u8()
  const length = c.u16()
  if (c.fault === '' && (version !== VERSION || length < LEAST)) c.fail('no tpkt')
  return c.narrow(length - HEAD)
}

/** Steps behind the TPKT; what was left unread in it does not matter. */
export const leaveTpkt = (c: Cursor, outer: number): void => c.widen(outer)

/**
 * Reads a transport header into `cotp` and returns its kind. The cursor then stands behind the
 * fixed part: at the parameters of a connect or confirm (see `readParameters`), at the payload of
 * data.
 */
export function readCotp(c: Cursor): number {
  const length = c.u8()
  cotp.headEnd = c.at + length
  const kind = c.u8()
  cotp.kind = (kind & 0xf0) === CONNECT || (kind & 0xf0) === CONFIRM ? kind & 0xf0 : kind
  cotp.isLast = true
  if (length > c.left + 1 || length < 2) c.fail('bad cotp')
  else if (kind === PAYLOAD) {
    cotp.isLast = (c.u8() & LAST) !== 0
    c.at = Math.max(c.at, cotp.headEnd)
  } else if (cotp.kind === CONNECT || cotp.kind === CONFIRM || kind === DISCONNECT)
    readReferences(c)
  else if (kind !== EXPEDITED && kind !== REJECTED) c.fail('bad cotp')
  return c.fault === '' ? cotp.kind : 0
}

function readReferences(c: Cursor): void {
  cotp.target = c.u16()
  cotp.source = c.u16()
  cotp.transportClass = c.u8() >> 4
  if (c.at > cotp.headEnd) c.fail('bad cotp')
}

/** Reads the parameters of a connect or confirm: the TSAPs of both ends, and steps behind them. */
export function readParameters(c: Cursor): void {
  const outer = c.narrow(cotp.headEnd - c.at)
  cotp.size = 0
  cotp.callingAt = cotp.calledAt = -1
  cotp.callingLength = cotp.calledLength = 0
  while (c.left > 0) {
    const code = c.u8()
    const length = c.u8()
    const at = c.at
    if (code === SIZE) cotp.size = c.peek()
    c.take(length)
    if (c.fault !== '') c.fail('bad cotp')
    else if (code === CALLING) keepCalling(at, length)
    else if (code === CALLED) keepCalled(at, length)
  }
  c.widen(outer)
}

function keepCalling(at: number, length: number): void {
  cotp.callingAt = at
  cotp.callingLength = length
}

function keepCalled(at: number, length: number): void {
  cotp.calledAt = at
  cotp.calledLength = length
}
