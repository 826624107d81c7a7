/** PCCC in CIP (Rockwell's DF1 manual, 1770-6.5.16): what PLC-5, SLC 500 and MicroLogix are asked. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text } from '../model/fact.js'
import type { Notes } from './protocol.js'

/** `1747-L553`: what a processor answers about itself. */
export const cpu = fact('enip.processor', text)

const EXTENDED = 0x0f
const STATUS_ANSWER = 0x46
const SET_MODE = 0x80
const RUN = 6
const WRITES: readonly number[] = [0x00, 0x02, 0x05, 0x08]
const NAME_BYTES = 11
const EXTENDED_TYPE = 0xee
const ORDERS: Readonly<Record<number, string>> = {
  0x26: 'write',
  0x3a: 'change mode',
  0x41: 'disable forces',
  0x50: 'download',
  0x53: 'upload',
  0x57: 'initialize memory',
  0x67: 'write',
  0xaa: 'write',
  0xab: 'write',
}

/** What the message at the cursor orders; '' if nothing. */
export function orderOfPccc(c: Cursor): string {
  passRequester(c)
  const command = c.u8()
  c.take(3)
  if (c.fault !== '') return ''
  if (command !== EXTENDED) return WRITES.includes(command) ? 'write' : ''
  const call = c.u8()
  if (call === SET_MODE) return c.u8() === RUN ? 'start' : 'stop'
  return ORDERS[call] ?? ''
}

/** The answer to a status request names the processor. */
export function readPcccAnswer(c: Cursor, notes: Notes): void {
  passRequester(c)
  const command = c.u8()
  const status = c.u8()
  c.take(3)
  if (command !== STATUS_ANSWER || status !== 0 || c.u8() !== EXTENDED_TYPE) return
  c.take(3)
  const at = c.take(NAME_BYTES)
  if (c.fault === '') notes.add(cpu, at, NAME_BYTES)
}

/** Its length counts itself. */
function passRequester(c: Cursor): void {
  c.take(Math.max(0, c.u8() - 1))
}
