/** Hears a capture up to one frame as `read` does, and watches what becomes of that one. */

import { Batch, type Source } from '../../capture/source.js'
import { sumCounts, type Counts, type Crew } from '../../hearing/crew.js'
import { Dispatch } from '../../hearing/dispatch.js'
import { Hearing } from '../../hearing/hearing.js'
import { spoken, type Spoken } from '../../hearing/hear-capture.js'
import { Secrets } from '../../hearing/secrets.js'
import { TellingReader } from '../../hearing/telling.js'
import { Secrets as Ordinals } from '../../identity/secrets.js'
import { decode } from '../../layers/decode.js'
import { Frame } from '../../layers/frame.js'
import { shardOf } from '../../layers/shard.js'
import { secret, type Fact } from '../../model/fact.js'
import { Told } from '../../model/heard.js'
import type { Protocol } from '../../protocols/protocol.js'
import { connectionPart, rowOf, standing } from './connection.js'
import { decodedPart, linkName } from './decoded.js'
import type { FrameDocument, NotePart, ReadingPart } from './document.js'
import { unheard } from './unheard.js'
import { Watch, type Noted, type Run } from './watch.js'

const TCP = 6

/** What is found out while the frame is heard; readings may come until the capture's end. */
type Found = Omit<FrameDocument, 'schema' | 'file' | 'readings'>

export interface ExplainerOptions {
  readonly protocols: readonly Protocol[]
  readonly facts: readonly Fact[]
  /** That of `read`, so that news is the same. */
  readonly seed: number
  readonly frame: number
}

export class Explainer implements Crew {
  found: Found | undefined
  private readonly wanted: number
  private readonly watch: Watch
  private readonly hearing: Hearing
  private readonly dispatch: Dispatch
  private readonly reader: TellingReader
  private readonly batch = new Batch()
  private readonly frame = new Frame()
  private readonly told = new Told()
  private readonly ordinals = new Ordinals()
  /** What was told from this frame on, and how many facts were told before it. */
  private looking = false
  private readonly news: Spoken[] = []
  private newsFrom = 0
  private doubted = false
  /** How many runs were over before the capture was. */
  private runsInTime = 0
  private isLast = true
  /** As the capture has it, before its clock was made steady. */
  private readonly time = { seconds: 0, micros: 0 }

  constructor({ protocols, facts, seed, frame }: ExplainerOptions) {
    const secrets = new Secrets(new Uint8Array(32))
    this.wanted = frame
    this.watch = new Watch(protocols, facts, secrets)
    this.hearing = new Hearing({ protocols: this.watch.protocols, facts, secrets, seed })
    this.dispatch = new Dispatch(protocols)
    this.reader = new TellingReader(
      facts,
      protocols.map(({ name }) => name),
    )
    this.hearing.telling.onFull = () => this.drain()
    this.watch.told = () => this.hearing.telling.told
    this.frame.recording = true
  }

  /** The source as far as it matters: it ends behind the frame, or with the batch that shows it was not the last. */
  upTo(source: Source): Source {
    let before = 0
    const time = (batch: Batch, filled: boolean): boolean => {
      const i = this.wanted - 1 - before
      if (filled && i >= 0 && i < batch.count) {
        this.time.seconds = batch.seconds[i]!
        this.time.micros = batch.micros[i]!
      }
      if (filled) before += batch.count
      return filled
    }
    return {
      name: source.name,
      warnings: [],
      done: 0,
      total: 0,
      close: () => source.close(),
      fill: batch => {
        if (this.found && !this.isLast) return false
        const filled = source.fill(batch)
        return filled instanceof Promise
          ? filled.then(more => time(batch, more))
          : time(batch, filled)
      },
    }
  }

  room(): Batch {
    return this.batch
  }

  hear(batch: Batch, firstFrame: number): void {
    if (this.found) {
      this.isLast = false
      return
    }
    const i = this.wanted - firstFrame
    const before = Math.min(i, batch.count)
    if (before > 0) this.hearing.hear(batch, firstFrame, undefined, before)
    this.drain()
    this.hearing.coverage.take()
    if (i >= batch.count) return
    this.explain(batch, firstFrame, i)
    this.isLast = i === batch.count - 1
  }

  /** If nothing came behind the frame, what was still open is read now, and told of it. */
  finish(): Promise<Counts> {
    this.runsInTime = this.watch.runs.length
    if (this.found && this.isLast) {
      const { seconds, micros } = this.heardAt
      this.watch.begin(new Uint8Array(0), false)
      this.hearing.end({ frame: this.wanted, seconds, micros })
      this.drain()
    }
    return Promise.resolve(sumCounts([]))
  }

