/** Routes of the rules by which devices are known. */

import { audit } from '../auditing.js'
import { ok, type Answer, type Call, type Desk, type Route } from '../call.js'
import { Refusal } from '../errors.js'
import { count, flag, record, text } from '../schemas.js'

const MEND = 'onlooker rules check FOLDER tells what is wrong in rules of your own'

async function reload(call: Call, desk: Desk): Promise<Answer> {
  const { reloadRules } = desk.sensor
  if (reloadRules === undefined) throw new Refusal('conflict', 'its rules are those it began with')
  try {
    const read = await reloadRules()
    audit(call, desk, { what: 'rules.reload', about: read.version, after: read })
    return ok(read)
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/\s*\n\s*/g, ' ') : String(error)
    audit(call, desk, { what: 'rules.reload', about: 'rules', outcome: 'refused', after: { why } })
    throw new Refusal('conflict', `the new rules are refused, the old ones hold: ${why}`, MEND)
  }
}

export const ruleRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/api/v1/rules/reload',
    summary: 'Reads rules, bundles and registries again, as they lie there now.',
    permission: 'rules_and_feeds',
    answers: { 200: record({ version: text, rules: count, changed: flag }) },
    answer: reload,
  },
]
