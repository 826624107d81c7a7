/** Waits for what should soon be so. */

import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 20_000
const LOOK_MS = 20

export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  patience_ms = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + patience_ms
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`in vain: ${what}`)
    await sleep(LOOK_MS)
  }
}
