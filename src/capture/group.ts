/**
 * The rings of one interface, one for each worker, as a fanout group: each frame is heard by the one
 * member that the program names. Until all have joined nobody hears anything, for who is not in
 * the group yet would hear every frame.
 */

import type { Addon, Refusal, RingShape } from './addon.js'
import { CaptureError, liveError } from './errors.js'
import { ringBytes } from './ring.js'

/** A ring's shape, without the interface it is for. */
export type GroupShape = Omit<RingShape, 'interface'>

export interface GroupOptions {
  readonly interface: string
  /** One for each worker, in the order of workers. */
  readonly sockets: readonly number[]
  readonly shape: GroupShape
  /** Which member hears a frame: `fanoutProgram` of as many workers. */
  readonly program: Uint32Array
  /** Which frames are heard; all, if not given. A program from `Addon.compileLive`. */
  readonly filter?: Uint32Array
  readonly snaplen: number
}

export interface Group {
  readonly interface: string
  /** The group's number, as `ringJoin` gave it; two processes never share one. */
  readonly id: number
  readonly sockets: readonly number[]
  /** The memory of each member's ring. */
  readonly ring_bytes: number
  /**
   * Frames each member's ring holds from before the group was whole (nothing, unless the system
   * let some slip by): what its ear is to discard.
   */
  readonly early: readonly number[]
  /** The system's word for why this group hears no more (`ENETDOWN`, `ENXIO`), or ''. */
  fault(): string
  /** Another filter for all members, while they hear. */
  filter(program: Uint32Array): void
  /** Closes the sockets. Twice is as good as once. */
  close(): void
}

/** Instead of a group's id: a new one is founded. */
const FOUND = 0

/** `ret #snaplen`: every frame, cut to that length. */
export function everything(snaplen: number): Uint32Array {
  return Uint32Array.of(0x06, 0, 0, snaplen)
}

/** Opens, joins, shares, filters; a CaptureError if the system refuses, with nothing left open. */
export function openGroup(addon: Addon, options: GroupOptions): Group {
  const { shape, sockets } = options
  const bytes = ringBytes(shape)
  if (sockets.length === 0) throw new CaptureError('sockets', options.interface)
  try {
    const id = joined(addon, options)
    // Reading resets: whatever the rings took until now came before the group was whole.
    const early = sockets.map(socket => receivedBy(addon, socket))
    const group = new OpenGroup(addon, options, { id, early, ring_bytes: bytes })
    group.filter(options.filter ?? everything(options.snaplen))
    return group
  } catch (error) {
    for (const socket of sockets) addon.close(socket)
    throw error
  }
}

function joined(addon: Addon, options: GroupOptions): number {
  const { shape, sockets, program, interface: name } = options
  const full: RingShape = { ...shape, interface: name }
  for (const socket of sockets) grant(addon.ringOpen(socket, full), name)
  let id = FOUND
  for (const socket of sockets) {
    const joined = addon.ringJoin(socket, id)
    if (typeof joined !== 'number') throw liveError(joined, name)
    id = joined
  }
  // The program is the group's, not a member's.
  grant(addon.ringShare(sockets[0]!, program), name)
  return id
}

function grant(refusal: Refusal | undefined, name: string): void {
  if (refusal !== undefined) throw liveError(refusal, name)
}

function receivedBy(addon: Addon, socket: number): number {
  const counts = new Uint32Array(3)
  addon.statistics(socket, counts)
  return counts[0]! - counts[1]!
}

class OpenGroup implements Group {
  readonly interface: string
  readonly id: number
  readonly sockets: readonly number[]
  readonly ring_bytes: number
  readonly early: readonly number[]
  private readonly addon: Addon
  private open = true

  constructor(
    addon: Addon,
    options: GroupOptions,
    made: { id: number; early: readonly number[]; ring_bytes: number },
  ) {
    this.addon = addon
    this.interface = options.interface
    this.sockets = [...options.sockets]
    this.id = made.id
    this.early = made.early
    this.ring_bytes = made.ring_bytes
  }

  fault(): string {
    if (!this.open) return ''
    for (const socket of this.sockets) {
      const error = this.addon.socketError(socket)
      if (error !== '') return error
    }
    return ''
  }

  filter(program: Uint32Array): void {
    for (const socket of this.sockets) {
      grant(this.addon.ringFilter(socket, program), this.interface)
    }
  }

  close(): void {
    if (!this.open) return
    this.open = false
    for (const socket of this.sockets) this.addon.close(socket)
  }
}
