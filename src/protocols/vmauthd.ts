/** VMware's authentication daemon, with which every ESXi host greets on port 902. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const version = fact('vmauthd.version', text)
/** What it can do: `SSL Required, ServerDaemonProtocol:SOAP, ...`. */
const features = fact('vmauthd.features', text)

const GREETING = '220 VMware Authentication Daemon Version '
const COLON = 0x3a
const NEWLINE = 0x0a
const SPACE = 0x20

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  // What a client types are names and passwords.
  if (talk.side === 'client') return
  if (c.left < GREETING.length && GREETING.charCodeAt(0) === c.peek()) {
    return void c.take(GREETING.length)
  }
  if (!c.starts(GREETING)) return c.fail('no greeting')
  c.take(GREETING.length)
  notes.about(SENDER)
  const from = c.at
  const line = c.distance(NEWLINE)
  const colon = c.distance(COLON)
  if (line < 0) return void c.take(c.left + 1)
  if (colon < 0 || colon > line) return notes.add(version, from, line)
  notes.add(version, from, colon)
  c.take(colon + 1)
  const gap = c.peek() === SPACE ? 1 : 0
  notes.add(features, c.at + gap, line - colon - 1 - gap)
}

export const vmauthd: Protocol = {
  name: 'vmauthd',
  standard: 'VMware',
  tells: 'hosts of virtual machines, and whether they want TLS',
  heard: ['tcp/902', 'tcp "220 VMware Authentication Daemon"'],
  facts: [version, features],
  parse,
}
