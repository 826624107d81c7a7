/** What Onlooker says of a capture, frame by frame, in the words of its own counters. */

import { ipText } from '../../src/bytes/text.js'
import { openFile } from '../../src/capture/file.js'
import { Batch, type Source } from '../../src/capture/source.js'
import { Clock } from '../../src/hearing/clock.js'
import { Hearing } from '../../src/hearing/hearing.js'
import { Secrets } from '../../src/hearing/secrets.js'
import { decode } from '../../src/layers/decode.js'
import { Frame } from '../../src/layers/frame.js'
import { facts, protocols } from '../../src/protocols/index.js'

const UDP = 17

/** What one protocol was given. */
export interface Heard {
  /** Numbers of the frames it read, and of those it refused. */
  readonly frames: Set<number>
  readonly refused: Set<number>
  /** Frames with which a connection turned out to be its own, as often as there were any. */
  readonly opened: number[]
  connections: number
}

export interface Ours {
  readonly protocols: ReadonlyMap<string, Heard>
  /** Frames that a mirror delivered twice. */
  readonly repeated: ReadonlySet<number>
  /** By datagram: the two ends it went between, whichever way. */
  readonly flows: ReadonlyMap<number, string>
}

export async function readOurs(file: string): Promise<Ours> {
  const watch = new Watch()
  const source = openFile(file)
  await watch.read(source)
  return { protocols: watch.heard, repeated: watch.repeated, flows: watch.flows }
}

/** Hears one frame at a time and looks at the counters after each. */
class Watch {
  readonly heard = new Map<string, Heard>()
  readonly repeated = new Set<number>()
  readonly flows = new Map<number, string>()
  private readonly frame = new Frame()
  private readonly hearing = new Hearing({
    protocols,
    facts,
    secrets: new Secrets(new Uint8Array(32)),
    seed: 1,
  })
  private readonly packets = new Float64Array(protocols.length + 1)
  private readonly connections = new Float64Array(protocols.length + 1)
  private readonly faulty = new Set<number>()
  private twice = 0

  constructor() {
    const { tallies, telling } = this.hearing
    const fault = tallies.fault.bind(tallies)
    tallies.fault = (protocol, name) => {
      if (name !== 'short') this.faulty.add(protocol)
      fault(protocol, name)
    }
    telling.onFull = () => telling.emptied()
  }

  async read(source: Source): Promise<void> {
    const batch = new Batch()
    const clock = new Clock()
    const list = new Uint16Array(1)
    let first = 1
    while (await source.fill(batch)) {
      clock.steady(batch)
      for (let i = 0; i < batch.count; i++) {
        list[0] = i
        this.hearing.hear(batch, first, list, 1)
        this.look(first + i)
        this.follow(batch, i, first + i)
      }
      first += batch.count
      this.hearing.telling.emptied()
    }
    source.close()
    this.hearing.end({ frame: first, seconds: batch.seconds[0]!, micros: 0 })
    this.look(0)
  }

  /** Notes which flow a datagram belongs to. */
  private follow({ bytes, at, length, link }: Batch, i: number, number: number): void {
    const { frame } = this
    decode(frame, bytes, at[i]!, at[i]! + length[i]!, link[i]!)
    if (frame.protocol !== UDP || frame.network === 0) return
    const size = frame.network === 4 ? 4 : 16
    const ends = [
      `${ipText(bytes, frame.sourceIp, size)} ${String(frame.sourcePort)}`,
      `${ipText(bytes, frame.targetIp, size)} ${String(frame.targetPort)}`,
    ]
    this.flows.set(number, ends.sort().join(' '))
  }

  /** What changed with this frame; 0 stands for the end of the capture. */
  private look(frame: number): void {
    const { tallies, duplicates } = this.hearing
    for (let number = 1; number <= protocols.length; number++) {
      const connections = tallies.connections[number]! - this.connections[number]!
      if (tallies.packets[number] === this.packets[number] && connections === 0) continue
      const heard = this.of(protocols[number - 1]!.name)
      if (frame > 0) (this.faulty.has(number) ? heard.refused : heard.frames).add(frame)
      for (let i = 0; i < connections; i++) heard.opened.push(frame)
      heard.connections += connections
      this.packets[number] = tallies.packets[number]!
      this.connections[number] = tallies.connections[number]!
    }
    this.faulty.clear()
    if (duplicates.same + duplicates.routed > this.twice) this.repeated.add(frame)
    this.twice = duplicates.same + duplicates.routed
  }

  private of(name: string): Heard {
    const known = this.heard.get(name)
    if (known !== undefined) return known
    const heard = { frames: new Set<number>(), refused: new Set<number>(), opened: [] }
    const fresh = { ...heard, connections: 0 }
    this.heard.set(name, fresh)
    return fresh
  }
}
