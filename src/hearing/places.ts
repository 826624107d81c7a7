/** Which protocols are heard at a numbered place (a port, an ethertype), in the order of their list. */

/** No parser; protocols are numbered from 1 in the order of their list. */
export const NOBODY = 0

export class Places {
  /** By place: who is tried first. Most places have nobody, and nearly all others have one. */
  readonly first: Uint8Array
  private readonly further = new Map<number, number[]>()

  constructor(size: number) {
    this.first = new Uint8Array(size)
  }

  add(place: number, protocol: number): void {
    if (this.first[place] === NOBODY) this.first[place] = protocol
    else if (!this.has(place, protocol)) {
      this.further.set(place, [...(this.further.get(place) ?? []), protocol])
    }
  }

  has(place: number, protocol: number): boolean {
    return this.first[place] === protocol || (this.further.get(place)?.includes(protocol) ?? false)
  }

  /** Who is tried at this place after `protocol`, or NOBODY. */
  after(place: number, protocol: number): number {
    const further = this.further.get(place)
    if (further === undefined) return NOBODY
    return further[further.indexOf(protocol) + 1] ?? NOBODY
  }
}
