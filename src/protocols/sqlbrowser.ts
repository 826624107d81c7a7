/** SQL Server's browser (MC-SQLR): the instances a machine runs, by name, version and port. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { SENDER, type Notes, type Protocol, type Talk } from './protocol.js'

const server = fact('sqlbrowser.server', text, 'set')
const instance = fact('sqlbrowser.instance', text, 'set')
const version = fact('sqlbrowser.version', text, 'set')
const port = fact('sqlbrowser.port', text, 'set')
const clustered = fact('sqlbrowser.clustered', text, 'set')
/** Somebody looks for instances: `all`, or one by its name. */
const asks = fact('sqlbrowser.asks', text, 'set')

const PORT = 1434
const BROADCAST = 2
const UNICAST = 3
const NAMED = 4
const ANSWER = 5
const ADMIN = 15
const NAME_MAX = 32
const SEMICOLON = 0x3b

/** Keys in an answer, each followed by its value. */
const KEYS: readonly (readonly [key: string, said: Fact])[] = [
  ['ServerName;', server],
  ['InstanceName;', instance],
  ['Version;', version],
  ['tcp;', port],
  ['IsClustered;', clustered],
]

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  notes.about(SENDER)
  const kind = c.u8()
  if (kind === ANSWER && talk.from === PORT) return readAnswer(c, notes)
  if (talk.to !== PORT) return c.fail('no request')
  if ((kind === BROADCAST || kind === UNICAST) && c.left === 0) notes.say(asks, 'all')
  else if (kind === NAMED && c.left <= NAME_MAX + 1) {
    const at = c.at
    const length = c.until(0) < 0 ? 0 : c.at - 1 - at
    notes.add(asks, at, length)
  } else if (kind !== ADMIN) c.fail('no request')
}

/** `ServerName;SQL01;InstanceName;...;;` once for each instance. */
function readAnswer(c: Cursor, notes: Notes): void {
  const length = c.u16le()
  // An answer about the port of the administrator is six bytes long.
  if (length < 10) return
  const missing = length - c.left
  while (c.left > 0) {
    const said = readKey(c)
    const size = c.distance(SEMICOLON)
    const at = c.at
    if (size < 0) c.take(c.left)
    else if (said === undefined) c.take(size + 1)
    else {
      notes.add(said, at, size)
      c.take(size + 1)
    }
  }
  if (missing > 0) c.take(missing)
}

function readKey(c: Cursor): Fact | undefined {
  let i = 0
  while (i < KEYS.length) {
    const [key, said] = KEYS[i++]!
    if (!c.starts(key)) continue
    c.take(key.length)
    return said
  }
  return undefined
}

export const sqlbrowser: Protocol = {
  name: 'sqlbrowser',
  standard: 'MC-SQLR',
  tells: 'database servers, their instances, versions and ports',
  heard: ['udp/1434'],
  facts: [server, instance, version, port, clustered, asks],
  parse,
}
