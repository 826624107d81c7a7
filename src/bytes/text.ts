/** How bytes are written for people: addresses, hexadecimal, and text from strangers. */

const HEX: readonly string[] = Array.from({ length: 256 }, (_, i) =>
  i.toString(16).padStart(2, '0'),
)
const DECIMAL: readonly string[] = Array.from({ length: 256 }, (_, i) => String(i))

/** No value is kept longer than this many characters; the rest is cut. */
export const TEXT_MAX = 256

export function macText(bytes: Uint8Array, at: number): string {
  return `${HEX[bytes[at]!]}:${HEX[bytes[at + 1]!]}:${HEX[bytes[at + 2]!]}:${HEX[bytes[at + 3]!]}:${HEX[bytes[at + 4]!]}:${HEX[bytes[at + 5]!]}`
}

export function ip4Text(bytes: Uint8Array, at: number): string {
  return `${DECIMAL[bytes[at]!]}.${DECIMAL[bytes[at + 1]!]}.${DECIMAL[bytes[at + 2]!]}.${DECIMAL[bytes[at + 3]!]}`
}

/** RFC 5952: lower case, the longest run of zero groups as `::`, no leading zeros. */
export function ip6Text(bytes: Uint8Array, at: number): string {
  const group = (i: number): number => (bytes[at + 2 * i]! << 8) | bytes[at + 2 * i + 1]!
  let from = -1
  let longest = 1
  for (let i = 0; i < 8; i++) {
    let run = 0
    while (i + run < 8 && group(i + run) === 0) run++
    if (run > longest) {
      from = i
      longest = run
    }
  }
  let text = ''
  for (let i = 0; i < 8; i++) {
    if (i === from) {
      text += '::'
      i += longest - 1
      continue
    }
    if (text !== '' && !text.endsWith(':')) text += ':'
    text += group(i).toString(16)
  }
  return text
}

/** An address of 4 or 16 bytes. */
export function ipText(bytes: Uint8Array, at: number, length: number): string {
  if (length === 4) return ip4Text(bytes, at)
  return length === 16 ? ip6Text(bytes, at) : hexText(bytes, at, length)
}

export function hexText(bytes: Uint8Array, at: number, length: number): string {
  let text = ''
  for (let i = 0; i < length && i < TEXT_MAX / 2; i++) text += HEX[bytes[at + i]!]
  return text
}

const utf8 = new TextDecoder('utf-8', { fatal: false })
const CONTROLS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffd]+/gu

/** Text as a stranger sent it: UTF-8 where it is that, else Latin-1; no control character survives. */
export function plainText(bytes: Uint8Array, at: number, length: number): string {
  let ascii = true
  let text = ''
  const end = at + length
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!
    if (byte < 0x20 || byte > 0x7e) {
      ascii = false
      break
    }
  }
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + at, length)
  if (ascii) text = view.toString('latin1')
  else {
    text = utf8.decode(view)
    if (text.includes('\ufffd')) text = view.toString('latin1')
    text = text.replace(CONTROLS, ' ')
  }
  return text.trim().slice(0, TEXT_MAX)
}