  /** What every parser read because of this frame, and which notes were news. */
  readings(): ReadingPart[] {
    const { runs } = this.watch
    return runs.map((run, n) => {
      const until = runs[n + 1]?.toldBefore ?? Infinity
      const told = this.news.slice(run.toldBefore - this.newsFrom, until - this.newsFrom)
      const { protocol, talk, side, bytes } = run
      return {
        protocol,
        of: run.ofFrame ? 'frame' : 'opening',
        talk,
        side,
        because: n >= this.runsInTime ? 'capture over' : run.ended ? 'last reading' : 'frame',
        bytes,
        fault: run.fault || null,
        notes: run.noted.map(noted => this.note(noted, run, told)),
      }
    })
  }

  private heardAt = { seconds: 0, micros: 0 }

  private explain(batch: Batch, firstFrame: number, i: number): void {
    const { frame, hearing, watch } = this
    const at = batch.at[i]!
    decode(frame, batch.bytes, at, at + batch.length[i]!, batch.link[i]!)
    const shard = shardOf(frame)
    const before = standing(hearing, rowOf(hearing, frame, shard))
    const counted = this.counted()

    this.looking = true
    this.newsFrom = hearing.telling.told
    watch.begin(batch.bytes, frame.routedInside)
    hearing.hear(batch, firstFrame, Uint16Array.of(i), 1)
    watch.end()
    this.drain()

    this.heardAt = { seconds: batch.seconds[i]!, micros: batch.micros[i]! }
    const row = rowOf(hearing, frame, shard)
    const connection =
      frame.protocol === TCP && row >= 0
        ? connectionPart(hearing, this.dispatch, { row, frame, before })
        : null
    const after = this.counted()
    this.doubted = after.broken > counted.broken
    const parsers = this.dispatch.protocols.filter(
      (_, n) => after.packets[n + 1]! > counted.packets[n + 1]!,
    )
    const duplicate =
      after.same > counted.same ? 'same' : after.routed > counted.routed ? 'routed' : null
    const { heardAt, time } = this
    const steady = heardAt.seconds === time.seconds && heardAt.micros === time.micros
    this.found = {
      frame: this.wanted,
      time: timeText(time),
      heard_as_of: steady ? null : timeText(heardAt),
      interface: batch.port[i]!,
      link: linkName(batch.link[i]!),
      captured: batch.length[i]!,
      wire: batch.wire[i]!,
      ...decodedPart(frame, batch.length[i]! < batch.wire[i]!),
      shard,
      duplicate,
      parsers: parsers.map(({ name }) => name),
      unheard: parsers.length > 0 ? null : unheard(frame, duplicate !== null, connection),
      connection,
    }
  }

  private counted() {
    const { duplicates, tallies, checksums } = this.hearing
    const { same, routed } = duplicates
    return { same, routed, broken: checksums.broken, packets: tallies.packets.slice() }
  }

  private drain(): void {
    const { telling } = this.hearing
    this.reader.over(telling.words, telling.used)
    while (this.reader.next(this.told)) {
      // Secrets are numbered in the order they were told.
      if (this.told.fact.form === secret) this.ordinals.written(this.told)
      if (this.looking) this.news.push(spoken(this.told))
    }
    telling.emptied()
  }

  /** Facts are told in the order of their notes, so that the next one told is the next that fits. */
  private note(noted: Noted, run: Run, told: Spoken[]): NotePart {
    const { fact, about } = noted
    const next = told[0]
    const news = next?.fact === fact.name && next.value === noted.value && next.about === about
    if (news) told.shift()
    const value = fact.form === secret ? this.ordinal(noted.value) : noted.value
    return { fact: fact.name, value, about, news, why: news ? null : this.whyNot(noted, run) }
  }

  private whyNot({ fact, about }: Noted, run: Run): string {
    if (run.fault !== '' && run.fault !== 'short') return `dropped: ${run.fault}`
    if (about === null) return 'about nobody who is known'
    if (run.ofFrame && this.doubted) return 'not believed: the checksum is wrong'
    switch (fact.news) {
      case 'state':
        return 'as before'
      case 'set':
        return 'told lately'
      case 'event':
        return 'too many a second: only counted'
    }
  }

  private ordinal(hash: string): string {
    const { told } = this
    told.bytes = new TextEncoder().encode(hash)
    told.valueAt = 0
    told.valueLength = told.bytes.length
    return new TextDecoder().decode(this.ordinals.written(told))
  }
}

function timeText({ seconds, micros }: { seconds: number; micros: number }): string {
  return new Date((seconds >>> 0) * 1000 + Math.floor(micros / 1000)).toISOString()
}
