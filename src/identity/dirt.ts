/** Numbers of things that must be judged again, each once. */

import { reaching } from './columns.js'

/** Asking costs a little itself. */
const LOOK_EVERY = 16

export class Dirt {
  count = 0
  private list = new Int32Array(0)
  private marks = new Uint8Array(0)

  add(index: number): void {
    this.marks = reaching(this.marks, index)
    if (this.marks[index] === 1) return
    this.marks[index] = 1
    this.list = reaching(this.list, this.count)
    this.list[this.count++] = index
  }

  /**
   * Calls back with each, in the order they were added, until it is enough; the rest, and what is
   * added meanwhile, comes next time.
   */
  take(visit: (index: number) => void, enough = (): boolean => false): void {
    const { count } = this
    let done = 0
    while (done < count) {
      const index = this.list[done++]!
      this.marks[index] = 0
      visit(index)
      if (done % LOOK_EVERY === 0 && enough()) break
    }
    this.list.copyWithin(0, done, this.count)
    this.count -= done
  }
}
