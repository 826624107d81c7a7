/**
 * What all layers of the fanout program are written with. The index register says where a layer
 * begins; memory holds where the packet ends and what its shard would be if nothing more is found.
 */

import * as c from './cbpf.js'
import { Assembler, type Label } from './cbpf.js'

/** Words of memory. The word a shard follows from, so far; the innermost Ethernet's own. */
export const WORD = 0
export const MAC = 1
/** Where the captured bytes of the innermost packet end. */
export const END = 2
/** Where this layer begins, while the index register is needed for something else. */
export const AT = 3
/** Where the next layer begins, and what it is. */
export const BEHIND = 4
export const KIND = 5
export const FLAGS = 6
export const SPARE = 7
const MEMORY_USED = 8

/** Places in a level that are no layers of `steps.ts`. */
export const TYPE = 64
export const TYPE_BEHIND_LLC = 65
export const TYPE_LAST = 66
export const LLC = 67
export const TRANSPORT = 68
export const UDP = 69

/** One depth of encapsulation: a packet, up to where another begins inside. */
export class Level {
  readonly depth: number
  private readonly writer: Writer
  private readonly deeper: Level | undefined
  private readonly labels = new Map<number, Label>()

  constructor(writer: Writer, depth: number, deeper: Level | undefined) {
    this.writer = writer
    this.depth = depth
    this.deeper = deeper
  }

  get deepest(): boolean {
    return this.deeper === undefined
  }

  /** How many of something are followed: most frames are not wrapped in anything. */
  many(outermost: number, inside: number): number {
    return this.depth === 0 ? outermost : inside
  }

  /** Where a layer of the same packet is read. */
  next(layer: number): Label {
    let label = this.labels.get(layer)
    if (label === undefined) {
      label = this.writer.asm.label()
      this.labels.set(layer, label)
    }
    return label
  }

  /** Where a packet inside is read; the end, where the program goes no deeper. */
  inside(layer: number): Label {
    return this.deeper === undefined ? this.writer.done : this.deeper.next(layer)
  }
}

export class Writer {
  readonly asm = new Assembler()
  /** Where the shard is computed. */
  readonly done: Label = this.asm.label()

  /** All memory begins as 0: the kernel refuses programs that may read what they never wrote. */
  clear(): void {
    this.asm.op(c.LD_IMM, 0)
    for (let i = 0; i < MEMORY_USED; i++) this.asm.op(c.ST, i)
  }

  load(slot: number): void {
    this.asm.op(c.LD_MEM, slot)
  }

  store(slot: number): void {
    this.asm.op(c.ST, slot)
  }

  byte(offset: number): void {
    this.asm.op(c.LD_B, offset)
  }

  half(offset: number): void {
    this.asm.op(c.LD_H, offset)
  }

  word(offset: number): void {
    this.asm.op(c.LD_W, offset)
  }

  /** Goes on only if that many bytes are there. */
  room(bytes: number, otherwise = this.done): void {
    this.load(END)
    this.asm.op(c.SUB_X)
    this.asm.when(c.JGE, bytes, { no: otherwise })
  }

  /** Goes on only if what was loaded is this. */
  only(value: number): void {
    this.asm.when(c.JEQ, value, { no: this.done })
  }

  atLeast(value: number): void {
    this.asm.when(c.JGE, value, { no: this.done })
  }

  equals(value: number, yes: Label): void {
    this.asm.when(c.JEQ, value, { yes })
  }

  /** Any of these bits. */
  bits(mask: number, to: { yes?: Label; no?: Label }): void {
    this.asm.when(c.JSET, mask, to)
  }

  /** The layer begins that many bytes further on. What was loaded is lost. */
  advance(bytes: number): void {
    this.asm.op(c.TXA)
    this.asm.op(c.ADD, bytes)
    this.asm.op(c.TAX)
  }

  /** The layer begins that many bytes further on as were loaded, if that is within the packet. */
  advanceLoaded(): void {
    this.asm.op(c.ADD_X)
    this.reach()
  }

  /** The layer begins at the place that was loaded, if that is within the packet. */
  reach(): void {
    this.asm.op(c.LDX_MEM, END)
    this.asm.when(c.JGT_X, 0, { yes: this.done })
    this.asm.op(c.TAX)
  }

  /** The packet ends at the place that was loaded, if it did not end before. */
  trim(): void {
    const keep = this.asm.label()
    this.asm.op(c.STX, AT)
    this.asm.op(c.LDX_MEM, END)
    this.asm.when(c.JGE_X, 0, { yes: keep })
    this.store(END)
    this.asm.place(keep)
    this.asm.op(c.LDX_MEM, AT)
  }

  /** The shard follows from what was loaded. */
  settle(): void {
    this.store(WORD)
    this.asm.jump(this.done)
  }

  /** Whether an Ethernet header with a well-known type would lie here: `looksEthernet`. */
  looksEthernet(offset: number, yes: Label, no: Label): void {
    const { asm } = this
    this.room(offset + 14, no)
    this.half(offset + 12)
    for (const type of [0x0806, 0x8100, 0x88a8, 0x8847, 0x8863, 0x8864, 0x88cc, 0x9000]) {
      this.equals(type, yes)
    }
    const four = asm.label()
    const six = asm.label()
    this.equals(0x0800, four)
    asm.when(c.JEQ, 0x86dd, { yes: six, no })
    for (const [label, version] of [[four, 4] as const, [six, 6] as const]) {
      asm.place(label)
      this.room(offset + 15, yes)
      this.byte(offset + 14)
      asm.op(c.RSH, 4)
      asm.when(c.JEQ, version, { yes, no })
    }
  }
}
