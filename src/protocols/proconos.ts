/** ProConOS (KW-Software, Phoenix Contact): controllers answer which runtime and project they run. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import { noteFixedText } from './fixed-text.js'
import type { Notes, Protocol, Talk } from './protocol.js'

const runtime = fact('proconos.runtime', text, 'set')
const model = fact('proconos.model', text, 'set')
const project = fact('proconos.project', text, 'set')
const bootProject = fact('proconos.boot_project', text, 'set')
const source = fact('proconos.project_source', text, 'set')
/** `controller` or `client`. */
const role = fact('proconos.role', text, 'set')

const LEAD = 0xcc
const INFORMATION = 0x40
const TO_RUNTIME = 10
const FIELD = 32
const GAP = 1

function parse(c: Cursor, notes: Notes, talk: Talk): void {
  const lead = c.u8()
  const second = c.u8()
  if (c.fault === '' && (lead !== LEAD || second > 1)) return c.fail('no proconos')
  const isController = talk.side === 'server'
  if (c.fault !== '') return
  notes.say(role, isController ? 'controller' : 'client')
  const isTold = isController && talk.other.peek(4) === INFORMATION
  if (!isTold) return
  c.take(TO_RUNTIME)
  noteFixedText(c, notes, runtime, FIELD)
  noteFixedText(c, notes, model, FIELD)
  c.take(GAP)
  noteText(c, notes, project)
  noteText(c, notes, bootProject)
  noteText(c, notes, source)
}

/** Text that ends with a zero. */
function noteText(c: Cursor, notes: Notes, said: Fact): void {
  const at = c.until(0)
  if (c.fault === '') notes.add(said, at, c.at - 1 - at)
}

export const proconos: Protocol = {
  name: 'proconos',
  standard: 'KW-Software ProConOS',
  tells: 'controllers: runtime, model and project',
  heard: ['tcp/20547', 'tcp "\\xcc\\x01\\x00\\x0b\\x40\\x02"'],
  facts: [runtime, model, project, bootProject, source, role],
  parse,
}
