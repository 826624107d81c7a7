/**
 * What became of every frame of every interface. When the rings are drained it adds up exactly:
 * received = dropped + discarded + broken + heard, and heard = decoded + undecoded + duplicates.
 */

import * as b from './board.js'
import type { Board } from './board.js'
import { EARS_MAX, LEDGER_MAX } from './live-limits.js'

export interface InterfaceLedger {
  readonly interface: string
  /** What the kernel had for us, with what it dropped. */
  readonly received: number
  /** By place: the ring was full; a worker failed over it, or died with it in its hands. */
  readonly dropped: { readonly ring: number; readonly worker: number }
  /** Times the ring was full. */
  readonly freezes: number
  /** Frames of before all workers listened. */
  readonly early: number
  readonly broken: number
  readonly heard: number
  /** Frames that ears gave to workers, and those of them that were lost over a fault. */
  readonly given: number
  readonly lost: number
  readonly octets: number
  /** Frames of which only a part was captured. */
  readonly truncated: number
  readonly decoded: number
  readonly undecoded: number
  readonly duplicates: number
  /** Of those, the ones that no router had touched. */
  readonly same: number
  readonly checksums: {
    readonly checked: number
    readonly broken: number
    /** Believed without, since too many were broken. */
    readonly unchecked: number
  }
  /** Times the clock of frames jumped so far that a new epoch began. */
  readonly clock_jumps: number
  /** Frames to one station: this interface, and others; null where nobody looked. */
  readonly unicast: { readonly ours: number; readonly others: number } | null
  /** Still in the rings, or counted since the kernel was asked last. */
  readonly waiting: number
  /** Frames the kernel marked: dropping nearby, checksum not computed yet, several in one. */
  readonly losing: number
  readonly unsummed: number
  readonly merged: number
  /** The largest part of a ring that was ready at once. */
  readonly fullest: number
  /** Microseconds since 1970, by the clock of frames; 0 is never. */
  readonly last_heard: number
}

/** How often an ear's counts are looked at again when they are just being changed. */
const LOOKS_MAX = 1000
const PEAKS: readonly number[] = [b.FULLEST, b.LAST_HEARD]

export class Ledger {
  /** By ear, the interface it hears; '' is none. */
  readonly names: string[] = Array.from({ length: EARS_MAX }, () => '')
  /** By ear, the interface it hears or heard last. */
  private readonly known: string[] = []
  /** By interface, what ears counted that are gone. */
  private readonly past = new Map<string, Float64Array>()

  /** The number of a new ear, or -1 if there are too many. */
  open(name: string): number {
    const ear = this.names.indexOf('')
    if (ear >= 0) this.names[ear] = this.known[ear] = name
    return ear
  }

  nameOf(ear: number): string {
    return this.known[ear] ?? ''
  }

  /** The ear is gone: what the boards say of it is kept, and they may be used again. */
  close(ear: number, boards: readonly Board[]): void {
    for (const board of boards) this.keep(board, ear)
    this.names[ear] = ''
  }

  /** A worker is gone, and its board goes too. */
  retire(board: Board): void {
    for (let ear = 0; ear < EARS_MAX; ear++) this.keep(board, ear)
  }

  read(boards: readonly Board[]): InterfaceLedger[] {
    const sums = new Map([...this.past].map(([name, past]) => [name, past.slice()]))
    this.names.forEach((name, ear) => {
      if (name === '') return
      const sum = sums.get(name) ?? new Float64Array(b.EAR_COLUMNS)
      for (const board of boards) add(sum, consistent(board, ear), 0)
      sums.set(name, sum)
    })
    return [...sums].sort(([a], [z]) => (a < z ? -1 : 1)).map(([name, sum]) => line(name, sum))
  }

  private keep(board: Board, ear: number): void {
    const name = this.names[ear]!
    if (name === '') return
    const at = ear * b.EAR_COLUMNS
    let past = this.past.get(name)
    if (past === undefined) {
      past = new Float64Array(b.EAR_COLUMNS)
      this.past.set(name, past)
      this.forgetOldest()
    }
    add(past, board.ears, at)
    board.ears.fill(0, at, at + b.EAR_COLUMNS)
  }

  private forgetOldest(): void {
    if (this.past.size <= LEDGER_MAX) return
    for (const name of this.past.keys()) {
      if (this.names.includes(name)) continue
      this.past.delete(name)
      return
    }
  }
}

/** An ear's counts, all of one moment: unless the worker died over them. */
function consistent(board: Board, ear: number): Float64Array {
  const at = ear * b.EAR_COLUMNS
  let columns = board.ears
  for (let i = 0; i < LOOKS_MAX; i++) {
    const { version } = board
    columns = board.ears.slice(at, at + b.EAR_COLUMNS)
    if (board.version === version && (version & 1) === 0) return columns
  }
  return columns
}

function add(sum: Float64Array, columns: Float64Array, at: number): void {
  for (let i = 0; i < b.EAR_COLUMNS; i++) {
    const value = columns[at + i]!
    if (PEAKS.includes(i)) sum[i] = Math.max(sum[i]!, value)
    else sum[i]! += value
  }
}

function line(name: string, sum: Float64Array): InterfaceLedger {
  const of = (column: number): number => sum[column]!
  const heard = of(b.HEARD)
  const known = of(b.DROPPED) + of(b.DISCARDED) + of(b.BROKEN) + of(b.LOST) + heard
  return {
    interface: name,
    received: of(b.RECEIVED),
    dropped: { ring: of(b.DROPPED), worker: of(b.LOST) + of(b.TAKEN_OVER) },
    freezes: of(b.FREEZES),
    early: of(b.DISCARDED) - of(b.TAKEN_OVER),
    broken: of(b.BROKEN),
    heard,
    given: of(b.GIVEN),
    lost: of(b.LOST),
    octets: of(b.HEARD_OCTETS),
    truncated: of(b.CUT),
    decoded: heard - of(b.UNDECODED) - of(b.DUPLICATES),
    undecoded: of(b.UNDECODED),
    duplicates: of(b.DUPLICATES),
    same: of(b.SAME),
    checksums: {
      checked: of(b.CHECKED),
      broken: of(b.BROKEN_SUMS),
      unchecked: of(b.UNCHECKED),
    },
    clock_jumps: of(b.JUMPS),
    unicast: of(b.TARGETS) === 0 ? null : { ours: of(b.OURS), others: of(b.OTHERS) },
    waiting: Math.max(0, of(b.RECEIVED) - known),
    losing: of(b.LOSING),
    unsummed: of(b.UNSUMMED),
    merged: of(b.MERGED),
    fullest: of(b.FULLEST),
    last_heard: of(b.LAST_HEARD),
  }
}
