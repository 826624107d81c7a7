/** XML of fingerprint files, element by element: names, attributes and text; nothing is fetched or expanded. */

import { RuleError } from '../../conditions/entry.js'

export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  /** The text directly within. */
  readonly text: string
  readonly line: number
}

const DEPTH_MAX = 16
const ELEMENTS_MAX = 500_000
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}
const TAG = /^<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/
const ATTRIBUTE = /([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g

interface Open {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: Element[]
  readonly line: number
  text: string
}

/** The root. Throws a RuleError with the line of what is no XML. */
export function readXml(text: string, file: string): Element {
  return new XmlReader(text, file).root()
}

class XmlReader {
  private readonly text: string
  private readonly file: string
  private at = 0
  private line = 1
  private count = 0

  constructor(text: string, file: string) {
    this.text = text.replace(/^\uFEFF/, '')
    this.file = file
  }

  root(): Element {
    const outside: Open = { name: '', attributes: {}, children: [], line: 1, text: '' }
    const open: Open[] = [outside]
    while (this.at < this.text.length) this.step(open)
    if (open.length > 1) this.refuse(`<${open.at(-1)!.name}> is not closed`)
    const [root] = outside.children
    return root ?? this.refuse('it has no element')
  }

  private step(open: Open[]): void {
    const { text, at } = this
    const top = open.at(-1)!
    if (text[at] !== '<') {
      const end = text.indexOf('<', at)
      top.text += decoded(this.move(end < 0 ? text.length : end))
    } else if (text.startsWith('<!--', at)) this.passTo('-->')
    else if (text.startsWith('<![CDATA[', at)) top.text += this.passTo(']]>').slice(9, -3)
    else if (text.startsWith('<?', at)) this.passTo('?>')
    else if (text.startsWith('<!', at)) this.declaration()
    else this.tag(open)
  }

  private tag(open: Open[]): void {
    const match = TAG.exec(this.text.slice(this.at, this.at + 65_536))
    if (match === null) return this.refuse('a tag is broken')
    const { line } = this
    const [whole, closing, name = '', attributes = '', alone] = match
    this.move(this.at + whole.length)
    if (closing === '/') return this.close(open, name)
    if (++this.count > ELEMENTS_MAX) this.refuse('it has too many elements')
    const made: Open = { name, attributes: attributesIn(attributes), children: [], line, text: '' }
    if (alone === '/') open.at(-1)!.children.push(made)
    else if (open.push(made) > DEPTH_MAX) this.refuse('its elements are nested too deep')
  }

  private close(open: Open[], name: string): void {
    const closed = open.length > 1 ? open.pop() : undefined
    if (closed?.name !== name) this.refuse(`</${name}> closes nothing`)
    open.at(-1)!.children.push(closed!)
  }

  /** A document type may say what it is; entities of its own are a trap. */
  private declaration(): void {
    const said = this.passTo('>')
    if (/<!ENTITY|\[/.test(said)) this.refuse('it declares entities')
  }

  private passTo(end: string): string {
    const found = this.text.indexOf(end, this.at)
    if (found < 0) this.refuse(`${end} is missing`)
    return this.move(found + end.length)
  }

  private move(to: number): string {
    const passed = this.text.slice(this.at, to)
    for (let i = passed.indexOf('\n'); i >= 0; i = passed.indexOf('\n', i + 1)) this.line++
    this.at = to
    return passed
  }

  private refuse(why: string): never {
    throw new RuleError(`${this.file}:${String(this.line)}: ${why}: mend the XML, or take it out`)
  }
}

function attributesIn(text: string): Record<string, string> {
  const all: Record<string, string> = {}
  for (const [, name = '', one, other] of text.matchAll(ATTRIBUTE)) {
    all[name] = decoded(one ?? other ?? '')
  }
  return all
}

/** What no entity of XML itself is stays as it stands. */
function decoded(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(#x[\da-f]{1,6}|#\d{1,7}|\w{2,4});/gi, (all, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name] ?? all
    const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : Number(name.slice(1))
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all
  })
}
