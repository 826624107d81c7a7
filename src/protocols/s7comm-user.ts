/** The parameters of S7's user data: which function is called, and whether that is an order. */

import type { Cursor } from '../bytes/cursor.js'

const CALL = 0x11
const PROGRAMMER = 1
const CPU = 4
const SECURITY = 5
const TIME = 7
const READ_STATUS = 1
const FORCE = 0x10
const PASSWORD = 1
const SET_CLOCK = 2
const SET_CLOCK_AGAIN = 4

/** What the last call was; an order is '' where nothing is changed. */
export const userCall = { isRequest: false, isStatus: false, order: '' }

export function readUserCall(c: Cursor): void {
  c.take(4)
  userCall.isRequest = c.u8() === CALL
  const group = c.u8() & 15
  const call = c.u8()
  userCall.isStatus = group === CPU && call === READ_STATUS
  userCall.order = orderOf(group, call)
}

function orderOf(group: number, call: number): string {
  if (group === SECURITY && call === PASSWORD) return 'log in'
  if (group === TIME && (call === SET_CLOCK || call === SET_CLOCK_AGAIN)) return 'set clock'
  return group === PROGRAMMER && call === FORCE ? 'force' : ''
}
