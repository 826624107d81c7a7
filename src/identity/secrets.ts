/** Secrets as a report shows them: a word everybody knows, or which of the secrets it was. */

import { plainText } from '../bytes/text.js'
import type { Told } from '../model/heard.js'

const KNOWN = 'default: '

export class Secrets {
  /** By keyed hash: the text that stands for it, in the order they were told. */
  private readonly texts = new Map<string, Uint8Array>()
  private readonly encoder = new TextEncoder()

  /** The bytes of `default: public`, or of `secret 1` and so on. */
  written(told: Told): Uint8Array {
    const text = plainText(told.bytes, told.valueAt, told.valueLength)
    if (text.startsWith(KNOWN)) return this.encoder.encode(text)
    const known = this.texts.get(text)
    if (known) return known
    const bytes = this.encoder.encode(`secret ${this.texts.size + 1}`)
    this.texts.set(text, bytes)
    return bytes
  }
}
