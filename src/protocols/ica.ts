/** Citrix' remote applications: ICA, and the tunnel (CGP) that keeps sessions alive. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `server` or `client`. */
const role = fact('ica.role', text, 'set')
/** `ica` as such, or in `cgp`. */
const transport = fact('ica.transport', text, 'set')

const GREETING = '\x7f\x7fICA\x00'
const TUNNEL = '\x1aCGP/'

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const isTunnel = c.starts(TUNNEL)
  if (!isTunnel && !c.starts(GREETING)) {
    if (c.left >= GREETING.length) return c.fail('no greeting')
    return void c.take(GREETING.length)
  }
  c.take(TUNNEL.length)
  notes.about(SENDER)
  if (talk.side !== 'unknown') notes.say(role, talk.side)
  notes.say(transport, isTunnel ? 'cgp' : 'ica')
}

export const ica: Protocol = {
  name: 'ica',
  standard: 'Citrix ICA',
  tells: 'servers and clients of remote applications',
  heard: ['tcp/1494', 'tcp/2598', 'tcp "\\x7f\\x7fICA\\x00"', 'tcp "\\x1aCGP/"'],
  facts: [role, transport],
  parse,
}
