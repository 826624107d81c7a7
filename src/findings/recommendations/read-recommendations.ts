/** Recommendations as they are written in files, checked; what is wrong is said with its place. */

import type { Given } from '../../conditions/condition.js'
import { Entry, isFields, type Vocabulary, type Written } from '../../conditions/entry.js'
import { SEVERITIES, type Severity } from '../../model/health.js'
import type { Alternative, Gate, Instance, Recommendation } from './recommendation.js'

const KEYS = [
  ...['recommendation', 'title', 'severity', 'why', 'mend', 'ticket', 'block'],
  ...['unhealthy', 'healthy', 'frame', 'examples', 'healthy_examples', 'counterexamples'],
]
const ID = /^[a-z][a-z0-9-]{2,63}$/
const DAY = /^\d{4}-\d\d-\d\d$/
const GATE = /^(tcp|udp)\/(\d{1,5}(?:-\d{1,5})?)$/

/** Throws a RuleError: which file and line, what is wrong, and how to mend it. */
export function readRecommendations(
  all: readonly Written[],
  vocabulary: Vocabulary,
): Recommendation[] {
  const places = new Map<string, string>()
  return all.map(written => {
    const entry = new Entry(written, vocabulary)
    const made = recommendationOf(entry, written.place)
    const before = places.get(made.id)
    if (before !== undefined) entry.refuse(`${made.id} is also the name of one at ${before}`)
    places.set(made.id, written.place)
    return made
  })
}

function recommendationOf(entry: Entry, place: string): Recommendation {
  entry.allow(KEYS, 'recommendation')
  const id = entry.text('recommendation')
  if (!ID.test(id)) entry.refuse(`${id}: a name is of small letters, digits and dashes`)
  const isFrame = entry.fields['frame'] === true
  if (isFrame && 'unhealthy' in entry.fields) entry.refuse('a frame has no rules of its own')
  return {
    id,
    title: entry.text('title'),
    severity: severityOf(entry),
    why: entry.text('why'),
    mend: entry.list('mend'),
    ticket: entry.text('ticket'),
    gates: gatesOf(entry),
    unhealthy: isFrame ? [] : alternatives(entry, 'unhealthy'),
    healthy: 'healthy' in entry.fields ? alternatives(entry, 'healthy') : [],
    isFrame,
    examples: isFrame ? [] : instances(entry),
    counterexamples: isFrame ? [] : entry.counterexamples(),
    place,
  }
}

function severityOf(entry: Entry): Severity {
  const severity = entry.text('severity') as Severity
  return SEVERITIES.includes(severity)
    ? severity
    : entry.refuse(`severity is one of ${SEVERITIES.join(', ')}`)
}

function gatesOf(entry: Entry): Gate[] {
  if (!('block' in entry.fields)) return []
  return entry.list('block').map(text => {
    const [, transport, port] = GATE.exec(text) ?? []
    if (port === undefined) return entry.refuse(`block: ${text}: write tcp/23 or udp/161-162`)
    return { transport: transport as Gate['transport'], port }
  })
}

/** A list is "or". */
function alternatives(entry: Entry, key: string): Alternative[] {
  const when = entry.fields[key]
  const all = Array.isArray(when) ? (when as unknown[]) : [when]
  return all.map(one => {
    if (!isFields(one) || !('from' in one)) return { when: entry.conditions(one), from: -Infinity }
    const { from, ...when } = one
    const day = typeof from === 'string' && DAY.test(from) ? Date.parse(from) : NaN
    if (Number.isNaN(day)) return entry.refuse(`from: ${String(from)}: write a day as 2020-01-14`)
    return { when: entry.conditions(when), from: day }
  })
}

function instances(entry: Entry): Instance[] {
  const bad = givenIn(entry, 'examples').map(given => ({ given, standing: 'unhealthy' as const }))
  if (bad.length === 0) entry.refuse('an example is missing')
  const good = givenIn(entry, 'healthy_examples')
  if ('healthy' in entry.fields && good.length === 0)
    entry.refuse('healthy needs an example: write one below healthy_examples')
  return [...bad, ...good.map(given => ({ given, standing: 'healthy' as const }))]
}

function givenIn(entry: Entry, key: string): Given[] {
  const all = entry.fields[key] ?? []
  if (!Array.isArray(all) || !all.every(isFields))
    return entry.refuse(`${key} is a list of maps from facts to values`)
  return all.map(one => entry.given(one))
}
