/** AnyDesk: machines that look for others near by. Its sessions are TLS, told by certificates. */

import { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

/** `discovers`: its software looks for others of its kind. */
const role = fact('anydesk.role', text)

/** 239.255.102.18, which is AnyDesk's own. */
const GROUP = 0xefff6612 | 0
const LEAST = 4

const target = new Cursor()

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.network !== 4 || talk.targetIp < 0 || !talk.toGroup) return c.fail('no group')
  if (target.over(c.bytes, talk.targetIp, talk.targetIp + 4).u32() !== GROUP) {
    return c.fail('no group')
  }
  if (c.take(LEAST) < 0) return
  notes.about(SENDER)
  notes.say(role, 'discovers')
}

export const anydesk: Protocol = {
  name: 'anydesk',
  standard: 'AnyDesk',
  tells: 'machines that are controlled from afar',
  heard: ['udp/50001-50003'],
  facts: [role],
  parse,
}
