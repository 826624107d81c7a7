/** NetFlow (Cisco's versions 1 to 9; RFC 3954): who exports what it forwards, and to whom. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, number, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const version = fact('netflow.version', text, 'set')
/** Which part of a chassis exports: its kind and number. */
const engine = fact('netflow.engine', text, 'set')
const source = fact('netflow.source', number, 'set')
const sampling = fact('netflow.sampling', text, 'set')

const RECORDS_MAX = 64
/** Bytes of a record, by version. */
const RECORDS: readonly number[] = [0, 52, 0, 0, 0, 48, 0, 52, 0, 0]
const HEADS: readonly number[] = [0, 16, 0, 0, 0, 24, 0, 24, 28, 20]
const RATE = 0x3fff

function parse(c: Cursor, notes: Notes): void {
  const spoken = c.u16()
  const count = c.u16()
  if (c.fault !== '') return
  const head = HEADS[spoken] ?? 0
  if (head === 0) return c.fail('unknown version')
  const size = RECORDS[spoken] ?? 0
  if (count === 0 || count > RECORDS_MAX * 8) return c.fail('bad count')
  if (size > 0 && count > RECORDS_MAX) return c.fail('bad count')
  if (c.left < head - 4) return void c.take(head)
  notes.count32(version, spoken)
  c.take(spoken === 9 ? 12 : 16)
  if (spoken === 9) notes.add(source, c.take(4), 4)
  else if (spoken === 5) version5(c, notes)
  if (size > 0) c.take(c.start + head + size * count - c.at)
}

function version5(c: Cursor, notes: Notes): void {
  const kind = c.u8()
  const slot = c.u8()
  const rate = c.u16() & RATE
  if (c.fault !== '') return
  const at = notes.here
  notes.writeNumber(kind)
  notes.put(0x2f)
  notes.writeNumber(slot)
  notes.add(engine, at, notes.here - at)
  if (rate > 1) notes.count32(sampling, rate)
}

export const netflow: Protocol = {
  name: 'netflow',
  standard: 'RFC 3954',
  tells: 'routers and firewalls that export what they forward',
  heard: ['udp/2055', 'udp/9555', 'udp/9995-9996'],
  facts: [version, engine, source, sampling],
  parse,
}
