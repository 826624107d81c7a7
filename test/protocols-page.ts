/** `docs/protocols.md`: what is heard, where, and what for; made of the protocols themselves. */

import type { Protocol } from '../src/protocols/protocol.js'

const HEAD = `# Protocols

What Onlooker understands, made of the protocols' own declarations by
\`GOLDEN=write npm test -- protocols\`. A place is a port, an ethertype, an IP protocol, an LLC service
point, a SNAP number or a pattern near the start of a message; with a pattern, a protocol is known on
any port. How to add one: [CONTRIBUTING.md](../CONTRIBUTING.md).
`

export function protocolsPage(protocols: readonly Protocol[]): string {
  const rows = [...protocols].sort((a, b) => (a.name < b.name ? -1 : 1)).map(row)
  const facts = protocols.reduce((sum, one) => sum + one.facts.length, 0)
  return [
    HEAD,
    `${protocols.length} protocols, ${facts} facts.`,
    '',
    '| Protocol | Heard on | Facts | Standard | What it is good for |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function row({ name, heard, facts, standard, tells }: Protocol): string {
  const places = heard.length === 0 ? 'what others hand over' : heard.map(code).join(' ')
  const names = facts.map(fact => fact.name.slice(name.length + 1)).join(', ')
  return `| **${name}** | ${places} | ${names} | ${cell(standard)} | ${cell(tells)} |`
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

/** A backtick within code needs a longer fence. */
const code = (text: string): string =>
  text.includes('`') ? `\`\` ${cell(text)} \`\`` : `\`${cell(text)}\``
