/** Facts and rows as a data plane would tell them, made up: for tests, and to measure by. */

import { fact, ip, mac, text, type Fact, type Form } from '../../src/model/fact.js'
import { AddressHeard, ConversationHeard, StationHeard, Told } from '../../src/model/heard.js'
import type { CaptureSummary } from '../../src/model/capture.js'
import {
  ip as ipBytes,
  join,
  mac as macBytes,
  text as textBytes,
} from '../../fixtures/build/bytes.js'

/** The second at which all that is made up begins. */
export const START = 1_700_000_000

const known = new Map<string, Fact>()

/** A fact by its name; the same one each time. */
export function named(name: string, form: Form): Fact {
  let made = known.get(name)
  if (made === undefined) {
    made = fact(name, form)
    made.id = known.size
    known.set(name, made)
  }
  return made
}

const isMac = (address: string): boolean => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(address)
const isIp = (address: string): boolean =>
  /^\d+\.\d+\.\d+\.\d+$/.test(address) || (address.includes(':') && !isMac(address))
const addressBytes = (address: string): Uint8Array =>
  isMac(address) ? macBytes(address) : ipBytes(address)

interface Where {
  readonly frame: number
  readonly vlan?: number
  readonly session?: number
}

export const microsOf = (frame: number): number => START * 1e6 + frame * 1000

/** `about` is a MAC, an IP address or a name; a value that reads as an address is told as one. */
export function tell(about: string, name: string, value: string, where: Where): Told {
  const told = new Told()
  const form = isMac(value) ? mac : isIp(value) ? ip : text
  told.fact = named(name, form)
  told.protocol = name.slice(0, name.indexOf('.'))
  const subject = isMac(about) || isIp(about) ? addressBytes(about) : textBytes(about)
  const bytes = form === text ? textBytes(value) : addressBytes(value)
  return fill(told, subject, bytes, { ...where, kind: kindOf(about) })
}

const kindOf = (about: string): Told['about'] =>
  isMac(about) ? 'mac' : !isIp(about) ? 'name' : about.includes(':') ? 'ip6' : 'ip4'

export function fill(
  told: Told,
  subject: Uint8Array,
  value: Uint8Array,
  where: Where & { kind: Told['about'] },
): Told {
  told.about = where.kind
  told.bytes = join(subject, value)
  told.aboutLength = subject.length
  told.valueAt = subject.length
  told.valueLength = value.length
  told.vlan = where.vlan ?? 0
  told.session = where.session ?? 0
  told.frame = where.frame
  const micros = microsOf(where.frame)
  told.seconds = Math.floor(micros / 1e6)
  told.micros = micros % 1e6
  return told
}

interface Amount extends Where {
  readonly packets?: number
  readonly octets?: number
  /** The frame heard last. */
  readonly until?: number
}

function amount(row: StationHeard | AddressHeard, where: Amount): void {
  row.vlan = where.vlan ?? 0
  row.session = where.session ?? 0
  row.packets = where.packets ?? 1
  row.octets = where.octets ?? 100
  row.frame = where.frame
  row.first = microsOf(where.frame)
  row.last = microsOf(where.until ?? where.frame)
}

export function station(address: string, where: Amount): StationHeard {
  const row = new StationHeard()
  row.bytes = macBytes(address)
  amount(row, where)
  return row
}

/** An address heard with a hardware address, or without any (''). */
export function address(
  text: string,
  by: string,
  where: Amount & { hops?: number; hopsMin?: number; linkLocal?: boolean },
): AddressHeard {
  const row = new AddressHeard()
  const bytes = ipBytes(text)
  row.bytes = by === '' ? bytes : join(bytes, macBytes(by))
  row.ipLength = bytes.length
  row.macAt = by === '' ? -1 : bytes.length
  row.hopsMax = where.hops ?? 64
  row.hopsMin = where.hopsMin ?? row.hopsMax
  row.linkLocal = where.linkLocal ?? false
  amount(row, where)
  return row
}

interface End {
  readonly ip: string
  readonly mac?: string
}

export function conversation(
  client: End,
  server: End & { port: number },
  where: Amount & {
    transport?: number
    protocol?: string
    serves?: boolean
    octetsIn?: number
    from?: number
    micros?: number
  },
): ConversationHeard {
  const row = new ConversationHeard()
  const from = ipBytes(client.ip)
  const hasMacs = client.mac !== undefined && server.mac !== undefined
  row.bytes = hasMacs
    ? join(from, ipBytes(server.ip), macBytes(client.mac), macBytes(server.mac))
    : join(from, ipBytes(server.ip))
  row.ipLength = from.length
  row.serverIpAt = from.length
  row.clientMacAt = hasMacs ? 2 * from.length : -1
  row.serverMacAt = hasMacs ? 2 * from.length + 6 : -1
  row.transport = where.transport ?? 6
  row.port = server.port
  row.clientPort = where.from ?? 0
  row.roundTripSmallest = row.roundTripLast = where.micros ?? 0
  row.protocol = where.protocol ?? ''
  row.serves = where.serves ?? false
  row.vlan = where.vlan ?? 0
  row.session = where.session ?? 0
  row.packets = where.packets ?? 2
  row.octetsOut = where.octets ?? 100
  row.octetsIn = where.octetsIn ?? 200
  row.connections = 1
  row.frame = where.frame
  row.first = microsOf(where.frame)
  row.last = microsOf(where.until ?? where.frame)
  return row
}

export const EMPTY: CaptureSummary = {
  packets: 0,
  bytes: 0,
  first: NaN,
  last: NaN,
  truncated: 0,
  undecoded: 0,
  reasons: {},
  protocols: [],
  warnings: [],
}
