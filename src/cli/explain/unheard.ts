/** Why no parser was given a frame. */

import { LATER_FRAGMENT, type Frame } from '../../layers/frame.js'
import { UNDECODED } from '../../layers/names.js'
import { hexadecimal } from './decoded.js'
import type { ConnectionPart } from './document.js'

const TCP = 6
const UDP = 17
const ICMP6 = 58
const ETHER_TYPE_MIN = 0x600

export function unheard(
  frame: Frame,
  duplicate: boolean,
  connection: ConnectionPart | null,
): string {
  if (duplicate) return 'a duplicate: it was heard a moment before'
  if (frame.network === 0) return unheardLink(frame)
  if (frame.fragment === LATER_FRAGMENT) return 'a later fragment, which has no ports'
  if (frame.undecoded !== 0) return `not followed: ${UNDECODED[frame.undecoded]!}`
  const empty = frame.payloadEnd <= frame.payloadAt
  const ports = `${frame.sourcePort} or ${frame.targetPort}`
  switch (frame.protocol) {
    case TCP:
      return empty ? 'no payload' : unheardTcp(connection, ports)
    case UDP:
      return empty ? 'no payload' : `no parser hears UDP port ${ports}, or knows how it begins`
    case ICMP6:
      return 'no parser hears this type of ICMPv6'
    default:
      return `no parser hears IP protocol ${frame.protocol}`
  }
}

function unheardLink(frame: Frame): string {
  if (frame.undecoded !== 0) return `not followed: ${UNDECODED[frame.undecoded]!}`
  if (frame.etherType === 0) return 'no parser hears such frames'
  const kind = frame.etherType >= ETHER_TYPE_MIN ? 'ethertype' : 'LLC service point'
  return `no parser hears ${kind} ${hexadecimal(frame.etherType)}`
}

function unheardTcp(connection: ConnectionPart | null, ports: string): string {
  if (connection === null) return 'no room for its connection in the table'
  if (connection.protocol !== null) return `this connection's opening has been read`
  if (connection.opening === 'settled') return `no parser knows how this connection began`
  return `no parser hears TCP port ${ports}, or knows how it begins`
}
