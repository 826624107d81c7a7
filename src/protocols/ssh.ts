/**
 * SSH (RFC 4253, 5656, 4419): which software both sides are, what they are ready to use, and the
 * key by which a server is known.
 */

import { createHash } from 'node:crypto'
import { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { Digests } from './digests.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'
import { readAlgorithms } from './ssh-algorithms.js'

/** The line with which a server begins, and its parts: `SSH-2.0-OpenSSH_9.6 Ubuntu-3ubuntu13`. */
const banner = fact('ssh.banner', text, 'set')
const version = fact('ssh.version', text, 'set')
const software = fact('ssh.software', text, 'set')
const comment = fact('ssh.comment', text, 'set')
const clientBanner = fact('ssh.client_banner', text, 'set')
const clientVersion = fact('ssh.client_version', text, 'set')
const clientSoftware = fact('ssh.client_software', text, 'set')
const clientComment = fact('ssh.client_comment', text, 'set')
/** Algorithms that should not be used any more, as a server or a client offers them. */
const weak = fact('ssh.weak', text, 'set')
const clientWeak = fact('ssh.client_weak', text, 'set')
const hassh = fact('ssh.hassh', text, 'set')
const hasshServer = fact('ssh.hassh_server', text, 'set')
/** As OpenSSH writes it: `SHA256:…`. */
const hostKey = fact('ssh.host_key', text, 'set')
const hostKeyType = fact('ssh.host_key_type', text, 'set')

interface Words {
  readonly banner: typeof banner
  readonly version: typeof version
  readonly software: typeof software
  readonly comment: typeof comment
  readonly weak: typeof weak
  readonly fingerprint: typeof hassh
  readonly isServer: boolean
}

const SERVER: Words = {
  ...{ banner, version, software, comment, weak },
  fingerprint: hasshServer,
  isServer: true,
}
const CLIENT: Words = {
  banner: clientBanner,
  version: clientVersion,
  software: clientSoftware,
  comment: clientComment,
  weak: clientWeak,
  fingerprint: hassh,
  isServer: false,
}

const MARK = 'SSH-'
const LINE_MAX = 255
/** A server may say something to people first. */
const LINES_MAX = 64
const NEWLINE = 10
const RETURN = 13
const SPACE = 0x20
const DASH = 0x2d

// Messages.
const KEXINIT = 20
const NEW_KEYS = 21
const KEY_REPLY = 31
const GROUP_REPLY = 33
const PACKET_MAX = 35_000
const PACKET_MIN = 12
const PAD_MIN = 4
const NAME_MAX = 64

const digests = new Digests(
  bytes => `SHA256:${createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '')}`,
)
const part = new Cursor()
const line = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  if (!findBanner(c, talk)) return
  const words = talk.side === 'server' ? SERVER : CLIENT
  const isNew = readBanner(c, notes, words)
  // The first version went another way.
  let isOver = !isNew
  while (!isOver && c.left > 0) isOver = readPacket(c, notes, words)
}

/** Steps to the line that matters; false if it has not come yet, or will not. */
function findBanner(c: Cursor, talk: Talk): boolean {
  let lines = 0
  while (c.fault === '' && !c.starts(MARK)) {
    const isBegun = c.left < MARK.length && isBeginning(c)
    const mayTalk = talk.side === 'server' && talk.other.starts(MARK)
    const length = c.distance(NEWLINE)
    if (isBegun) c.take(MARK.length)
    else if (!mayTalk || lines++ === LINES_MAX) c.fail('no banner')
    else c.take(length < 0 ? c.left + 1 : length + 1)
  }
  return c.fault === ''
}

/** Whether what is there is how the mark begins. */
function isBeginning(c: Cursor): boolean {
  let i = 0
  while (i < c.left && c.peek(i) === MARK.charCodeAt(i)) i++
  return i === c.left
}

/** True for the second version of the protocol, which all speak today. */
function readBanner(c: Cursor, notes: Notes, words: Words): boolean {
  const length = c.distance(NEWLINE)
  if (length > LINE_MAX || (length < 0 && c.left > LINE_MAX)) {
    c.fail('no banner')
    return false
  }
  const at = c.take(length < 0 ? c.left + 1 : length + 1)
  if (at < 0) return false
  const end = at + length
  line.over(c.bytes, at, end)
  line.end -= line.peek(length - 1) === RETURN ? 1 : 0
  const whole = line.left
  line.take(MARK.length)
  const spokenAt = line.at
  const isNew = line.starts('2.') || line.starts('1.99')
  const spokenLength = line.distance(DASH)
  if (spokenLength <= 0) {
    c.fail('no banner')
    return false
  }
  line.take(spokenLength + 1)
  notes.add(words.banner, at, whole)
  notes.add(words.version, spokenAt, spokenLength)
  const space = line.distance(SPACE)
  const softwareLength = space < 0 ? line.left : space
  notes.add(words.software, line.at, softwareLength)
  line.take(softwareLength + (space < 0 ? 0 : 1))
  notes.add(words.comment, line.at, line.left)
  return isNew
}

/** Reads a packet; true if there is nothing more to be read, and then that is left unread. */
function readPacket(c: Cursor, notes: Notes, words: Words): boolean {
  const from = c.at
  const length = c.u32()
  const padding = c.u8()
  if (c.fault !== '') return true
  const size = length - padding - 1
  if (length < PACKET_MIN || length > PACKET_MAX || padding < PAD_MIN || size < 1) {
    c.at = from
    return true
  }
  const kind = c.peek()
  if (c.left > 0 && kind === NEW_KEYS) {
    c.at = from
    return true
  }
  const at = c.take(size + padding)
  if (at < 0) return true
  part.over(c.bytes, at + 1, at + size)
  if (kind === KEXINIT) readAlgorithms(part, notes, words)
  else if (words.isServer && (kind === KEY_REPLY || kind === GROUP_REPLY)) readKey(notes)
  if (part.fault !== '') c.fail(part.fault === 'short' ? 'bad packet' : part.fault)
  return c.fault !== ''
}

/** A server's reply begins with its key; what shares its number begins with a prime. */
function readKey(notes: Notes): void {
  const length = part.u32()
  const at = part.take(length)
  if (at < 0) return
  line.over(part.bytes, at, at + length)
  const nameLength = line.u32()
  if (nameLength <= 0 || nameLength > NAME_MAX || !isKeyName()) return
  const name = line.take(nameLength)
  if (name < 0) return
  notes.say(hostKey, digests.of(part.bytes, at, length))
  notes.add(hostKeyType, name, nameLength)
}

const isKeyName = (): boolean =>
  line.starts('ssh-') ||
  line.starts('ecdsa-') ||
  line.starts('rsa-sha2-') ||
  line.starts('sk-') ||
  line.starts('x509v3-')

export const ssh: Protocol = {
  name: 'ssh',
  standard: 'RFC 4253, 5656, 4419',
  tells:
    'software and system of servers and clients, weak algorithms, and the key a server is known by',
  heard: ['tcp/22', 'tcp/2222', 'tcp "SSH-"'],
  facts: [
    ...[banner, version, software, comment, clientBanner, clientVersion, clientSoftware],
    ...[clientComment, weak, clientWeak, hassh, hasshServer, hostKey, hostKeyType],
  ],
  parse,
}
