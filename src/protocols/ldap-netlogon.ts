/** What a domain controller answers to a machine that looks for one (MS-ADTS, 6.3.1). */

import { Cursor } from '../bytes/cursor.js'
import { readName } from '../bytes/names.js'
import type { Fact } from '../model/fact.js'
import * as say from './ldap-words.js'
import { IP4, IP6, SENDER, type Notes, type Talk } from './protocol.js'

/** The answers that name everything: to a known user, and to one who is not. */
const ANSWER = 23
const ANSWER_UNKNOWN = 25
const ANSWER_PAUSED = 24

/** Names point back into the answer, so it is read from its own start. */
const answer = new Cursor()

export function readNetlogon(c: Cursor, length: number, notes: Notes, talk: Talk): void {
  const at = c.take(length)
  if (at < 0) return
  answer.over(c.bytes, at, at + length)
  const kind = answer.u16le()
  answer.take(2)
  const bits = answer.u32le()
  const domainGuid = answer.take(16)
  if (answer.fault !== '' || kind < ANSWER || kind > ANSWER_UNKNOWN || kind === ANSWER_PAUSED)
    return
  addDuties(notes, bits)
  notes.add(say.domainGuid, domainGuid, 16)
  addName(notes, say.forest)
  addName(notes, say.domain)
  addName(notes, say.hostName)
  addName(notes, say.netbiosDomain)
  addName(notes, say.netbiosHost)
  passName(notes)
  addName(notes, say.site)
  if (talk.targetIp < 0) return
  notes.about(talk.network === 4 ? IP4 : IP6, talk.targetIp)
  addName(notes, say.clientSite)
  notes.about(SENDER)
}

function addName(notes: Notes, said: Fact): void {
  const at = notes.here
  const length = readName(answer, notes)
  if (answer.fault === '') notes.add(said, at, length)
}

/** The user that was asked for is nobody's business. */
const passName = (notes: Notes): void => void readName(answer, notes)

function addDuties(notes: Notes, bits: number): void {
  const at = notes.here
  let i = 0
  while (i < say.DUTIES.length) {
    const [bit, word] = say.DUTIES[i++]!
    if ((bits & bit) === 0) continue
    if (notes.here > at) notes.write(',')
    notes.write(word)
  }
  notes.add(say.duties, at, notes.here - at)
}
