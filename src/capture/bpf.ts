/**
 * Classic BPF, run over a frame where it lies (The BSD Packet Filter, McCanne and Jacobson, 1993).
 *
 * A program is checked once; after that running it is total: a load outside the frame is no match,
 * and every jump goes forward, so it ends.
 */

import { CaptureError } from './errors.js'

const INSTRUCTIONS_MAX = 65536
const WORDS = 4
const MEMORY = 16

/** The lowest three bits of a code. */
const LD = 0x00
const LDX = 0x01
const ST = 0x02
const STX = 0x03
const ALU = 0x04
const JMP = 0x05
const RET = 0x06

/** Sizes and modes of loads; every other mode is at a fixed place in the frame. */
const WORD = 0x00
const HALF = 0x08
const IMM = 0x00
const IND = 0x40
const MEM = 0x60
const LEN = 0x80
const HEADER_LENGTH = 0xa0

/** Whole codes. */
const JA = 0x05
const TAX = 0x07

const DIV = 0x30
const MOD = 0x90
/** The operand is the index register, not the constant. */
const X = 0x08

const CODES: ReadonlySet<number> = new Set([
  ...[0x00, 0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x60, 0x80], // ld: constant, fixed, indexed, ...
  ...[0x01, 0x61, 0x81, 0xb1], // ldx: constant, memory, length, header length
  ...[0x02, 0x03], // st, stx
  ...[0x04, 0x14, 0x24, 0x34, 0x44, 0x54, 0x64, 0x74, 0x84, 0x94, 0xa4], // alu by constant
  ...[0x0c, 0x1c, 0x2c, 0x3c, 0x4c, 0x5c, 0x6c, 0x7c, 0x9c, 0xac], // alu by index
  ...[0x05, 0x15, 0x25, 0x35, 0x45, 0x1d, 0x2d, 0x3d, 0x4d], // jumps
  ...[0x06, 0x16, 0x07, 0x87], // ret, ret a, tax, txa
])

/** Where a frame lies, and what is left out of it: `gap` bytes at offset `gapAt`. */
export type Sight = {
  bytes: Uint8Array
  at: number
  /** Without the gap. */
  length: number
  wire: number
  gapAt: number
  gap: number
}

export class Program {
  private readonly words: Int32Array
  private readonly memory = new Int32Array(MEMORY)
  private outside = false

  /** Four words to an instruction: code, jump if true, jump if false, k. */
  constructor(instructions: Uint32Array, name: string) {
    const fault = faultOf(instructions)
    if (fault !== '') throw new CaptureError('filter', name, fault)
    this.words = new Int32Array(instructions)
  }

  /** True if the program wants the frame. */
  matches(sight: Sight): boolean {
    return this.result(sight) !== 0
  }

  /** What the program returns; 0 if it loads what is not there. */
  result(sight: Sight): number {
    const { words, memory } = this
    let a = 0
    let x = 0
    memory.fill(0)
    this.outside = false
    for (let at = 0; ; at += WORDS) {
      const code = words[at]!
      const k = words[at + 3]!
      switch (code & 7) {
        case LD:
          a = this.fetch(sight, code, k, x)
          if (this.outside) return 0
          break
        case LDX:
          x = this.fetch(sight, code, k, x)
          if (this.outside) return 0
          break
        case ST:
          memory[k] = a
          break
        case STX:
          memory[k] = x
          break
        case ALU: {
          const operand = (code & X) !== 0 ? x : k
          const kind = code & 0xf0
          if ((kind === DIV || kind === MOD) && operand === 0) return 0
          a = compute(kind, a, operand)
          break
        }
        case JMP:
          if (code === JA) at += k * WORDS
          else {
            const operand = (code & X) !== 0 ? x : k
            at += words[at + (holds(code & 0xf0, a, operand) ? 1 : 2)]! * WORDS
          }
          break
        case RET:
          return ((code & 0x18) === 0x10 ? a : k) >>> 0
        default:
          if (code === TAX) x = a
          else a = x
      }
    }
  }

  /** What a load instruction loads; sets `outside` if that is not all in the frame. */
  private fetch(sight: Sight, code: number, k: number, x: number): number {
    const mode = code & 0xe0
    if (mode === IMM) return k
    if (mode === MEM) return this.memory[k]!
    if (mode === LEN) return sight.wire
    // A sum of two words wraps round, as it does in the kernel.
    const offset = (mode === IND ? k + x : k) >>> 0
    const size = code & 0x18
    const count = size === WORD ? 4 : size === HALF ? 2 : 1
    this.outside = offset + count > sight.length
    if (this.outside) return 0
    const value = load(sight, offset, count)
    return mode === HEADER_LENGTH ? (value & 0x0f) << 2 : value
  }
}

/** Big-endian, as all networks are; the gap may lie inside what is loaded. */
function load(sight: Sight, offset: number, count: number): number {
  const { bytes, at, gapAt, gap } = sight
  let value = 0
  for (let i = offset; i < offset + count; i++) {
    value = (value << 8) | bytes[at + (i >= gapAt ? i + gap : i)]!
  }
  return value
}

function compute(kind: number, a: number, operand: number): number {
  switch (kind) {
    case 0x00:
      return (a + operand) | 0
    case 0x10:
      return (a - operand) | 0
    case 0x20:
      return Math.imul(a, operand)
    case DIV:
      return ((a >>> 0) / (operand >>> 0)) | 0
    case 0x40:
      return a | operand
    case 0x50:
      return a & operand
    case 0x60:
      return operand >>> 0 > 31 ? 0 : a << operand
    case 0x70:
      return operand >>> 0 > 31 ? 0 : (a >>> operand) | 0
    case 0x80:
      return -a | 0
    case MOD:
      return ((a >>> 0) % (operand >>> 0)) | 0
    default:
      return a ^ operand
  }
}

/** Unsigned comparisons. */
function holds(kind: number, a: number, operand: number): boolean {
  switch (kind) {
    case 0x10:
      return a === operand
    case 0x20:
      return a >>> 0 > operand >>> 0
    case 0x30:
      return a >>> 0 >= operand >>> 0
    default:
      return (a & operand) !== 0
  }
}

/** '' if the program can be run: known codes, jumps inside it, a return at its end. */
function faultOf(words: Uint32Array): string {
  const count = words.length / WORDS
  if (count < 1 || !Number.isInteger(count) || count > INSTRUCTIONS_MAX) return 'no program'
  for (let i = 0; i < count; i++) {
    const [code = 0, yes = 0, no = 0, k = 0] = words.subarray(i * WORDS, i * WORDS + WORDS)
    if (!CODES.has(code)) return 'unknown instruction'
    const left = count - i - 1
    const jumps = (code & 7) === JMP ? (code === JA ? k : Math.max(yes, no)) : 0
    if ((code & 7) !== RET && jumps + 1 > left) return 'runs off its end'
    const remembers = code === 0x60 || code === 0x61 || code === ST || code === STX
    if (remembers && k >= MEMORY) return 'no such memory'
    if ((code === 0x34 || code === 0x94) && k === 0) return 'divides by zero'
  }
  return ''
}
