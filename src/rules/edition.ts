/** Versions of rules: numbers and dots; the shipped rules have the program's. */

const VERSION = /^\d{1,9}(\.\d{1,9}){0,5}$/

export const isVersion = (text: unknown): text is string =>
  typeof text === 'string' && VERSION.test(text)

/** Below 0 if the first is older, 0 if they are alike; what is left out is 0. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map(text => text.split('.').map(Number))
  for (let i = 0; i < Math.max(left!.length, right!.length); i++) {
    const difference = (left![i] ?? 0) - (right![i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
