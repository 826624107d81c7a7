/** Telnet's bytes taken apart (RFC 854, 855; ECMA-48): text, line breaks and what is negotiated. */

import type { Cursor } from '../bytes/cursor.js'

/** What `nextPiece` gives beside letters (0 to 255). */
export const END = -1
/** From here on nothing can be read: TLS, encryption or compression began. */
export const OPAQUE = -2
/** A subnegotiation; `subnegotiation` tells which. */
export const SUBNEGOTIATION = -3
/** A line ended, or the screen's cursor was sent elsewhere. */
export const BREAK = -4
/** Added to verb and option: `NEGOTIATION + (WILL << 8) + ECHO`. */
export const NEGOTIATION = 0x10000

const IAC = 255
const SE = 240
const SB = 250
const WILL = 251

/** By verb, from WILL on. */
export const VERBS = ['will', 'wont', 'do', 'dont']

const ENCRYPT = 38
const START_TLS = 46
const COMPRESS = 85
const COMPRESS2 = 86
/** ENCRYPT's START and START_TLS's FOLLOWS. */
const STARTS_ENCRYPTION = 3
const FOLLOWS = 1

const NUL = 0
const BELL = 7
const NEWLINE = 10
const RETURN = 13
const ESCAPE = 27
const SPACE = 32
const ZERO = 48
const AT = 64

const codes = (letters: string): readonly number[] => Array.from(letters, l => l.charCodeAt(0))
const CONTROL_SEQUENCE = 0x5b
const SYSTEM_COMMAND = 0x5d
const FORWARD = 0x43
/** Sequences that end with these letters go to another line or clear the screen. */
const MOVES = codes('ABEFGHJdfu')
const NEXT_LINE = codes('DEMc')

/** The last subnegotiation: what stands between its option and IAC SE, which begins with a kind. */
export const subnegotiation = { option: 0, kind: 0, at: 0, length: 0 }

/** The next letter, line break or negotiation; END where the bytes end, even amid a command. */
export function nextPiece(c: Cursor): number {
  while (c.left > 0) {
    const byte = c.u8()
    let piece = byte
    if (byte === IAC) piece = readCommand(c)
    else if (byte === ESCAPE) piece = readEscape(c)
    else if (byte === NEWLINE || byte === RETURN) piece = BREAK
    if (c.fault !== '') return END
    if (piece !== NUL && piece !== BELL) return piece
  }
  return END
}

/** What a verb that asks for an option is called: `do24` is verb `do` and option 24. */
export const verbOf = (piece: number): string => VERBS[((piece >> 8) & 0xff) - WILL] ?? ''

export const optionOf = (piece: number): number => piece & 0xff

function readCommand(c: Cursor): number {
  const verb = c.u8()
  if (verb >= WILL && verb < IAC) return NEGOTIATION + (verb << 8) + c.u8()
  return verb === SB ? readSubnegotiation(c) : NUL
}

function readSubnegotiation(c: Cursor): number {
  const option = c.u8()
  const at = c.at
  const kind = c.peek()
  let next = IAC
  while (c.left > 0 && next === IAC) {
    c.until(IAC)
    next = c.u8()
  }
  if (next === IAC) c.take(c.left + 1)
  if (c.fault !== '') return END
  subnegotiation.option = option
  subnegotiation.kind = kind
  subnegotiation.at = at
  subnegotiation.length = c.at - 2 - at
  return next === SE && isOpaque(option, kind) ? OPAQUE : SUBNEGOTIATION
}

function isOpaque(option: number, kind: number): boolean {
  if (option === ENCRYPT) return kind === STARTS_ENCRYPTION
  return option === START_TLS ? kind === FOLLOWS : option === COMPRESS || option === COMPRESS2
}

/** Colours and the like are left out; what moves the cursor to another line ends this one. */
function readEscape(c: Cursor): number {
  const kind = c.u8()
  if (kind === CONTROL_SEQUENCE) return readControlSequence(c)
  if (kind === SYSTEM_COMMAND) return skipSystemCommand(c)
  if (kind >= SPACE && kind < ZERO) c.take(1) // A character set and its name.
  return NEXT_LINE.includes(kind) ? BREAK : NUL
}

function readControlSequence(c: Cursor): number {
  let byte = SPACE
  while (c.left > 0 && byte >= SPACE && byte < AT) byte = c.u8()
  if (byte >= SPACE && byte < AT) c.take(c.left + 1)
  if (byte === FORWARD) return SPACE
  return MOVES.includes(byte) ? BREAK : NUL
}

function skipSystemCommand(c: Cursor): number {
  let byte = SPACE
  while (c.left > 0 && byte >= SPACE) byte = c.u8()
  if (byte >= SPACE) c.take(c.left + 1)
  if (byte === ESCAPE) c.take(1)
  return NUL
}
