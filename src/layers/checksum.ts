/** Whether a transport's checksum holds: asked only of frames that are about to state something new. */

import type { Frame } from './frame.js'
import { WHOLE } from './frame.js'

const TCP = 6
const UDP = 17
const ICMP6 = 58

/** True if it holds or can't be judged: cut or fragmented frames, transports without a checksum. */
export function checksumHolds(frame: Frame): boolean {
  const { bytes, protocol, transportAt, payloadEnd } = frame
  if (frame.network === 0 || frame.fragment !== WHOLE) return true
  if (protocol !== TCP && protocol !== UDP && protocol !== ICMP6) return true
  if (protocol === UDP && bytes[transportAt + 6] === 0 && bytes[transportAt + 7] === 0) return true
  const length = payloadEnd - transportAt
  if (length !== claimedLength(frame)) return true
  const addresses = frame.network === 4 ? 8 : 32
  let sum = protocol + length
  sum = add(sum, bytes, frame.sourceIp, addresses)
  sum = add(sum, bytes, transportAt, length)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return sum === 0xffff
}

/** What the network header says the transport's length is; shorter captures are not judged. */
function claimedLength(frame: Frame): number {
  const { bytes, sourceIp, transportAt } = frame
  if (frame.network === 4) {
    const header = sourceIp - 12
    return ((bytes[header + 2]! << 8) | bytes[header + 3]!) - (transportAt - header)
  }
  const header = sourceIp - 8
  return 40 + ((bytes[header + 4]! << 8) | bytes[header + 5]!) - (transportAt - header)
}

function add(sum: number, bytes: Uint8Array, at: number, length: number): number {
  let i = at
  const even = at + (length & ~1)
  for (; i < even; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!
  return length & 1 ? sum + (bytes[i]! << 8) : sum
}
