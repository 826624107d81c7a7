/** Who tried passwords in vain, and how long they have to wait: by address and by user. */

import { isIPv6 } from 'node:net'
import type { Time } from '../../model/device.js'

/** An address may be wrong more often than a user, since several may share it. */
const ADDRESS = { free: 10, longest_ms: 900_000 } as const
/** Short, so that nobody can lock others out. */
const USER = { free: 5, longest_ms: 30_000 } as const
const SHORTEST_MS = 1000
/** After this long without an attempt all is forgotten. */
const FORGOTTEN_MS = 3_600_000
/** Addresses and users that are remembered; the oldest is forgotten for a new one. */
const REMEMBERED_MAX = 10_000

interface Tries {
  count: number
  last: Time
}

export class Attempts {
  private readonly tries = new Map<string, Tries>()

  /** Milliseconds until somebody there may try again; 0 is now. */
  wait_ms(address: string, user: string, now: Time): number {
    const byAddress = this.left_ms(`address ${place(address)}`, ADDRESS, now)
    return Math.max(byAddress, this.left_ms(`user ${user}`, USER, now))
  }

  /** An attempt counts from when it begins, so that many at once are no way around. */
  begin(address: string, user: string, now: Time): void {
    for (const key of [`address ${place(address)}`, `user ${user}`]) this.count(key, now)
  }

  succeeded(address: string, user: string): void {
    this.tries.delete(`user ${user}`)
    this.tries.delete(`address ${place(address)}`)
  }

  private count(key: string, now: Time): void {
    const known = this.tries.get(key)
    const count = known === undefined || isForgotten(known, now) ? 1 : known.count + 1
    this.tries.delete(key)
    this.tries.set(key, { count, last: now })
    if (this.tries.size <= REMEMBERED_MAX) return
    for (const oldest of this.tries.keys()) {
      this.tries.delete(oldest)
      return
    }
  }

  private left_ms(key: string, rule: typeof ADDRESS | typeof USER, now: Time): number {
    const known = this.tries.get(key)
    if (known === undefined || isForgotten(known, now) || known.count < rule.free) return 0
    const pause = SHORTEST_MS * 2 ** Math.min(known.count - rule.free, 30)
    return Math.max(0, known.last + Math.min(pause, rule.longest_ms) - now)
  }
}

/** A clock that jumped back forgets too. */
const isForgotten = ({ last }: Tries, now: Time): boolean => Math.abs(now - last) > FORGOTTEN_MS

/** Whoever has an IPv6 address has the 2^64 beside it. */
function place(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  const groups = new URL(`http://[${address.split('%')[0]!}]`).hostname.slice(1, -1)
  const [head = '', tail] = groups.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const gap = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0')
  return [...left, ...gap, ...right].slice(0, 4).join(':')
}
