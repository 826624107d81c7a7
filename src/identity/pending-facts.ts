/** Facts on their way to be written down: each statement once a turn, under the device it is about. */

import { ip4Text, ip6Text, macText } from '../bytes/text.js'
import type { FactRecord } from '../model/device.js'
import type { Told } from '../model/heard.js'
import type { Subject } from './evidence.js'
import { PENDING_FACTS_MAX } from './limits.js'

interface Pending {
  readonly subject: Subject
  readonly about: string
  readonly fact: string
  readonly value: string
  readonly protocol: string
  readonly first: number
  last: number
  count: number
}

export class PendingFacts {
  /** Facts that found no room. */
  dropped = 0
  private facts = new Map<string, Pending>()

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
    })
  }

  /** Those whose device is known; the others wait for it until the next turn, and no longer. */
  take(deviceOf: (subject: Subject) => string | undefined): FactRecord[] {
    if (this.facts.size === 0) return []
    const taken: FactRecord[] = []
    for (const { subject, about, ...rest } of this.facts.values()) {
      const device = deviceOf(subject)
      if (device === undefined) this.dropped++
      else taken.push({ ...rest, device, subject: about })
    }
    this.facts = new Map()
    return taken
  }
}

function subjectText({ about, bytes, aboutAt, vlan, session }: Told): string {
  const where = (vlan > 0 ? `@${vlan}` : '') + (session !== 0 ? `#${session >>> 0}` : '')
  if (about === 'mac') return `mac ${macText(bytes, aboutAt)}${where}`
  return `ip ${about === 'ip4' ? ip4Text(bytes, aboutAt) : ip6Text(bytes, aboutAt)}${where}`
}
