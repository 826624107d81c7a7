/** Which known word somebody meant who wrote an unknown one. */

/** A word longer than this is nobody's slip of a finger. */
const LENGTH_MAX = 40

/** The known word fewest slips away, if few enough; else undefined. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > LENGTH_MAX) return undefined
  let best: string | undefined
  let fewest = Infinity
  for (const candidate of known) {
    const count = slips(plain(word), plain(candidate))
    const allowed = Math.max(1, Math.floor(candidate.length / 3))
    if (count > allowed || count >= fewest) continue
    best = candidate
    fewest = count
  }
  return best
}

const plain = (word: string): string => word.toLowerCase().replace(/[-_ ]/g, '')

/** Letters left out, added, exchanged, or swapped with their neighbour. */
function slips(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, change)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    before = above
    above = row
  }
  return above[b.length]!
}
