/** Secrets as a report shows them: a word everybody knows, or which of the secrets it was. */

import { plainText } from '../bytes/text.js'
import type { Told } from '../model/heard.js'

const KNOWN = 'default: '

export class Secrets {
  /** By what was told: the bytes that stand for it. */
  private readonly texts = new Map<string, Uint8Array>()
  /** How many secrets nobody knows have been told. */
  private count = 0

  /** The bytes of `default: public`, or of `secret 1` and so on, in the order they were told. */
  written(told: Told): Uint8Array {
    const text = plainText(told.bytes, told.valueAt, told.valueLength)
    let bytes = this.texts.get(text)
    if (bytes === undefined) {
      const shown = text.startsWith(KNOWN) ? text : `secret ${++this.count}`
      bytes = new TextEncoder().encode(shown)
      this.texts.set(text, bytes)
    }
    return bytes
  }
}
