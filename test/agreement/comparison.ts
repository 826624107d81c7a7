/**
 * Adds up, protocol by protocol, where Onlooker and tshark differ: frames or flows that only one of
 * them read as that protocol, or, over TCP, how many connections more one of them counted.
 */

import { isAccepted, type Over, type Side } from './accepted.js'
import { nameOf, pairs, type Pair } from './names.js'
import type { Ours } from './ours.js'
import type { Seen } from './theirs.js'

export interface Difference {
  readonly file: string
  readonly only: Side
  readonly count: number
  readonly accepted: boolean
  /** Numbers of frames, or of tshark's streams for connections, as far as they are known. */
  readonly where: readonly number[]
}

/** One protocol, by packets, flows or connections. */
export interface Line {
  readonly name: string
  readonly over: Over
  ours: number
  theirs: number
  readonly differences: Difference[]
}

type Theirs = ReadonlyMap<number, Seen>

export class Comparison {
  private readonly lines = new Map<string, Line>()

  add(file: string, ours: Ours, theirs: Theirs): void {
    const opened = new Set<number>()
    for (const { stream, opens } of theirs.values()) if (opens) opened.add(stream)
    for (const pair of pairs) {
      if (pair.over.includes('packets')) this.addPackets(file, pair, ours, theirs)
      if (pair.over.includes('flows')) this.addFlows(file, pair, ours, theirs)
      if (pair.over.includes('connections'))
        this.addConnections(file, pair, ours, { theirs, opened })
    }
  }

  /** Those that anybody heard at all. */
  read(): Line[] {
    return [...this.lines.values()].sort((a, b) => a.name.localeCompare(b.name))
  }

  /** What tshark calls malformed is nobody's: how much of it is understood is a matter of taste. */
  private addPackets(file: string, pair: Pair, ours: Ours, theirs: Theirs): void {
    const isTheirs = ({ names }: Seen): boolean => pair.theirs.some(name => names.has(name))
    const heard = framesOf(pair, ours)
    const onlyOurs: number[] = []
    const onlyTheirs: number[] = []
    let both = 0
    for (const [frame, seen] of theirs) {
      if (seen.stream >= 0 || (seen.malformed && isTheirs(seen))) continue
      const isOurs = heard.has(frame)
      if (isTheirs(seen) && isOurs) both++
      else if (isOurs) onlyOurs.push(frame)
      else if (isTheirs(seen) && !ours.repeated.has(frame)) onlyTheirs.push(frame)
    }
    if (both + onlyOurs.length + onlyTheirs.length === 0) return
    const line = this.line(nameOf(pair), 'packets')
    line.ours += both + onlyOurs.length
    line.theirs += both + onlyTheirs.length
    differ(line, file, 'onlooker', onlyOurs.length, onlyOurs)
    differ(line, file, 'tshark', onlyTheirs.length, onlyTheirs)
  }

  /** By the first datagram of a flow that either heard as this protocol. */
  private addFlows(file: string, pair: Pair, { protocols, flows }: Ours, theirs: Theirs): void {
    const known = new Map<string, number>()
    const seen = new Map<string, number>()
    const doubtful = new Set<string>()
    const heard = framesOf(pair, { protocols })
    for (const [frame, { names, stream, malformed }] of theirs) {
      const flow = flows.get(frame)
      if (stream >= 0 || flow === undefined) continue
      if (heard.has(frame) && !known.has(flow)) known.set(flow, frame)
      if (!pair.theirs.some(name => names.has(name))) continue
      if (malformed) doubtful.add(flow)
      else if (!seen.has(flow)) seen.set(flow, frame)
    }
    if (known.size + seen.size === 0) return
    const line = this.line(nameOf(pair), 'flows')
    const onlyOurs = [...known].filter(([flow]) => !seen.has(flow) && !doubtful.has(flow))
    const onlyTheirs = [...seen].filter(([flow]) => !known.has(flow))
    line.ours += known.size
    line.theirs += known.size - onlyOurs.length + onlyTheirs.length
    differ(line, file, 'onlooker', onlyOurs.length, onlyOurs.map(firstOf))
    differ(line, file, 'tshark', onlyTheirs.length, onlyTheirs.map(firstOf))
  }

  /**
   * Two kinds of connections we may count or not: those that tshark saw in malformed frames alone,
   * and those whose beginning was not captured, since it is openings that we read.
   */
  private addConnections(
    file: string,
    pair: Pair,
    ours: Ours,
    { theirs, opened }: { theirs: Theirs; opened: ReadonlySet<number> },
  ): void {
    const seen = new Set<number>()
    const streams = new Set<number>()
    for (const { names, stream, malformed } of theirs.values()) {
      if (stream < 0 || !pair.theirs.some(name => names.has(name))) continue
      seen.add(stream)
      if (!malformed && opened.has(stream)) streams.add(stream)
    }
    const count = sum(pair.ours.map(name => ours.protocols.get(name)?.connections ?? 0))
    if (count === 0 && streams.size === 0) return
    const line = this.line(nameOf(pair), 'connections')
    line.ours += count
    line.theirs += Math.min(seen.size, Math.max(streams.size, count))
    const known = streamsOf(pair, ours, theirs)
    differ(line, file, 'onlooker', count - seen.size, without(known, seen))
    differ(line, file, 'tshark', streams.size - count, without(streams, known))
  }

  private line(name: string, over: Over): Line {
    const key = `${name} ${over}`
    const line = this.lines.get(key) ?? { name, over, ours: 0, theirs: 0, differences: [] }
    this.lines.set(key, line)
    return line
  }
}

function differ(
  line: Line,
  file: string,
  only: Side,
  count: number,
  where: readonly number[],
): void {
  if (count <= 0) return
  const accepted = isAccepted(line.name, line.over, only, file)
  line.differences.push({ file, only, count, accepted, where })
}

const firstOf = ([, frame]: readonly [string, number]): number => frame

function framesOf(pair: Pair, ours: Pick<Ours, 'protocols'>): Set<number> {
  const all = new Set<number>()
  for (const name of pair.ours)
    for (const frame of ours.protocols.get(name)?.frames ?? []) all.add(frame)
  return all
}

/** The streams of the frames with which connections were recognised. */
function streamsOf(pair: Pair, ours: Ours, theirs: Theirs): Set<number> {
  const frames = pair.ours.flatMap(name => ours.protocols.get(name)?.opened ?? [])
  return new Set(frames.map(frame => theirs.get(frame)?.stream ?? -1))
}

const without = (all: ReadonlySet<number>, others: ReadonlySet<number>): number[] =>
  [...all].filter(one => !others.has(one))

const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0)

/** How many differences there are, and how many of them nobody explained. */
export const apart = ({ differences }: Line): number => sum(differences.map(({ count }) => count))

export const unexplained = ({ differences }: Line): number =>
  sum(differences.filter(({ accepted }) => !accepted).map(({ count }) => count))

/** The share that is not explained, of what the one that heard more has heard. */
export const share = (line: Line): number => unexplained(line) / Math.max(line.ours, line.theirs, 1)
