/**
 * What a Telnet client typed, for as long as one parser call lasts: only to know the server's echo
 * of it, which must never be taken for the server's own words. It is forgotten before the call ends.
 */

import type { Cursor } from '../bytes/cursor.js'
import { Line } from './telnet-line.js'
import { BREAK, END, nextPiece } from './telnet-stream.js'

const LINES_MAX = 8
const LINE_MAX = 64

export class Typed {
  private readonly lines = new Uint8Array(LINES_MAX * LINE_MAX)
  private readonly lengths = new Uint8Array(LINES_MAX)
  private count = 0
  private readonly line = new Line()

  get isEmpty(): boolean {
    return this.count === 0
  }

  /** Reads the client's opening: its first lines, as edited. */
  read(c: Cursor): void {
    this.count = 0
    this.line.clear()
    let piece = BREAK
    while (piece !== END && this.count < LINES_MAX) {
      piece = nextPiece(c)
      if (piece >= 0 && piece < 256) this.line.add(piece)
      else if (piece === BREAK || piece === END) this.keep()
    }
  }

  /** Whether these letters of the server's line are an echo; an open line may show part of one. */
  isEchoed(line: Line, at: number, isOpen: boolean): boolean {
    const length = line.length - at
    let i = 0
    while (i < this.count) {
      const whole = this.lengths[i]!
      if (length > 0 && (length === whole || (isOpen && length < whole))) {
        if (this.isSame(i, line, at)) return true
      }
      i++
    }
    return false
  }

  forget(): void {
    this.lines.fill(0)
    this.line.letters.fill(0)
    this.line.lower.fill(0)
    this.count = 0
  }

  private keep(): void {
    const { line } = this
    const length = Math.min(line.length, LINE_MAX)
    line.clear()
    if (length === 0) return
    let i = 0
    while (i < length) {
      this.lines[this.count * LINE_MAX + i] = line.lower[i]!
      i++
    }
    this.lengths[this.count++] = length
  }

  private isSame(nth: number, line: Line, at: number): boolean {
    let i = at
    let mine = nth * LINE_MAX
    while (i < line.length && this.lines[mine] === line.lower[i]) {
      i++
      mine++
    }
    return i === line.length
  }
}
