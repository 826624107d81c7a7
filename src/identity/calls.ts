/**
 * Whom devices call. A conversation shows an address out there; where all that this address was
 * called is one name, or names of one domain, that was called, and where a rule knows it, it becomes
 * a statement about the caller. What nobody has a rule for is nobody's business.
 */

import { peerName } from '../model/fact.js'
import { Told, type ConversationHeard } from '../model/heard.js'
import type { Judge } from '../model/judge.js'
import type { Addresses } from './addresses.js'
import type { Answers } from './answers.js'
import type { Conversations } from './conversations.js'
import { addressSubject, type Evidence } from './evidence.js'
import { ADDRESS_CALLS_MAX, CALLS_MAX } from './limits.js'

/** What goes on is told again after this time. */
const AGAIN_MICROS = 3600e6

const encoder = new TextEncoder()

/** Who called, when, and by what name. */
interface Call {
  readonly caller: number
  readonly name: string
  first: number
}

interface Surroundings {
  readonly addresses: Addresses
  readonly answers: Answers
  readonly evidence: Evidence
  readonly judge: Judge
  readonly isDevice: (address: number) => boolean
}

/** Of a capture, at its end: states what it shows, in the order in which it began. */
export function stateCalls(heard: Conversations, around: Surroundings): void {
  if (!around.judge.reads(peerName.name)) return
  const { table } = around.addresses
  const calls = [...callsIn(heard, around)].sort(
    (a, b) => a.first - b.first || table.compare(a.caller, b.caller) || (a.name < b.name ? -1 : 1),
  )
  const counts = new Map<number, number>()
  for (const { caller, name, first } of calls) {
    const count = counts.get(caller) ?? 0
    if (count === ADDRESS_CALLS_MAX) continue
    counts.set(caller, count + 1)
    around.evidence.hear(callTold(encoder.encode(name), first), addressSubject(caller))
  }
}

function callsIn(heard: Conversations, around: Surroundings): Iterable<Call> {
  const { addresses, isDevice } = around
  const names = new Map<number, string>()
  const calls = new Map<string, Call>()
  for (let i = 0; i < heard.count; i++) {
    const [caller, server] = [heard.client(i), heard.server(i)]
    if (addresses.isInside(server) || !isDevice(caller)) continue
    let name = names.get(server)
    if (name === undefined) names.set(server, (name = knownName(server, around)))
    if (name === '') continue
    const first = heard.presence.first(i)
    const key = `${caller} ${name}`
    const known = calls.get(key)
    if (known === undefined) calls.set(key, { caller, name, first })
    else known.first = Math.min(known.first, first)
  }
  return calls.values()
}

function knownName(server: number, { answers, judge }: Surroundings): string {
  const name = answers.domainOf(server)
  return name !== '' && judge.knows(peerName.name, name) ? name : ''
}

/** Of a live sensor: each call is told once, and again now and then while it goes on. */
export class Calls {
  private readonly judge: Judge
  /** When it was told last, by caller and name; the oldest go first. */
  private readonly told = new Map<string, number>()

  constructor(judge: Judge) {
    this.judge = judge
  }

  get isWanted(): boolean {
    return this.judge.reads(peerName.name)
  }

  /** What to tell of a conversation with an address of this name; undefined where that is nothing new. */
  hear(row: ConversationHeard, name: string): Told | undefined {
    if (name === '' || !this.judge.knows(peerName.name, name)) return undefined
    const { bytes, clientIpAt, ipLength, vlan, session, last } = row
    const client = bytes.slice(clientIpAt, clientIpAt + ipLength)
    const key = `${client.join()} ${String(vlan)} ${String(session)} ${name}`
    const before = this.told.get(key)
    if (before !== undefined && Math.abs(last - before) < AGAIN_MICROS) return undefined
    this.note(key, last)
    const text = encoder.encode(name)
    const value = new Uint8Array(ipLength + text.length)
    value.set(client)
    value.set(text, ipLength)
    return aboutCaller(callTold(value, last), row)
  }

  private note(key: string, time: number): void {
    this.told.delete(key)
    if (this.told.size >= CALLS_MAX) {
      for (const oldest of this.told.keys()) {
        this.told.delete(oldest)
        break
      }
    }
    this.told.set(key, time)
  }
}

function callTold(bytes: Uint8Array, time: number): Told {
  const told = new Told()
  told.fact = peerName
  told.protocol = 'peer'
  told.bytes = bytes
  told.valueLength = bytes.length
  told.seconds = Math.floor(time / 1e6)
  told.micros = time % 1e6
  return told
}

/** Its address stands before the name. */
function aboutCaller(told: Told, { ipLength, vlan, session, frame }: ConversationHeard): Told {
  told.about = ipLength === 4 ? 'ip4' : 'ip6'
  told.aboutLength = told.valueAt = ipLength
  told.valueLength -= ipLength
  told.vlan = vlan
  told.session = session
  told.frame = frame
  return told
}
