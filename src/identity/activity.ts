/**
 * In which minutes stations were heard lately: whether two of them were there at the same time or
 * took turns. Kept of those only for whom somebody wants to know.
 */

import { ACTIVE_MINUTES_MAX, ACTIVITIES_MAX } from './limits.js'

const MINUTE_MICROS = 60e6
/** What lasted no longer than this was there all the while. */
const SPAN_MINUTES = 15
/** Who is back after the other within this time was never gone; so often, and it is certain. */
const BACK_MINUTES = 15
const RETURNS = 2
/** Of whom less is known, nobody can say that they took turns. */
const MINUTES_MIN = 3

export class Activity {
  /** By station: minutes since 1970, the latest of them, in order. */
  private readonly minutes = new Map<number, number[]>()
  /** By station: the first one of the device that it was recorded with. */
  private readonly devices = new Map<number, number>()

  /** These were known to be one device, and took turns. */
  recall(stations: readonly number[]): void {
    if (stations.length < 2) return
    for (const station of stations)
      if (this.devices.size < ACTIVITIES_MAX) this.devices.set(station, stations[0]!)
  }

  /** Begins to note when a station is heard. */
  watch(station: number): void {
    if (this.minutes.size < ACTIVITIES_MAX && !this.minutes.has(station))
      this.minutes.set(station, [])
  }

  /**
   * It was heard between two times, in microseconds; in between only if that is not long. True if
   * that tells more than was known.
   */
  hear(station: number, first: number, last: number): boolean {
    const minutes = this.minutes.get(station)
    if (minutes === undefined) return false
    const before = minutes.at(-1)
    const from = Math.floor(first / MINUTE_MICROS)
    const to = Math.floor(last / MINUTE_MICROS)
    add(minutes, to)
    if (to > from) add(minutes, from)
    if (to - from <= SPAN_MINUTES)
      for (let minute = from + 1; minute < to; minute++) add(minutes, minute)
    return minutes.at(-1) !== before
  }

  /** One came back so soon after the other, again and again, that both must have been there. */
  areTogether(one: number, other: number): boolean {
    const a = this.minutes.get(one) ?? []
    const b = this.minutes.get(other) ?? []
    if (a.length < MINUTES_MIN || b.length < MINUTES_MIN) {
      const device = this.devices.get(one)
      return device === undefined || device !== this.devices.get(other)
    }
    return returns(a, b) + returns(b, a) + meetings(a, b) >= RETURNS
  }
}

function add(minutes: number[], minute: number): void {
  let place = minutes.length
  while (place > 0 && minutes[place - 1]! > minute) place--
  if (place > 0 && minutes[place - 1] === minute) return
  minutes.splice(place, 0, minute)
  if (minutes.length > ACTIVE_MINUTES_MAX) minutes.shift()
}

/** How often the other was heard between two times of one that lie close together. */
function returns(one: readonly number[], other: readonly number[]): number {
  let count = 0
  let k = 0
  for (let i = 1; i < one.length; i++) {
    const from = one[i - 1]!
    const to = one[i]!
    if (to - from > BACK_MINUTES) continue
    while (k < other.length && other[k]! <= from) k++
    if (k < other.length && other[k]! < to) count++
  }
  return count
}

/** How often both were heard in one minute, and soon after in another one. */
function meetings(one: readonly number[], other: readonly number[]): number {
  let count = 0
  let before = -Infinity
  let k = 0
  for (const minute of one) {
    while (k < other.length && other[k]! < minute) k++
    if (other[k] !== minute) continue
    if (minute - before <= BACK_MINUTES) count++
    before = minute
  }
  return count
}
