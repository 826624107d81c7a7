/** Numbers in hexadecimal digits. */

/** At least so many digits: `00ff`. */
export const hexDigits = (n: number, digits: number): string =>
  (n >>> 0).toString(16).padStart(digits, '0')
