/** How a command ends when it can't go on. */

/** The call is wrong: exit status 2. The message says what, where, and how to mend it. */
export class CallError extends Error {
  readonly status = 2
}

/** One line for a person; a stack only for whoever asks for it. */
export function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (process.env.ONLOOKER_DEBUG) return error.stack ?? error.message
  return error.message.replace(/\s*\n\s*/g, ' ')
}
