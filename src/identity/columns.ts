/** Columns of numbers that grow: what tables keep beside their keys. */

type Column = Int32Array | Uint32Array | Float64Array | Uint8Array

const START = 1024
/** A column this short grows fourfold, so that a middling capture copies it only a few times. */
const SMALL = 65_536

/** The same column, or a longer one with the same content, so that `index` lies in it. */
export function reaching<T extends Column>(column: T, index: number): T {
  if (index < column.length) return column
  let length = Math.max(column.length, START)
  while (length <= index) length *= length < SMALL ? 4 : 2
  const longer = new (column.constructor as new (length: number) => T)(length)
  longer.set(column)
  return longer
}

/** Indices of rows by ascending number, and by `tie` where numbers are equal. */
export function byNumber(
  count: number,
  numbers: (index: number) => number,
  tie: (a: number, b: number) => number,
): Int32Array {
  // A number below 2^32 and an index below 2^21 fit one exact float, which sorts without a callback.
  const keys = new Float64Array(count)
  for (let i = 0; i < count; i++) keys[i] = numbers(i) * SHIFT + i
  keys.sort()
  const order = new Int32Array(count)
  for (let i = 0; i < count; i++) order[i] = keys[i]! % SHIFT
  settleTies(order, numbers, tie)
  return order
}

const SHIFT = 2 ** 21

function settleTies(
  order: Int32Array,
  numbers: (index: number) => number,
  tie: (a: number, b: number) => number,
): void {
  for (let from = 0; from < order.length;) {
    let to = from + 1
    while (to < order.length && numbers(order[to]!) === numbers(order[from]!)) to++
    if (to - from > 1) order.subarray(from, to).sort(tie)
    from = to
  }
}
