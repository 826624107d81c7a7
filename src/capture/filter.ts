/**
 * BPF filters over any source, with the meaning they have on a live interface.
 *
 * There the kernel takes the outer VLAN tag out of the frame before the filter sees it, so `ip`
 * means IP, tagged or not. So it does here: a program whose text does not speak of VLANs is shown
 * each Ethernet frame with its outer 802.1Q or 802.1ad tag set aside; one that does is shown the
 * frame as it stands, and `vlan 10 and ip` finds the tag where it lies.
 */

import { addon } from './addon.js'
import { Program, type Sight } from './bpf.js'
import { CaptureError } from './errors.js'
import { type Batch, FRAME_BYTES_MAX, type Source } from './source.js'

const ETHERNET = 1
const TAG_AT = 12
const TAG_BYTES = 4

export class Filter {
  private readonly program: Program
  private readonly setsTagAside: boolean
  private readonly sight: Sight = {
    bytes: new Uint8Array(0),
    at: 0,
    length: 0,
    wire: 0,
    gapAt: TAG_AT,
    gap: 0,
  }

  constructor(program: Program, setsTagAside: boolean) {
    this.program = program
    this.setsTagAside = setsTagAside
  }

  matches(batch: Batch, index: number): boolean {
    const { sight } = this
    const at = batch.at[index]!
    const length = batch.length[index]!
    const gap = this.setsTagAside && tagged(batch.bytes, at, length) ? TAG_BYTES : 0
    sight.bytes = batch.bytes
    sight.at = at
    sight.length = length - gap
    sight.wire = batch.wire[index]! - gap
    sight.gap = gap
    return this.program.matches(sight)
  }
}

function tagged(bytes: Uint8Array, at: number, length: number): boolean {
  if (length < TAG_AT + TAG_BYTES) return false
  const type = (bytes[at + TAG_AT]! << 8) | bytes[at + TAG_AT + 1]!
  return type === 0x8100 || type === 0x88a8
}

/** Compiles for one link type; a CaptureError tells what is wrong with the text, or the set-up. */
export function compileFilter(text: string, link: number): Filter {
  const compiled = addon().compile(text, link, FRAME_BYTES_MAX)
  if ('error' in compiled) throw new CaptureError('filter', text, oneLine(compiled.error))
  const program = new Program(compiled.instructions, text)
  return new Filter(program, link === ETHERNET && !/\bvlan\b/i.test(text))
}

function oneLine(message: string): string {
  return message.replace(/\s+/g, ' ').trim()
}

/** The source without the frames that don't match; itself, if the text is empty. */
export function filtered(source: Source, text: string): Source {
  return text.trim() === '' ? source : new FilteredSource(source, text)
}

class FilteredSource implements Source {
  private readonly source: Source
  private readonly text: string
  /** By link type; none where the filter has no meaning. */
  private readonly filters = new Map<number, Filter | undefined>()
  private readonly left: string[] = []

  constructor(source: Source, text: string) {
    this.source = source
    this.text = text
  }

  get name(): string {
    return this.source.name
  }

  get warnings(): readonly string[] {
    return [...this.source.warnings, ...this.left]
  }

  get done(): number {
    return this.source.done
  }

  get total(): number {
    return this.source.total
  }

  close(): void {
    this.source.close()
  }

  fill(batch: Batch): boolean | Promise<boolean> {
    for (;;) {
      const more = this.source.fill(batch)
      if (typeof more !== 'boolean') {
        return more.then(came => came && (this.keep(batch) || this.fill(batch)))
      }
      if (!more) return false
      if (this.keep(batch)) return true
    }
  }

  /** Moves the frames that match together, and says whether there are any. */
  private keep(batch: Batch): boolean {
    let kept = 0
    let link = -1
    let filter: Filter | undefined
    for (let i = 0; i < batch.count; i++) {
      if (batch.link[i] !== link) {
        link = batch.link[i]!
        filter = this.filterFor(link)
      }
      if (filter?.matches(batch, i) !== true) continue
      if (kept !== i) move(batch, i, kept)
      kept++
    }
    batch.count = kept
    return kept > 0
  }

  private filterFor(link: number): Filter | undefined {
    if (this.filters.has(link)) return this.filters.get(link)
    let filter: Filter | undefined
    try {
      filter = compileFilter(this.text, link)
    } catch (error) {
      // The text was good for frames before this one: it is the link that it says nothing about.
      if (this.filters.size === 0) {
        this.close()
        throw error
      }
      this.left.push(`the filter does not fit link type ${link}: those packets are left out`)
    }
    this.filters.set(link, filter)
    return filter
  }
}

function move(batch: Batch, from: number, to: number): void {
  batch.at[to] = batch.at[from]!
  batch.length[to] = batch.length[from]!
  batch.wire[to] = batch.wire[from]!
  batch.seconds[to] = batch.seconds[from]!
  batch.micros[to] = batch.micros[from]!
  batch.link[to] = batch.link[from]!
  batch.port[to] = batch.port[from]!
}
