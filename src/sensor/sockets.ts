/** The packet sockets that the launcher opened: a bounded supply, since none can be opened later. */

import type { Addon } from '../capture/addon.js'

/** `100-163`; nobody hands over more than this. */
const SOCKETS_MAX = 1024

/** What $ONLOOKER_SOCKETS says: the first and last of a row of descriptors. */
export function readRange(text: string | undefined): readonly [number, number] | undefined {
  const match = /^(\d{1,7})-(\d{1,7})$/.exec(text ?? '')
  if (match === null) return undefined
  const [first, last] = [Number(match[1]), Number(match[2])]
  return first > 2 && last >= first && last - first < SOCKETS_MAX ? [first, last] : undefined
}

/** Where packet sockets come from. */
export interface Supply {
  readonly left: number
  /** So many, or none at all if there are fewer. */
  take(count: number): number[] | undefined
  giveBack(socket: number): void
}

/** Opens them as they are needed, with the privilege of this process. */
export class OwnSockets implements Supply {
  readonly left = SOCKETS_MAX
  private readonly addon: Pick<Addon, 'socket' | 'close'>

  constructor(addon: Pick<Addon, 'socket' | 'close'>) {
    this.addon = addon
  }

  take(count: number): number[] | undefined {
    const taken: number[] = []
    while (taken.length < count) {
      const socket = this.addon.socket()
      if (typeof socket !== 'number') {
        for (const one of taken) this.addon.close(one)
        return undefined
      }
      taken.push(socket)
    }
    return taken
  }

  giveBack(socket: number): void {
    this.addon.close(socket)
  }
}

export class Sockets implements Supply {
  private readonly spare: number[]

  constructor(range: readonly [number, number]) {
    const [first, last] = range
    this.spare = Array.from({ length: last - first + 1 }, (_, i) => last - i)
  }

  /** How many are left. */
  get left(): number {
    return this.spare.length
  }

  /** So many, lowest first, or none at all if there are fewer. */
  take(count: number): number[] | undefined {
    if (count > this.spare.length) return undefined
    return Array.from({ length: count }, () => this.spare.pop()!)
  }

  /** One that was never bound is as good as new. */
  giveBack(socket: number): void {
    this.spare.push(socket)
  }
}
