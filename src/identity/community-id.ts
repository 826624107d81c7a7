/**
 * Community ID v1 (github.com/corelight/community-id-spec, seed 0): by which other tools know the
 * same connection again.
 */

import { hash } from 'node:crypto'

const ICMP = 1
const ICMP6 = 58
const PORTED = new Set([6, 17, 132])
const SEED_BYTES = 2
const PORTS_BYTES = 4
const LENGTH_MAX = SEED_BYTES + 2 * 16 + 2 + PORTS_BYTES

export interface Tuple {
  readonly transport: number
  /** Both addresses, 4 or 16 bytes each, wherever they lie. */
  readonly length: number
  readonly client: Uint8Array
  readonly server: Uint8Array
  readonly clientPort: number
  readonly serverPort: number
}

const message = new Uint8Array(LENGTH_MAX)
const views = new Map<number, Uint8Array>()

/**
 * The id of a connection, or null where it is not known well enough: of ICMP, whose types stand in
 * place of ports, and of fragments that came without their ports.
 */
export function communityId(tuple: Tuple): string | null {
  const { transport, length, client, server, clientPort, serverPort } = tuple
  const hasPorts = PORTED.has(transport)
  if (transport === ICMP || transport === ICMP6) return null
  if (hasPorts && clientPort === 0 && serverPort === 0) return null
  const inOrder = isInOrder(tuple)
  put(inOrder ? client : server, length, SEED_BYTES)
  put(inOrder ? server : client, length, SEED_BYTES + length)
  let at = SEED_BYTES + 2 * length
  message[at++] = transport
  message[at++] = 0
  if (hasPorts) {
    for (const port of inOrder ? [clientPort, serverPort] : [serverPort, clientPort]) {
      message[at++] = port >>> 8
      message[at++] = port
    }
  }
  return `1:${hash('sha1', upTo(at), 'base64')}`
}

/** The smaller address comes first; of one address, the smaller port. */
function isInOrder({ length, client, server, clientPort, serverPort }: Tuple): boolean {
  for (let i = 0; i < length; i++) {
    if (client[i] !== server[i]) return client[i]! < server[i]!
  }
  return clientPort <= serverPort
}

function put(address: Uint8Array, length: number, at: number): void {
  for (let i = 0; i < length; i++) message[at + i] = address[i]!
}

/** There are few lengths, and a view of each is made once. */
function upTo(length: number): Uint8Array {
  let view = views.get(length)
  if (view === undefined) views.set(length, (view = message.subarray(0, length)))
  return view
}
