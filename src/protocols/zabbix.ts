/** Zabbix: agents under their names, and what they answer about the system they run on. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { noteJsonWords } from './json-words.js'
import type { Notes, Protocol, Talk } from './protocol.js'

/** The name under which an agent asks for its checks. */
const host = fact('zabbix.host', text, 'set')
const metadata = fact('zabbix.host_metadata', text, 'set')
const version = fact('zabbix.version', text, 'set')
/** `agent`, `server` or `sender` by what was said first. */
const request = fact('zabbix.request', text, 'set')
/** What an agent answers to `system.uname` and `agent.version`. */
const system = fact('zabbix.system', text)
const agent = fact('zabbix.agent', text)

const LITTLE = 1
const COMPRESSED = 2
const LARGE = 4
const BRACE = 0x7b
const BODY_MAX = 0xffffff
const HEAD = 13
const KEYS = [
  ['host', host],
  ['host_metadata', metadata],
  ['version', version],
  ['request', request],
] as const
const UNAME = 'system.uname'
const AGENT_VERSION = 'agent.version'

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (c.left < 5 && !talk.ended) return void c.take(5)
  if (!c.starts('ZBXD')) return c.fail('no header')
  c.take(4)
  const flags = c.u8()
  if ((flags & LITTLE) === 0 || flags > (LITTLE | COMPRESSED | LARGE)) return c.fail('bad flags')
  const length = c.u32le()
  c.take((flags & LARGE) !== 0 ? 12 : 4)
  if (c.fault !== '') return
  if (length < 0 || length > BODY_MAX) return c.fail('bad length')
  if ((flags & COMPRESSED) !== 0) return
  const outer = c.narrow(Math.min(length, c.left))
  const isCut = length > outer - c.at
  if (c.peek() === BRACE) noteJsonWords(c, notes, KEYS)
  else if (!isCut && talk.side === 'server') answer(c, notes, talk.other)
  c.widen(outer)
  if (isCut) c.take(c.left + 1)
}

/** A plain value answers the key that stands in the question. */
function answer(c: Cursor, notes: Notes, asked: Cursor): void {
  if (asked.left === 0) return
  const from = asked.at
  if (asked.starts('ZBXD')) asked.take(HEAD)
  if (asked.starts(UNAME)) notes.add(system, c.at, c.left)
  else if (asked.starts(AGENT_VERSION)) notes.add(agent, c.at, c.left)
  asked.at = from
}

export const zabbix: Protocol = {
  name: 'zabbix',
  standard: "Zabbix's agent protocol",
  tells: 'names, versions and operating systems of machines that are watched',
  heard: ['tcp/10050-10051', String.raw`tcp "ZBXD\x01"`],
  facts: [host, metadata, version, request, system, agent],
  parse,
}
