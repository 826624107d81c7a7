/** Columns of numbers that grow: what tables keep beside their keys. */

import type { Presence } from './presence.js'

type Column = Int32Array | Uint32Array | Float64Array | Uint8Array | Uint16Array

// Memory costs nothing until it is written to, but a copy writes all of it again.
const START = 131_072
/** Where a table's rows of several words begin. */
export const START_OF_ROWS = 1_048_576

/** The same column, or a longer one with the same content, so that `index` lies in it. */
export function reaching<T extends Column>(column: T, index: number, start = START): T {
  if (index < column.length) return column
  let length = Math.max(column.length, start)
  while (length <= index) length *= 2
  const longer = new (column.constructor as new (length: number) => T)(length)
  if (column.length > 0) longer.set(column)
  return longer
}

/** An exact float holds an index below 2^21 and a time of 32 bits. */
const SHIFT = 2 ** 21
const TIMES = 2 ** 32
/** So few ties are settled in place. */
const FEW = 16

/** The first `count` things by when they were first heard, and by `tie` where that is the same. */
export function byTime(
  count: number,
  presence: Presence,
  tie: (a: number, b: number) => number,
): Int32Array {
  const keys = new Float64Array(count)
  let begin = Infinity
  let end = -Infinity
  for (let i = 0; i < count; i++) {
    const time = presence.first(i)
    keys[i] = time
    if (time < begin) begin = time
    if (time > end) end = time
  }
  // Numbers are sorted without a callback; times too far apart for that are told apart as ties.
  const unit = Math.max(1, Math.ceil((end - begin + 1) / TIMES))
  for (let i = 0; i < count; i++) keys[i] = Math.floor((keys[i]! - begin) / unit) * SHIFT + i
  keys.sort()
  const order = new Int32Array(count)
  for (let i = 0; i < count; i++) order[i] = keys[i]! - Math.floor(keys[i]! / SHIFT) * SHIFT
  settleTies(order, keys, (a, b) => presence.first(a) - presence.first(b) || tie(a, b))
  return order
}

function settleTies(
  order: Int32Array,
  keys: Float64Array,
  tie: (a: number, b: number) => number,
): void {
  const { length } = order
  for (let from = 0; from < length;) {
    const limit = keys[from]! - order[from]! + SHIFT
    let to = from + 1
    while (to < length && keys[to]! < limit) to++
    if (to - from > FEW) order.subarray(from, to).sort(tie)
    else for (let i = from + 1; i < to; i++) settle(order, from, i, tie)
    from = to
  }
}

/** Moves one into its place among those from `from` on that stand before it. */
function settle(
  order: Int32Array,
  from: number,
  at: number,
  tie: (a: number, b: number) => number,
): void {
  const one = order[at]!
  let to = at
  while (to > from && tie(order[to - 1]!, one) > 0) {
    order[to] = order[to - 1]!
    to--
  }
  order[to] = one
}
