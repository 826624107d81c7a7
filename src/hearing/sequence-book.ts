/**
 * What never came of each tunnel's session, put together of what all workers heard of its numbers:
 * numbers from the first to the last, less the frames that were heard.
 */

import { ipText } from '../bytes/text.js'
import { SEQUENCE_BACK, SEQUENCE_JUMP, SESSIONS_TOLD_MAX } from './limits.js'
import * as s from './sequences.js'
import { putWord } from './stations.js'

/** A session over its whole time. */
export interface SessionHeard {
  /** Where it was heard first. */
  readonly interface: string
  /** `ERSPAN 7 from 192.0.2.1 to 192.0.2.9` */
  readonly name: string
  /** ERSPAN: nothing but a mirror has such. */
  readonly mirrors: boolean
  readonly packets: number
  /** Numbers that never came, and frames that came after later ones. */
  readonly lost: number
  readonly late: number
}

interface Course {
  readonly interface: string
  readonly name: string
  readonly mirrors: boolean
  packets: number
  late: number
  /** Of numbers that go on one from the other: the last, how far they reach from the first, frames. */
  last: number
  reach: number
  frames: number
  /** Where the last second ended, and whether numbers began anew since. */
  end: number
  isBegun: boolean
  isRenewed: boolean
  /** Lost before numbers began anew; lost when the second before ended; and what was told. */
  before: number
  provisional: number
  told: number
}

export class SequenceBook {
  /** Sessions beyond what is kept. */
  dropped = 0
  private readonly courses = new Map<string, Course>()
  /** Entries of seconds of which not all workers have told yet. */
  private open: Int32Array[] = []
  private readonly nameOf: (ear: number) => string

  constructor(nameOf: (ear: number) => string) {
    this.nameOf = nameOf
  }

  /** A worker's log. What found no room there would look as if it had never come. */
  add(log: Int32Array): void {
    if (log[0] !== 0) this.beginAnew()
    for (let at = s.HEAD_WORDS; at < log.length; at += s.ENTRY_WORDS) {
      this.open.push(log.subarray(at, at + s.ENTRY_WORDS))
    }
  }

  /** All workers have told of the seconds before this one. */
  close(before: number): void {
    const whole = this.open.filter(entry => entry[s.SECOND]! < before)
    if (whole.length === 0) return
    this.open = this.open.filter(entry => entry[s.SECOND]! >= before)
    whole.sort((a, b) => a[s.SECOND]! - b[s.SECOND]!)
    for (let from = 0; from < whole.length;) {
      const second = whole[from]![s.SECOND]!
      let to = from
      const heard = new Set<Course>()
      for (; to < whole.length && whole[to]![s.SECOND] === second; to++) {
        const course = this.courseOf(whole[to]!)
        if (course === undefined) continue
        follow(course, whole[to]!)
        heard.add(course)
      }
      for (const course of heard) settle(course)
      from = to
    }
  }

  /** Frames may have been missed here: numbers that are missing say nothing about the way. */
  beginAnew(): void {
    for (const course of this.courses.values()) course.isBegun = false
  }

  read(): SessionHeard[] {
    return [...this.courses.values()].map(({ name, mirrors, packets, told, late, ...where }) => ({
      interface: where.interface,
      name,
      mirrors,
      packets,
      lost: told,
      late,
    }))
  }

  private courseOf(entry: Int32Array): Course | undefined {
    const who = entry[s.WHO]!
    const key = `${who & ~(~0 << s.EAR_SHIFT)} ${entry.subarray(s.SESSION, s.SECOND).join(' ')}`
    const known = this.courses.get(key)
    if (known !== undefined) return known
    if (this.courses.size >= SESSIONS_TOLD_MAX) {
      this.dropped++
      return undefined
    }
    const counts = { packets: 0, late: 0, last: 0, reach: 0, frames: 0, end: 0 }
    const begun = { isBegun: false, isRenewed: false }
    const losses = { before: 0, provisional: 0, told: 0 }
    const mirrors = (who & s.MIRRORS) !== 0
    const where = { interface: this.nameOf(who >>> s.EAR_SHIFT) }
    const course = {
      ...where,
      name: sessionName(entry, mirrors),
      mirrors,
      ...counts,
      ...begun,
      ...losses,
    }
    this.courses.set(key, course)
    return course
  }
}

/** Adds an entry. Numbers far from all others are of a session that began anew. */
function follow(course: Course, entry: Int32Array): void {
  const first = entry[s.FIRST]!
  const reach = entry[s.REACH]!
  course.packets += entry[s.FRAMES]!
  course.late += entry[s.LATE]!
  if (!course.isBegun || isFar(course, entry)) return renew(course, entry)
  const ahead = (first - course.last) | 0
  course.frames += entry[s.FRAMES]!
  const beyond = ahead + reach
  if (beyond > 0) {
    course.last = (course.last + beyond) | 0
    course.reach += beyond
  }
  const earlier = -ahead - course.reach + Math.max(0, beyond)
  if (earlier > 0) course.reach += earlier
}

/** What one worker heard of a second may end long before what another heard of it. */
function isFar({ end, isRenewed }: Course, entry: Int32Array): boolean {
  const ahead = (entry[s.FIRST]! - end) | 0
  const back = isRenewed ? SEQUENCE_JUMP : SEQUENCE_BACK
  return ahead > SEQUENCE_JUMP || ahead + entry[s.REACH]! < -back
}

function renew(course: Course, entry: Int32Array): void {
  course.before = course.told
  course.isBegun = course.isRenewed = true
  course.reach = entry[s.REACH]!
  course.end = course.last = (entry[s.FIRST]! + course.reach) | 0
  course.frames = entry[s.FRAMES]!
  course.provisional = 0
}

/** A frame that was late by a moment comes with the next second: what is missing then is lost. */
function settle(course: Course): void {
  const missing = Math.max(0, course.reach + 1 - course.frames)
  course.end = course.last
  course.isRenewed = false
  const lost = course.before + Math.min(missing, course.provisional)
  course.provisional = missing
  course.told = Math.max(course.told, lost)
}

function sessionName(entry: Int32Array, mirrors: boolean): string {
  const length = (entry[s.WHO]! & s.NETWORK) === 4 ? 4 : 16
  const bytes = new Uint8Array(2 * length)
  for (let i = 0; i < length / 2; i++) putWord(bytes, 4 * i, entry[s.ADDRESSES + i]!)
  const ends = `from ${ipText(bytes, 0, length)} to ${ipText(bytes, length, length)}`
  const session = entry[s.SESSION]! >>> 0
  if (mirrors) return `ERSPAN ${String(session)} ${ends}`
  return session === 0 ? `GRE ${ends}` : `GRE ${String(session)} ${ends}`
}
