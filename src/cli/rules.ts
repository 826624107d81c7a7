/** `onlooker rules`: what the rules know, whether they hold, and how often they are right. */

import { CallError } from './errors.js'

type Verb = (args: string[]) => Promise<void>

const VERBS: Readonly<Record<string, () => Promise<Verb>>> = {
  check: async () => (await import('./rules/check.js')).check,
  explain: async () => (await import('./rules/explain.js')).explain,
  suggest: async () => (await import('./rules/suggest.js')).suggest,
  bundle: async () => (await import('./rules/bundle.js')).bundle,
  update: async () => (await import('./rules/update.js')).update,
  reload: async () => (await import('./rules/reload.js')).reload,
  test: async () => (await import('./rules/trial.js')).test,
}

export async function run(args: string[]): Promise<void> {
  const [name = '', ...rest] = args
  if (!Object.hasOwn(VERBS, name)) {
    const verbs = Object.keys(VERBS).join(', ')
    throw new CallError(`no such verb: ${name === '' ? '(none)' : name}: it is one of ${verbs}`)
  }
  await (
    await VERBS[name]!()
  )(rest)
}
