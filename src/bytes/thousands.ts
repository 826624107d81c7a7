/**
 * Numbers for people: `1,234,567`, `1,234.5`. The system's own way to write them loads its knowledge
 * of all languages first, which holds the main thread up for a tenth of a second.
 */

const PLACES = /\B(?=(\d{3})+$)/g

/** With so many digits behind the point at most. */
export function thousands(value: number, digits = 0): string {
  if (!Number.isFinite(value)) return String(value)
  const [whole = '', part = ''] = value.toFixed(digits).split('.')
  const rest = part.replace(/0+$/, '')
  return whole.replace(PLACES, ',') + (rest === '' ? '' : `.${rest}`)
}
