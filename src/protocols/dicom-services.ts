/** What DICOM's service classes (PS3.4, PS3.6) are called: the images a machine makes tell its kind. */

import type { Cursor } from '../bytes/cursor.js'

const ROOT = '1.2.840.10008.'
const STORAGE = '5.1.4.1.1.'
const DOT = 0x2e
const ZERO = 0x30

/** By what stands behind the root. */
const OTHERS: readonly (readonly [uid: string, word: string])[] = [
  ['1.1', 'verification'],
  ['1.20.1', 'storage commitment'],
  ['3.1.2.3.3', 'performed procedure step'],
  ['5.1.1.9', 'grayscale print'],
  ['5.1.1.18', 'colour print'],
  ['5.1.4.31', 'modality worklist'],
  ['5.1.4.1.2.1.1', 'patient query'],
  ['5.1.4.1.2.1.2', 'patient move'],
  ['5.1.4.1.2.1.3', 'patient get'],
  ['5.1.4.1.2.2.1', 'study query'],
  ['5.1.4.1.2.2.2', 'study move'],
  ['5.1.4.1.2.2.3', 'study get'],
  ['5.1.4.34.6.1', 'procedure step push'],
]
/** By the two numbers behind `5.1.4.1.1.`: the first times a hundred, and the second. */
const STORED: Readonly<Record<number, string>> = {
  100: 'computed radiography storage',
  101: 'digital radiography storage',
  102: 'mammography storage',
  103: 'dental radiography storage',
  200: 'ct storage',
  201: 'ct storage',
  202: 'ct storage',
  301: 'ultrasound storage',
  400: 'mr storage',
  401: 'mr storage',
  402: 'mr spectroscopy storage',
  403: 'mr storage',
  404: 'mr storage',
  601: 'ultrasound storage',
  602: 'ultrasound storage',
  700: 'secondary capture storage',
  701: 'secondary capture storage',
  702: 'secondary capture storage',
  703: 'secondary capture storage',
  704: 'secondary capture storage',
  901: 'waveform storage',
  1101: 'presentation state storage',
  1201: 'angiography storage',
  1202: 'fluoroscopy storage',
  1301: 'x-ray 3d storage',
  2000: 'nuclear medicine storage',
  6600: 'raw storage',
  7701: 'visible light storage',
  8811: 'structured report storage',
  8822: 'structured report storage',
  8833: 'structured report storage',
  8867: 'dose report storage',
  10401: 'encapsulated pdf storage',
  12800: 'pet storage',
  12801: 'pet storage',
  13000: 'pet storage',
  48101: 'radiotherapy image storage',
  48102: 'radiotherapy dose storage',
  48103: 'radiotherapy structure storage',
  48104: 'radiotherapy beams storage',
  48105: 'radiotherapy plan storage',
  48108: 'radiotherapy plan storage',
}

/** The word for the UID of so many bytes at the cursor, or ''; steps over it. */
export function serviceWord(c: Cursor, length: number): string {
  const outer = c.narrow(length)
  let word = ''
  if (c.starts(ROOT)) {
    c.take(ROOT.length)
    word = c.starts(STORAGE) ? stored(c) : other(c)
  }
  c.widen(outer)
  return word
}

function stored(c: Cursor): string {
  c.take(STORAGE.length)
  const first = readNumber(c)
  const second = c.peek() === DOT && c.left > 1 ? readNumber(c, 1) : 0
  return STORED[first * 100 + second] ?? ''
}

function readNumber(c: Cursor, pass = 0): number {
  c.take(pass)
  let value = 0
  let digits = 0
  while (c.peek() >= ZERO && c.peek() <= ZERO + 9 && digits++ < 4) {
    value = value * 10 + c.u8() - ZERO
  }
  return value
}

function other(c: Cursor): string {
  // Some pad their UIDs to an even length with a zero.
  const length = c.peek(c.left - 1) === 0 ? c.left - 1 : c.left
  let i = 0
  while (i < OTHERS.length) {
    const [uid, word] = OTHERS[i++]!
    if (uid.length === length && c.starts(uid)) return word
  }
  return ''
}
