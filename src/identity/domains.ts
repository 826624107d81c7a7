/** Names out there, and what those of one address have in common. */

/** `b.c` of `a.b.c` and `x.b.c`; the name itself of two that are alike; '' is nothing. */
export function commonDomain(one: string, other: string): string {
  const [left, right] = [plain(one), plain(other)]
  if (left === right) return left
  const labels = left.split('.')
  const others = right.split('.')
  let count = 0
  while (count < labels.length && labels.at(-1 - count) === others.at(-1 - count)) count++
  return labels.slice(labels.length - count).join('.')
}

/** As rules write it. */
export const plain = (name: string): string => name.toLowerCase().replace(/\.$/, '')
