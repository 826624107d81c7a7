/** The agent of Checkmk: a machine's name and system, told to whoever connects. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import { noteKeyLine, type Keys } from './key-lines.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const version = fact('checkmk.version', text)
const agentOs = fact('checkmk.agent_os', text)
const host = fact('checkmk.host', text)
const osName = fact('checkmk.os_name', text)
const osVersion = fact('checkmk.os_version', text)

const KEYS: Keys = [
  ['Version', version],
  ['AgentOS', agentOs],
  ['Hostname', host],
  ['OSName', osName],
  ['OSVersion', osVersion],
]
const START = '<<<check_mk>>>'

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  if (talk.side === 'client') return c.fail('asks nothing')
  if (c.left < START.length && !talk.ended) return void c.take(START.length)
  if (!c.starts(START)) return c.fail('no section')
  c.until(0x0a)
  while (c.left > 0 && !c.starts('<<<')) noteKeyLine(c, notes, KEYS)
  if (c.left === 0 && !talk.ended) c.take(1)
}

export const checkmk: Protocol = {
  name: 'checkmk',
  standard: "Checkmk's agent",
  tells: 'name and operating system of machines that are watched, told without asking for anything',
  heard: ['tcp/6556', 'tcp "<<<check_mk>>>"'],
  facts: [version, agentOs, host, osName, osVersion],
  parse,
}
