/** What changed of the interfaces that are heard, from one look to the next. */

import type { Seen } from '../capture/addon.js'

export interface Change {
  readonly name: string
  /** `gone` and `back` need other sockets; the rest is only said. */
  readonly what: 'gone' | 'back' | 'down' | 'up' | 'unplugged' | 'plugged' | 'mtu'
  readonly words: string
}

type Look = Pick<Seen, 'name' | 'index' | 'up' | 'running' | 'mtu'>

export class Watch {
  private readonly names: readonly string[]
  private known: ReadonlyMap<string, Look>

  constructor(names: readonly string[], first: readonly Look[]) {
    this.names = names
    this.known = byName(first)
  }

  /** What is different from the last look. */
  look(now: readonly Look[]): Change[] {
    const found = byName(now)
    const changes = this.names.flatMap(name => compare(name, this.known.get(name), found.get(name)))
    this.known = found
    return changes
  }
}

const byName = (looks: readonly Look[]): ReadonlyMap<string, Look> =>
  new Map(looks.map(look => [look.name, look]))

function compare(name: string, before: Look | undefined, now: Look | undefined): Change[] {
  const change = (what: Change['what'], words: string): Change => ({
    name,
    what,
    words: `${name} ${words}`,
  })
  const gone = change('gone', 'went away: waiting for it to come back')
  const back = change('back', 'is back')
  if (now === undefined) return before === undefined ? [] : [gone]
  if (before === undefined) return [back]
  // Another thing of the same name: it went and came between two looks.
  if (before.index !== now.index) return [gone, back]
  const changes: Change[] = []
  if (before.up !== now.up) {
    changes.push(
      now.up
        ? change('up', 'is up again')
        : change('down', `was taken down: bring it up with: ip link set ${name} up`),
    )
  } else if (before.running !== now.running) {
    changes.push(
      now.running ? change('plugged', 'has a link again') : change('unplugged', 'lost its link'),
    )
  }
  if (before.mtu !== now.mtu) {
    changes.push(
      change('mtu', `has an MTU of ${String(now.mtu)} now, before ${String(before.mtu)}`),
    )
  }
  return changes
}
