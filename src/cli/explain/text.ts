/** A frame's way, told to a person. */

import type {
  ConnectionPart,
  End,
  FrameDocument,
  NotePart,
  OpeningPart,
  ReadingPart,
} from './document.js'

const TRANSPORTS: Readonly<Record<number, string>> = {
  1: 'ICMP',
  2: 'IGMP',
  6: 'TCP',
  17: 'UDP',
  47: 'GRE',
  58: 'ICMPv6',
  132: 'SCTP',
}
const LABEL_WIDTH = 11
const FACT_WIDTH = 24
const VALUE_WIDTH = 32

export function frameText(frame: FrameDocument): string {
  const blocks = [head(frame)]
  if (frame.connection) blocks.push(connectionLines(frame.connection))
  for (const reading of frame.readings) blocks.push(readingLines(reading))
  return blocks.map(lines => `${lines.join('\n')}\n`).join('\n')
}

function head(frame: FrameDocument): string[] {
  const rows: [string, string | null][] = [
    ['time', frame.time],
    ['heard as', frame.heard_as_of && `${frame.heard_as_of}, for the clock ran backwards`],
    ['link', frame.interface === 0 ? frame.link : `${frame.link}, interface ${frame.interface}`],
    ['length', lengthText(frame)],
    ['layers', frame.layers.join(' > ') || 'none'],
    ['undecoded', frame.undecoded],
    ['tunnels', frame.encapsulations === 0 ? null : String(frame.encapsulations)],
    ['vlan', [frame.vlan ?? [], frame.inner_vlan ?? []].flat().join(', inner ') || null],
    ['session', frame.session === null ? null : String(frame.session)],
    ['from', endLine(frame.source)],
    ['to', endLine(frame.target)],
    ['carries', carries(frame)],
    ['tcp', tcpText(frame)],
    ['payload', payloadText(frame)],
    ['checksum', frame.checksum],
    ['shard', String(frame.shard)],
    ['duplicate', frame.duplicate && `of the ${frame.duplicate} frame, heard a moment before`],
    [
      'heard by',
      frame.parsers.join(', ') || `nobody: ${frame.unheard ?? 'it was not given to any'}`,
    ],
  ]
  const shown = rows.filter((row): row is [string, string] => row[1] !== null)
  return [
    `frame ${frame.frame} of ${frame.file}`,
    ...shown.map(([label, text]) => labelled(label, text)),
  ]
}

function connectionLines(connection: ConnectionPart): string[] {
  const { client, server, protocol, opening, client_opening, server_opening } = connection
  const lines = [
    `connection ${client} > ${server}`,
    labelled('server', connection.sure ? 'seen' : 'guessed'),
    labelled('frame from', `the ${connection.sender}, one of ${connection.packets} so far`),
    labelled('protocol', protocol ?? 'not recognised'),
    labelled(
      'opening',
      opening === 'none' ? 'none kept' : opening === 'open' ? 'being read' : 'settled',
    ),
  ]
  if (client_opening) lines.push(labelled('  client', openingText(client_opening)))
  if (server_opening) lines.push(labelled('  server', openingText(server_opening)))
  return lines
}

function openingText({ bytes, added, runs, done }: OpeningPart): string {
  const brought = added > 0 ? `, ${added} of them by this frame` : ''
  const read = runs === 0 ? 'not read yet' : runs === 1 ? 'read once' : `read ${runs} times`
  return `${bytes} bytes in order${brought}, ${read}${done ? ', done' : ''}`
}

function readingLines(reading: ReadingPart): string[] {
  const { protocol, of, side, talk, bytes, fault, notes } = reading
  const whose = of === 'frame' ? "this frame's" : `the ${side ?? 'sender'}'s opening,`
  const over = {
    frame: '',
    'last reading': ', for the last time',
    'capture over': ', at the end of the capture',
  }
  const where = talk === null ? '' : ` (${talk})`
  const lines = [`${protocol} read ${whose} ${bytes} bytes${where}${over[reading.because]}`]
  if (fault !== null) {
    lines.push(labelled('fault', fault === 'short' ? 'short: what was whole counts' : fault))
  }
  return lines.concat(notes.length === 0 ? [labelled('notes', 'none')] : notes.map(noteLine))
}

function noteLine({ fact, value, about, news, why }: NotePart): string {
  const said = `${fact.padEnd(FACT_WIDTH)} ${value.padEnd(VALUE_WIDTH)}`
  const reason = why === null ? '' : `  (${why})`
  return labelled(news ? 'news' : 'no news', `${said} about ${about ?? '?'}${reason}`)
}

const labelled = (label: string, text: string): string => `  ${label.padEnd(LABEL_WIDTH)}${text}`

function lengthText({ captured, wire }: FrameDocument): string {
  return captured === wire ? `${wire} bytes` : `${wire} bytes, of which ${captured} were captured`
}

function endLine({ mac, ip, port }: End): string | null {
  const parts = [mac, ip, port === null ? null : `port ${port}`].filter(part => part !== null)
  return parts.length === 0 ? null : parts.join('  ')
}

function carries({ ether_type, ip_protocol, ttl, fragment }: FrameDocument): string | null {
  if (ip_protocol === null) return ether_type && `ethertype ${ether_type}`
  const name = TRANSPORTS[ip_protocol] ?? `IP protocol ${ip_protocol}`
  return `${name}, ttl ${ttl ?? 0}${fragment === null ? '' : `, ${fragment} fragment`}`
}

function tcpText({ tcp }: FrameDocument): string | null {
  if (tcp === null) return null
  return `${tcp.flags.join(' ') || 'no flags'}, sequence ${tcp.sequence}, acknowledged ${tcp.acknowledged}`
}

function payloadText({ payload }: FrameDocument): string {
  return payload.length === 0 ? 'none' : `${payload.length} bytes from byte ${payload.at} on`
}
