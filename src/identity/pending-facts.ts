/** Facts on their way to be written down: each statement once a turn, under the device it is about. */

import { ip4Text, ip6Text, macText, plainText } from '../bytes/text.js'
import type { FactRecord } from '../model/device.js'
import type { Told } from '../model/heard.js'
import type { Subject } from './evidence.js'
import { PENDING_FACTS_MAX, WAITING_TURNS_MAX } from './limits.js'

interface Pending {
  readonly subject: Subject
  readonly about: string
  readonly fact: string
  readonly value: string
  readonly protocol: string
  readonly first: number
  last: number
  count: number
  /** For how long it has waited for its device. */
  turns: number
}

export class PendingFacts {
  /** Facts that found no room. */
  dropped = 0
  private readonly facts = new Map<string, Pending>()

  add(told: Told, subject: Subject): void {
    const { fact, protocol, count } = told
    const value = fact.form(told.bytes, told.valueAt, told.valueLength)
    const at = (told.seconds >>> 0) * 1000 + Math.floor(told.micros / 1000)
    const key = `${subject} ${fact.id} ${value}`
    const known = this.facts.get(key)
    if (known !== undefined) {
      known.last = at
      known.count += count
      return
    }
    if (this.facts.size >= PENDING_FACTS_MAX) {
      this.dropped++
      return
    }
    const about = subjectText(told)
    this.facts.set(key, {
      subject,
      about,
      fact: fact.name,
      value,
      protocol,
      first: at,
      last: at,
      count,
      turns: 0,
    })
  }

  /** Up to `max` whose device is known; the others wait for it, some turns and no longer. */
  take(deviceOf: (subject: Subject) => string | undefined, max = Infinity): FactRecord[] {
    const taken: FactRecord[] = []
    for (const [key, pending] of this.facts) {
      if (taken.length === max) break
      const device = deviceOf(pending.subject)
      if (device === undefined && pending.turns++ < WAITING_TURNS_MAX) continue
      this.facts.delete(key)
      if (device === undefined) this.dropped++
      else taken.push(recordOf(pending, device))
    }
    return taken
  }
}

const recordOf = (
  { about, fact, value, protocol, first, last, count }: Pending,
  device: string,
): FactRecord => ({ device, subject: about, fact, value, protocol, first, last, count })

function subjectText({ about, bytes, aboutAt, aboutLength, vlan, session }: Told): string {
  const where = (vlan > 0 ? `@${vlan}` : '') + (session !== 0 ? `#${session >>> 0}` : '')
  if (about === 'name') return `sub ${plainText(bytes, aboutAt, aboutLength)}${where}`
  if (about === 'mac') return `mac ${macText(bytes, aboutAt)}${where}`
  return `ip ${about === 'ip4' ? ip4Text(bytes, aboutAt) : ip6Text(bytes, aboutAt)}${where}`
}
