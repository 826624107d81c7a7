/** Parsers that can be watched: what each read and noted, while somebody looks. */

import type { Cursor } from '../../bytes/cursor.js'
import { ipText, macText, plainText } from '../../bytes/text.js'
import { type Secrets } from '../../hearing/secrets.js'
import { secret, type Fact } from '../../model/fact.js'
import {
  IN_SCRATCH,
  IP4,
  MAC,
  NAME,
  SENDER,
  type Notes,
  type Protocol,
  type Talk,
} from '../../protocols/protocol.js'

/** No value counts for more than its beginning. */
const VALUE_BYTES_MAX = 512

export interface Noted {
  readonly fact: Fact
  /** As it leaves a worker: a secret is a keyed hash. */
  readonly value: string
  readonly about: string | null
}

export interface Run {
  readonly protocol: string
  readonly ofFrame: boolean
  readonly talk: string | null
  readonly side: 'client' | 'server' | null
  readonly ended: boolean
  readonly bytes: number
  readonly fault: string
  readonly noted: readonly Noted[]
  /** How many facts had been told before. */
  readonly toldBefore: number
}

export class Watch {
  /** Those given, each behind a watcher. */
  readonly protocols: readonly Protocol[]
  readonly secrets: Secrets
  runs: Run[] = []
  /** Counts the facts told so far. */
  told: () => number = () => 0

  private readonly facts: readonly Fact[]
  /** The bytes of the frame that is watched; undefined while nobody looks. */
  private frame: Uint8Array | undefined
  private routedInside = false

  constructor(protocols: readonly Protocol[], facts: readonly Fact[], secrets: Secrets) {
    this.facts = facts
    this.secrets = secrets
    this.protocols = protocols.map(protocol => ({
      ...protocol,
      parse: (c, notes, talk) => {
        const toldBefore = this.frame === undefined ? 0 : this.told()
        protocol.parse(c, notes, talk)
        if (this.frame !== undefined) this.keep(protocol.name, { c, notes, talk, toldBefore })
      },
    }))
  }

  begin(frame: Uint8Array, routedInside: boolean): void {
    this.frame = frame
    this.routedInside = routedInside
  }

  end(): void {
    this.frame = undefined
  }

  private keep(
    protocol: string,
    run: { c: Cursor; notes: Notes; talk: Talk; toldBefore: number },
  ): void {
    const { c, notes, talk, toldBefore } = run
    const ofFrame = c.bytes === this.frame
    const sender = this.sender(c.bytes, talk, ofFrame)
    this.runs.push({
      protocol,
      ofFrame,
      talk: talk.network === 0 ? null : talkText(c.bytes, talk),
      side: talk.side === 'unknown' ? null : talk.side,
      ended: !ofFrame && talk.ended,
      bytes: c.end - c.start,
      fault: c.fault,
      noted: Array.from({ length: notes.count }, (_, i) => this.noted(notes, i, c.bytes, sender)),
      toldBefore,
    })
  }

  /** Whom notes are about by default: as Hearing has it. */
  private sender(bytes: Uint8Array, talk: Talk, ofFrame: boolean): string | null {
    const length = talk.network === 4 ? 4 : 16
    const ip = talk.sourceIp
    if (
      !ofFrame ||
      (talk.network !== 0 && bytes.subarray(ip, ip + length).some(byte => byte !== 0))
    ) {
      return ipText(bytes, ip, length)
    }
    return talk.sourceMac < 0 || this.routedInside ? null : macText(bytes, talk.sourceMac)
  }

  private noted(notes: Notes, i: number, bytes: Uint8Array, sender: string | null): Noted {
    const fact = this.facts[notes.fact[i]!]!
    const [values, at] = placeOf(notes, notes.at[i]!, bytes)
    const length = Math.min(notes.length[i]!, VALUE_BYTES_MAX)
    const hidden = fact.form === secret
    return {
      fact,
      value: hidden
        ? this.secrets.written(fact, values, at, length)
        : fact.form(values, at, length),
      about: notes.aboutKind[i] === SENDER ? sender : aboutText(notes, i, bytes),
    }
  }
}

function placeOf(notes: Notes, at: number, bytes: Uint8Array): [Uint8Array, number] {
  return at >= IN_SCRATCH ? [notes.scratch, at - IN_SCRATCH] : [bytes, at]
}

function aboutText(notes: Notes, i: number, frame: Uint8Array): string {
  const [bytes, at] = placeOf(notes, notes.aboutAt[i]!, frame)
  switch (notes.aboutKind[i]) {
    case MAC:
      return macText(bytes, at)
    case NAME:
      return plainText(bytes, at, Math.min(notes.aboutLength[i]!, VALUE_BYTES_MAX))
    default:
      return ipText(bytes, at, notes.aboutKind[i] === IP4 ? 4 : 16)
  }
}

function talkText(bytes: Uint8Array, { network, sourceIp, targetIp, from, to }: Talk): string {
  const length = network === 4 ? 4 : 16
  const source = endText(ipText(bytes, sourceIp, length), from)
  return `${source} > ${endText(ipText(bytes, targetIp, length), to)}`
}

/** `10.0.0.1:80`, `[fe80::1]:80`, or the address alone where there are no ports. */
export function endText(ip: string, port: number): string {
  if (port === 0) return ip
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}
