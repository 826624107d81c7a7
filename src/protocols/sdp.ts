/**
 * SDP (RFC 8866): what media a call or a camera offers, and in which program's words. It comes with
 * SIP and RTSP, which hand it over.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { startsFolded } from './text-headers.js'
import { line, passWord, readLine, readNumber, wordLength } from './text-lines.js'

const session = fact('sdp.session', text, 'set')
/** Who made it, if that is the name of a program: people are not told. */
const origin = fact('sdp.origin', text, 'set')
const tool = fact('sdp.tool', text, 'set')
const media = fact('sdp.media', text, 'set')
const codec = fact('sdp.codec', text, 'set')

/** What programs call themselves where a user's name may stand. */
const PROGRAMS = [
  ...['root', 'CiscoSystemsSIP-GW-UserAgent', 'Cisco-SIPUA', 'CiscoSystemsCCM-SIP', 'FreeSWITCH'],
  ...['Asterisk', 'YATE', 'MxSIP', 'Sonus_UAC', 'SIPPS', 'Zoiper', 'Z', 'MTLSP0', 'Genband'],
  ...['BroadWorks', 'CounterPath', 'Linphone', 'pjsip', 'FritzOS', 'GXP', 'Polycom', 'RTSP'],
]
const LINES_MAX = 80
const SPACE = 0x20
const SLASH = 0x2f

function parse(c: Cursor, notes: Notes): void {
  if (!c.starts('v=0')) return c.fail('no sdp')
  let lines = 0
  while (c.left > 0 && lines++ < LINES_MAX) {
    if (!readLine(c)) return
    if (line.left < 3) continue
    const kind = line.u8()
    if (line.u8() !== 0x3d) return c.fail('no sdp')
    if (kind === 0x6f) addOrigin(notes)
    else if (kind === 0x73) addSession(notes)
    else if (kind === 0x6d) notes.add(media, line.at, wordLength(line))
    else if (kind === 0x61) addAttribute(notes)
  }
}

/** `-` and a space stand for no name at all. */
function addSession(notes: Notes): void {
  const isNone = line.left === 1 && (line.peek() === 0x2d || line.peek() === SPACE)
  if (!isNone) notes.add(session, line.at, line.left)
}

function addOrigin(notes: Notes): void {
  const length = wordLength(line)
  let i = 0
  while (i < PROGRAMS.length) {
    const program = PROGRAMS[i++]!
    if (length === program.length && line.starts(program)) notes.add(origin, line.at, length)
  }
}

/** `tool:` a program, and `rtpmap:0 PCMU/8000`. */
function addAttribute(notes: Notes): void {
  if (startsFolded(line, 'tool:')) {
    line.take(5)
    notes.add(tool, line.at, line.left)
  } else if (line.starts('rtpmap:')) {
    line.take(7)
    if (readNumber(line) < 0) return
    passWord(line)
    const name = line.distance(SLASH)
    notes.add(codec, line.at, name < 0 ? line.left : name)
  }
}

export const sdp: Protocol = {
  name: 'sdp',
  standard: 'RFC 8866',
  tells: 'programs and codecs of calls and cameras',
  heard: ['udp "v=0\\x0d\\x0ao="', 'udp "v=0\\x0ao="'],
  facts: [session, origin, tool, media, codec],
  parse,
}
