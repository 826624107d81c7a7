/**
 * MD5 (RFC 1321). It proves nothing; but some fingerprints are written down with it, and a machine
 * that is configured to do without MD5 must be able to write them, too.
 */

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.abs(Math.sin(i + 1)) * 0x100000000)

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

/** Thirty-two hexadecimal digits. */
export function md5(bytes: Uint8Array): string {
  const blocks = padded(bytes)
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476)
  for (let block = 0; block < blocks.length; block += 16) add(state, blocks, block)
  return Buffer.from(state.buffer).toString('hex')
}

/** The bytes, a bit, zeros, and how many bits there are: words of four bytes, the lowest first. */
function padded(bytes: Uint8Array): Int32Array {
  const { length } = bytes
  const words = new Int32Array((((length + 8) >> 6) + 1) * 16)
  for (let i = 0; i < length; i++) words[i >> 2]! |= bytes[i]! << ((i & 3) * 8)
  words[length >> 2]! |= 0x80 << ((length & 3) * 8)
  words[words.length - 2] = length * 8
  return words
}

function add(state: Int32Array, words: Int32Array, block: number): void {
  let a = state[0]!
  let b = state[1]!
  let c = state[2]!
  let d = state[3]!
  for (let i = 0; i < 64; i++) {
    const round = i >> 4
    const chosen = [i, 5 * i + 1, 3 * i + 5, 7 * i][round]! & 15
    const sum = (a + mixed(round, b, c, d) + SINES[i]! + words[block + chosen]!) | 0
    a = d
    d = c
    c = b
    b = (b + rotated(sum, SHIFTS[round * 4 + (i & 3)]!)) | 0
  }
  state[0]! += a
  state[1]! += b
  state[2]! += c
  state[3]! += d
}

function mixed(round: number, b: number, c: number, d: number): number {
  if (round === 0) return (b & c) | (~b & d)
  if (round === 1) return (d & b) | (~d & c)
  return round === 2 ? b ^ c ^ d : c ^ (b | ~d)
}
