/** Numbers of things that must be judged again, each once. */

import { reaching } from './columns.js'

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
   * Calls back with each, in the order they were added, up to so many; the rest, and what is added
   * meanwhile, comes next time.
   */
  take(visit: (index: number) => void, most = Infinity): void {
    const count = Math.min(this.count, most)
    for (let i = 0; i < count; i++) {
      const index = this.list[i]!
      this.marks[index] = 0
      visit(index)
    }
    this.list.copyWithin(0, count, this.count)
    this.count -= count
  }
}
