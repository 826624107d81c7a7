/** The packet sockets that the launcher opened: a bounded supply, since none can be opened later. */

/** `100-163`; nobody hands over more than this. */
const SOCKETS_MAX = 1024

/** What $ONLOOKER_SOCKETS says: the first and last of a row of descriptors. */
export function readRange(text: string | undefined): readonly [number, number] | undefined {
  const match = /^(\d{1,7})-(\d{1,7})$/.exec(text ?? '')
  if (match === null) return undefined
  const [first, last] = [Number(match[1]), Number(match[2])]
  return first > 2 && last >= first && last - first < SOCKETS_MAX ? [first, last] : undefined
}

export class Sockets {
  private readonly spare: number[]

  constructor(range: readonly [number, number]) {
    const [first, last] = range
    this.spare = Array.from({ length: last - first + 1 }, (_, i) => last - i)
  }

  /** How many are left. */
  get left(): number {
    return this.spare.length
  }

  /** So many, lowest first, or none at all if there are fewer. */
  take(count: number): number[] | undefined {
    if (count > this.spare.length) return undefined
    return Array.from({ length: count }, () => this.spare.pop()!)
  }

  /** One that was never bound is as good as new. */
  giveBack(socket: number): void {
    this.spare.push(socket)
  }
}
