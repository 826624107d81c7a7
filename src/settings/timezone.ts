/** A time zone by its name, such as Europe/Berlin, as the system knows it. */

import { Refused, type One } from './forms.js'
import { nearest } from './nearest.js'

const NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/
const MEND = 'write a name like Europe/Berlin, or UTC'

export const timezone: One<string> = {
  kind: 'one',
  read(written) {
    if (written === 'UTC') return written
    if (typeof written !== 'string' || !NAME.test(written)) return new Refused(MEND)
    if (isKnown(written)) return written
    const near = nearest(written, Intl.supportedValuesOf('timeZone'))
    return new Refused(near === undefined ? MEND : `did you mean ${near}?`)
  },
  json: { type: 'string', pattern: NAME.source },
}

function isKnown(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
