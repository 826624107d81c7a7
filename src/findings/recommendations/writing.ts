/** Recommendations in words: a ticket for many devices, and rules for firewalls and switches. */

import type { Gate, Recommendation } from './recommendation.js'

/** A device as a ticket names it. */
export interface Named {
  readonly id: string
  readonly name: string | null
  readonly kind: string
  readonly vendor: string | null
  readonly model: string | null
  readonly addresses: readonly string[]
  readonly macs: readonly string[]
  readonly location: string | null
}

/** `$topic` becomes what it is about. */
export const about = (text: string, topic: string): string => text.replaceAll('$topic', topic)

/** One ticket, however many devices of whatever kinds. */
export function ticketText(one: Recommendation, topic: string, devices: readonly Named[]): string {
  const kinds = [...new Set(devices.map(({ kind }) => kind))].sort().join(', ')
  return [
    about(one.title, topic),
    '',
    about(one.ticket, topic),
    '',
    `Why: ${about(one.why, topic)}`,
    '',
    'What to do:',
    ...one.mend.map((step, i) => `${String(i + 1)}. ${about(step, topic)}`),
    '',
    `Devices (${String(devices.length)}${kinds === '' ? '' : `: ${kinds}`}):`,
    ...devices.map(line),
    '',
  ].join('\n')
}

function line({ name, kind, vendor, model, addresses, macs, location, id }: Named): string {
  const what = [vendor, model].filter(Boolean).join(' ')
  const where = [...addresses, ...macs].join(' ')
  const parts = [name ?? id, kind, what, where, location ?? ''].filter(part => part !== '')
  return `- ${parts.map(plain).join(' · ')}`
}

/** A device chose these words: no line of its own, no control characters. */
const plain = (text: string): string => text.replace(/\p{C}+/gu, ' ')

export interface Walls {
  readonly nftables: string
  readonly cisco_ios: string
  readonly aruba_cx: string
  readonly junos: string
}

/** What stops these gates to these addresses, or all traffic with an address; null where nothing would. */
export function wallsFor(
  { id, gates, isFrame }: Recommendation,
  topic: string,
  addresses: readonly string[],
): Walls | null {
  if (isFrame) return isAddress(topic) ? stopping(id, topic) : null
  return gates.length === 0 || addresses.length === 0 ? null : closing(id, gates, addresses)
}

const isAddress = (text: string): boolean => /^[\da-f.:]{2,45}$/i.test(text) && /[.:]/.test(text)
const isV6 = (address: string): boolean => address.includes(':')
const listName = (id: string): string => `onlooker-${id}`

/** Whoever administers these devices is let through first: that, only people can fill in. */
function closing(id: string, gates: readonly Gate[], addresses: readonly string[]): Walls {
  const name = listName(id)
  const pairs = gates.flatMap(gate => addresses.map(address => ({ gate, address })))
  const v4 = pairs.filter(({ address }) => !isV6(address))
  return {
    nftables: [
      '# add before this: ip saddr <administration hosts> accept',
      ...nftSets(gates, addresses),
    ].join('\n'),
    cisco_ios: [
      `ip access-list extended ${name}`,
      ' remark permit administration hosts here first',
      ...v4.map(({ gate, address }) => ` deny ${gate.transport} any host ${address} ${ios(gate)}`),
      ' permit ip any any',
    ].join('\n'),
    aruba_cx: [
      `access-list ip ${name}`,
      ...v4.map(
        ({ gate, address }, i) =>
          `    ${String((i + 1) * 10)} deny ${gate.transport} any ${address} ${ios(gate)}`,
      ),
      `    ${String((v4.length + 1) * 10)} permit any any any`,
    ].join('\n'),
    junos: junosTerms(name, gates, addresses),
  }
}

function nftSets(gates: readonly Gate[], addresses: readonly string[]): string[] {
  return [false, true].flatMap(v6 => {
    const own = addresses.filter(address => isV6(address) === v6)
    if (own.length === 0) return []
    const to = `${v6 ? 'ip6' : 'ip'} daddr { ${own.join(', ')} }`
    return gates.map(
      ({ transport, port }) =>
        `nft add rule inet filter forward ${to} ${transport} dport ${port} counter drop`,
    )
  })
}

const ios = ({ port }: Gate): string =>
  port.includes('-') ? `range ${port.replace('-', ' ')}` : `eq ${port}`

function junosTerms(name: string, gates: readonly Gate[], addresses: readonly string[]): string {
  const own = addresses.filter(address => !isV6(address))
  const base = `set firewall family inet filter ${name} term`
  const terms = gates.flatMap(({ transport, port }, i) => {
    const term = `${base} stop-${String(i + 1)}`
    return [
      ...own.map(address => `${term} from destination-address ${address}/32`),
      `${term} from protocol ${transport}`,
      `${term} from destination-port ${port}`,
      `${term} then discard`,
    ]
  })
  return [...terms, `${base} rest then accept`].join('\n')
}

/** Both directions of an address. */
function stopping(id: string, address: string): Walls {
  const name = listName(id)
  const [v6, bits] = isV6(address) ? ['ip6', '128'] : ['ip', '32']
  const family = v6 === 'ip6' ? 'inet6' : 'inet'
  const list = v6 === 'ip6' ? `ipv6 access-list ${name}` : `ip access-list extended ${name}`
  const all = v6 === 'ip6' ? 'ipv6' : 'ip'
  const junos = `set firewall family ${family} filter ${name} term`
  return {
    nftables: ['daddr', 'saddr']
      .map(end => `nft add rule inet filter forward ${v6} ${end} ${address} counter drop`)
      .join('\n'),
    cisco_ios: [
      list,
      ` deny ${all} any host ${address}`,
      ` deny ${all} host ${address} any`,
      ` permit ${all} any any`,
    ].join('\n'),
    aruba_cx: [
      `access-list ${v6 === 'ip6' ? 'ipv6' : 'ip'} ${name}`,
      `    10 deny any any ${address}`,
      `    20 deny any ${address} any`,
      '    30 permit any any any',
    ].join('\n'),
    junos: [
      `${junos} to from destination-address ${address}/${bits}`,
      `${junos} to then discard`,
      `${junos} from from source-address ${address}/${bits}`,
      `${junos} from then discard`,
      `${junos} rest then accept`,
    ].join('\n'),
  }
}
