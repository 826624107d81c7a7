/** Things that wait to be taken away, all at once. */

export class Pile<T> {
  private things: T[] = []

  get count(): number {
    return this.things.length
  }

  push(thing: T): void {
    this.things.push(thing)
  }

  take(): readonly T[] {
    if (this.things.length === 0) return []
    const taken = this.things
    this.things = []
    return taken
  }
}
