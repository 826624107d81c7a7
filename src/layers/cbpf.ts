/**
 * An assembler for classic BPF (McCanne and Jacobson, 1993): instructions by name and jumps by
 * label. Jumps lead forward only, and those too far for a condition's eight bits are made to fit.
 */

/** Codes of instructions: loads, stores, arithmetic by constant or by index, jumps, returns. */
export const LD_W_ABS = 0x20
export const LD_H_ABS = 0x28
export const LD_B_ABS = 0x30
export const LD_W = 0x40
export const LD_H = 0x48
export const LD_B = 0x50
export const LD_IMM = 0x00
export const LD_LEN = 0x80
export const LD_MEM = 0x60
export const LDX_IMM = 0x01
export const LDX_MEM = 0x61
export const ST = 0x02
export const STX = 0x03
export const ADD = 0x04
export const SUB = 0x14
export const MUL = 0x24
export const AND = 0x54
export const LSH = 0x64
export const RSH = 0x74
export const MOD = 0x94
export const ADD_X = 0x0c
export const SUB_X = 0x1c
export const XOR_X = 0xac
export const JA = 0x05
export const JEQ = 0x15
export const JGT = 0x25
export const JGE = 0x35
export const JSET = 0x45
/** The same, compared with the index register. */
export const JGT_X = 0x2d
export const JGE_X = 0x3d
export const RET_A = 0x16
export const TAX = 0x07
export const TXA = 0x87

/** A place to jump to; the next instruction, if none is given. */
export type Label = number
export const NEXT: Label = -1

/** A condition jumps no further than this. */
const NEAR = 255
/** The kernel takes no longer program. */
export const INSTRUCTIONS_MAX = 4096
const WORDS = 4

type Line = { code: number; k: number; yes: Label; no: Label }

export class Assembler {
  private readonly lines: Line[] = []
  /** By label: before which line it stands, or -1. */
  private readonly places: number[] = []

  label(): Label {
    return this.places.push(-1) - 1
  }

  /** The label stands for what is written next. */
  place(label: Label): void {
    this.places[label] = this.lines.length
  }

  op(code: number, k = 0): void {
    this.lines.push({ code, k, yes: NEXT, no: NEXT })
  }

  jump(label: Label): void {
    this.lines.push({ code: JA, k: 0, yes: label, no: NEXT })
  }

  /** Compares the accumulator with `k`. */
  when(code: number, k: number, to: { yes?: Label; no?: Label }): void {
    this.lines.push({ code, k, yes: to.yes ?? NEXT, no: to.no ?? NEXT })
  }

  /** Four words to an instruction: code, jump if true, if false, k. */
  program(): Uint32Array {
    const layout = new Layout(this.lines, this.places)
    while (layout.lengthen());
    return layout.words()
  }
}

/** Where each line comes to stand, and which conditions need a long jump of their own. */
class Layout {
  private readonly lines: readonly Line[]
  private readonly places: readonly number[]
  /** By line: whether a long jump follows it, for each way. */
  private readonly long: Record<'yes' | 'no', boolean>[]
  private readonly starts: number[] = []

  constructor(lines: readonly Line[], places: readonly number[]) {
    this.lines = lines
    this.places = places
    this.long = lines.map(() => ({ yes: false, no: false }))
    this.arrange()
  }

  /** Gives conditions that reach neither their label nor a long jump to it one of their own. */
  lengthen(): boolean {
    const relays = new Map<Label, number>()
    let changed = false
    for (let i = this.lines.length - 1; i >= 0; i--) {
      const line = this.lines[i]!
      const long = this.long[i]!
      const at = this.starts[i]!
      if (line.code === JA) relays.set(line.yes, at)
      if (!isCondition(line)) continue
      for (const way of ['no', 'yes'] as const) {
        const label = line[way]
        if (label === NEXT) continue
        if (!long[way] && this.reach(label, at, relays) > NEAR) long[way] = changed = true
        if (long[way]) relays.set(label, at + this.longAt(i, way))
      }
    }
    this.arrange()
    return changed
  }

  words(): Uint32Array {
    const relays = new Map<Label, number>()
    const parts: number[][] = []
    for (let i = this.lines.length - 1; i >= 0; i--) {
      const line = this.lines[i]!
      if (isCondition(line)) parts.push(this.condition(i, relays))
      else if (line.code === JA) parts.push([JA, 0, 0, this.target(line.yes) - this.starts[i]! - 1])
      else parts.push([line.code, 0, 0, line.k])
      if (line.code === JA) relays.set(line.yes, this.starts[i]!)
    }
    const words = Uint32Array.from(parts.reverse().flat())
    if (words.length > INSTRUCTIONS_MAX * WORDS) {
      throw new Error(`${words.length / WORDS} instructions are too many`)
    }
    return words
  }

  private condition(i: number, relays: Map<Label, number>): number[] {
    const line = this.lines[i]!
    const long = this.long[i]!
    const at = this.starts[i]!
    const behind = (long.yes ? 1 : 0) + (long.no ? 1 : 0)
    const steps = { yes: behind, no: behind }
    const words: number[] = [line.code, 0, 0, line.k]
    for (const way of ['yes', 'no'] as const) {
      if (line[way] === NEXT) continue
      const after = this.longAt(i, way)
      steps[way] = long[way] ? after - 1 : this.reach(line[way], at, relays)
      if (long[way]) words.push(JA, 0, 0, this.target(line[way]) - (at + after) - 1)
    }
    for (const way of ['no', 'yes'] as const) {
      if (long[way]) relays.set(line[way], at + this.longAt(i, way))
    }
    words[1] = steps.yes
    words[2] = steps.no
    return words
  }

  /** How far behind a condition its own long jump stands. */
  private longAt(i: number, way: 'yes' | 'no'): number {
    return way === 'yes' || !this.long[i]!.yes ? 1 : 2
  }

  /** How many instructions to step over to the label, or to a long jump that leads there. */
  private reach(label: Label, at: number, relays: ReadonlyMap<Label, number>): number {
    const straight = this.target(label) - at - 1
    if (straight < 0) throw new Error(`instruction ${at} jumps back`)
    const relay = relays.get(label)
    return straight > NEAR && relay !== undefined ? relay - at - 1 : straight
  }

  private target(label: Label): number {
    const start = this.starts[this.places[label]!]
    if (start === undefined) throw new Error(`label ${label} has no place`)
    return start
  }

  private arrange(): void {
    let at = 0
    this.long.forEach(({ yes, no }, i) => {
      this.starts[i] = at
      at += 1 + (yes ? 1 : 0) + (no ? 1 : 0)
    })
  }
}

/** A jump that depends on what was loaded. */
const isCondition = ({ code }: Line): boolean => (code & 7) === 5 && code !== JA
