/**
 * Names that were hashed, as a report shows them: `name 1`, `name 2`, in the order they were told.
 * A hash is under a key of chance here, and the same capture must give the same report.
 */

import { plainText } from '../bytes/text.js'
import type { Listener } from '../hearing/crew.js'
import { HASHED_NAME } from '../hearing/secrets.js'
import type { AddressHeard, ConversationHeard, StationHeard, Told } from '../model/heard.js'
import { isName } from '../model/names.js'

/** Names that are told apart. */
const NAMES_MAX = 1_000_000
const OTHERS = new TextEncoder().encode('another name')

export class NumberedNames implements Listener {
  private readonly listener: Listener
  private readonly numbered = new Map<string, Uint8Array>()

  constructor(listener: Listener) {
    this.listener = listener
  }

  tell(told: Told): void {
    if (isName(told.fact)) this.rename(told)
    this.listener.tell(told)
  }
  station(heard: StationHeard): void {
    this.listener.station(heard)
  }
  address(heard: AddressHeard): void {
    this.listener.address(heard)
  }
  conversation(heard: ConversationHeard): void {
    this.listener.conversation(heard)
  }

  private rename(told: Told): void {
    const { bytes, aboutAt, aboutLength, valueAt, valueLength } = told
    const text = plainText(bytes, valueAt, valueLength)
    if (!text.startsWith(HASHED_NAME)) return
    const name = this.numberOf(text)
    const both = new Uint8Array(aboutLength + name.length)
    both.set(bytes.subarray(aboutAt, aboutAt + aboutLength))
    both.set(name, aboutLength)
    told.bytes = both
    told.aboutAt = 0
    told.valueAt = aboutLength
    told.valueLength = name.length
  }

  private numberOf(hashed: string): Uint8Array {
    const known = this.numbered.get(hashed)
    if (known !== undefined) return known
    if (this.numbered.size === NAMES_MAX) return OTHERS
    const name = new TextEncoder().encode(`name ${this.numbered.size + 1}`)
    this.numbered.set(hashed, name)
    return name
  }
}
