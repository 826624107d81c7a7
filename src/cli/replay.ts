/** What `onlooker demo --live` listens to: the generated office, in place of an interface. */

import type { Change } from '../sensor/changes.js'
import type { LinkReading } from '../sensor/links.js'
import type { Hearers, Source, Sources } from '../sensor/sources.js'

const NAME = 'office'
/** A link that counts nothing of its own. */
const LINK: LinkReading = {
  up: true,
  running: true,
  mtu: 1500,
  speed_mbit: null,
  received: 0,
  received_bytes: 0,
  transmitted: 0,
  missed: 0,
  dropped: 0,
}

export class Replay implements Sources {
  readonly list: readonly Source[] = [
    {
      name: NAME,
      kind: 'replay',
      state: 'open',
      why: 'a generated office, replayed as it would happen',
      ring: null,
    },
  ]
  private readonly seed: number

  constructor(seed: number) {
    this.seed = seed
  }

  open(hearers: Hearers): void {
    hearers.open(NAME, [{ seed: this.seed }])
  }

  look(): Promise<readonly Change[]> {
    return Promise.resolve([])
  }

  link(): LinkReading {
    return LINK
  }

  refilter(): void {
    throw new Error('the replayed office has no filter: replay: leave capture.filter empty')
  }

  /** Its worker hears what time it is, and ends by that. */
  hush(): void {
    return undefined
  }

  close(): void {
    return undefined
  }
}
