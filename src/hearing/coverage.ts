/**
 * How well each VLAN was heard, second by second: without it, "not heard" would look like "not
 * there". Workers log what they heard of a second; the book adds their logs up.
 */

const VLANS = 4096
/**
 * Words of a log's entry: VLAN, second, packets, duplicates, cut, packets of conversations heard both
 * ways, of those the ones with a tag in one direction only; and the ear.
 */
export const ENTRY_WORDS = 8
const EAR = 7

/** How a frame's conversation is heard. */
export const ONE_WAY = 0
export const BOTH_WAYS = 1
/** Both ways, but one of them without a tag. */
export const ODD_TAGS = 2

/** A VLAN's coverage over the whole capture. */
export interface Covered {
  vlan: number
  /** Seconds in which anything was heard, and those in which no conversation was heard both ways. */
  seconds: number
  one_way_seconds: number
  packets: number
  duplicates: number
  /** Frames of which only a part was captured. */
  cut: number
}

/** One worker's log. */
export class CoverageLog {
  private entries = new Int32Array(64 * ENTRY_WORDS)
  private used = 0
  /** By ear, for each VLAN the place of its entry for this second, plus one; 0 is none yet. */
  private readonly opens: Int32Array[] = [new Int32Array(VLANS)]
  private open = this.opens[0]!
  private ear = 0
  private second = -1

  /** What is heard from now on is heard by this ear. */
  by(ear: number): void {
    this.ear = ear
    this.open = this.opens[ear] ??= new Int32Array(VLANS)
  }

  hear(vlan: number, second: number, duplicate: boolean, cut: boolean, ways: number): void {
    if (second !== this.second) this.turn(second)
    let at = this.open[vlan & (VLANS - 1)]! - 1
    if (at < 0) at = this.begin(vlan & (VLANS - 1))
    const entries = this.entries
    entries[at + 2]!++
    if (duplicate) entries[at + 3]!++
    if (cut) entries[at + 4]!++
    if (ways === ONE_WAY) return
    entries[at + 5]!++
    if (ways === ODD_TAGS) entries[at + 6]!++
  }

  /** What was logged since the last call; valid until the next frame. */
  take(): Int32Array<ArrayBuffer> {
    this.turn(-1)
    const taken = this.entries.slice(0, this.used)
    this.used = 0
    return taken
  }

  /** Drops what was logged: nobody wants to know. */
  forget(): void {
    this.turn(-1)
    this.used = 0
  }

  private turn(second: number): void {
    const { entries, opens } = this
    for (let at = 0; at < this.used; at += ENTRY_WORDS) opens[entries[at + EAR]!]![entries[at]!] = 0
    this.second = second
  }

  private begin(vlan: number): number {
    if (this.used === this.entries.length) {
      const larger = new Int32Array(this.entries.length * 2)
      larger.set(this.entries)
      this.entries = larger
    }
    const at = this.used
    this.used += ENTRY_WORDS
    this.entries[at] = vlan
    this.entries[at + 1] = this.second
    this.entries.fill(0, at + 2, at + EAR)
    this.entries[at + EAR] = this.ear
    this.open[vlan] = at + 1
    return at
  }
}

/** A VLAN whose latest second may still be added to by another worker. */
interface Page extends Covered {
  second: number
  bothWays: number
}

/** Adds up all workers' logs, batch by batch. */
export class CoverageBook {
  private readonly pages = new Map<number, Page>()

  /** The logs of all workers of one batch: together they tell of a second only once. */
  add(logs: readonly Int32Array[]): void {
    const rows: number[][] = []
    for (const log of logs) {
      for (let at = 0; at < log.length; at += ENTRY_WORDS)
        rows.push([...log.subarray(at, at + ENTRY_WORDS)])
    }
    rows.sort((a, b) => a[1]! - b[1]!)
    for (const row of rows) this.row(row)
  }

  read(): Covered[] {
    for (const page of this.pages.values()) this.close(page)
    return [...this.pages.values()]
      .sort((a, b) => a.vlan - b.vlan)
      .map(({ vlan, seconds, one_way_seconds, packets, duplicates, cut }) => ({
        vlan,
        seconds,
        one_way_seconds,
        packets,
        duplicates,
        cut,
      }))
  }

  private row([
    vlan = 0,
    second = 0,
    packets = 0,
    duplicates = 0,
    cut = 0,
    bothWays = 0,
  ]: number[]): void {
    let page = this.pages.get(vlan)
    if (!page) {
      page = {
        vlan,
        seconds: 0,
        one_way_seconds: 0,
        packets: 0,
        duplicates: 0,
        cut: 0,
        second: -1,
        bothWays: 0,
      }
      this.pages.set(vlan, page)
    }
    if (second !== page.second) this.close(page)
    page.second = second
    page.bothWays += bothWays
    page.packets += packets
    page.duplicates += duplicates
    page.cut += cut
  }

  private close(page: Page): void {
    if (page.second < 0) return
    page.seconds++
    if (page.bothWays === 0) page.one_way_seconds++
    page.second = -1
    page.bothWays = 0
  }
}
