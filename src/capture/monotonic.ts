/** A clock that only goes forward, and is the same in all threads: `performance.now` begins anew in each. */

const MS_PER_S = 1000
const NS_PER_MS = 1e6

/** Gives what tells the time, in milliseconds since whenever. */
export function monotonic(): () => number {
  const [seconds, nanos] = process.hrtime()
  const offset_ms = seconds * MS_PER_S + nanos / NS_PER_MS - performance.now()
  return () => offset_ms + performance.now()
}
