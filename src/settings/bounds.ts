/**
 * What a configuration must not be before a YAML parser may look at it: the parser recurses and
 * compares, so that deep nesting or very many keys would take the whole program with them.
 */

import { CST, Lexer } from 'yaml'

export const DEPTH_MAX = 16
export const TOKENS_MAX = 50_000
/** Each level of a block needs a column more than the one around it. */
const INDENT_MAX = 200

const REFUSED = {
  control: ['control character', 'take it out'],
  deep: ['nested too deep', `settings need ${DEPTH_MAX} levels at most`],
  many: ['too many lines and words', 'name a configuration file'],
} as const

export interface Excess {
  readonly what: string
  readonly mend: string
  /** Where it begins in the text. */
  readonly at: number
}

/** The first thing that is beyond bounds, or undefined. */
export function excessOf(text: string): Excess | undefined {
  const control = text.search(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/)
  if (control >= 0) return excess('control', control)
  let at = 0
  let tokens = 0
  const depth = new Depth()
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token)
    if (type !== 'space' && ++tokens > TOKENS_MAX) return excess('many', at)
    if (depth.isBeyond(type, token)) return excess('deep', at)
    // The lexer's own marks are control characters, of which the text has none.
    if (token.length > 1 || token > '\u001f' || type === 'space' || type === 'newline') {
      at += token.length
    }
  }
  return undefined
}

function excess(name: keyof typeof REFUSED, at: number): Excess {
  const [what, mend] = REFUSED[name]
  return { what, mend, at }
}

/** How deep collections are nested, as far as tokens tell. */
class Depth {
  private flow = 0
  private onLine = 0
  private atLineStart = true

  isBeyond(type: ReturnType<typeof CST.tokenType>, token: string): boolean {
    const indented = this.atLineStart && type === 'space' && token.length > INDENT_MAX
    this.atLineStart = type === 'newline'
    switch (type) {
      case 'newline':
        this.onLine = 0
        break
      case 'flow-seq-start':
      case 'flow-map-start':
        this.flow++
        break
      case 'flow-seq-end':
      case 'flow-map-end':
        this.flow = Math.max(0, this.flow - 1)
        break
      case 'seq-item-ind':
      case 'explicit-key-ind':
      case 'map-value-ind':
        if (this.flow === 0) this.onLine++
        break
      default:
    }
    return indented || this.flow > DEPTH_MAX || this.onLine > DEPTH_MAX
  }
}
