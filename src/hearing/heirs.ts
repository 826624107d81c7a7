/**
 * Parsers that others hand over to: what follows a STARTTLS, what a frame of another protocol
 * carries. An heir reads the same bytes, or what its predecessor wrote into the scratch, and then
 * it has a stage of its own, for the scratch is written again.
 */

import type { Cursor } from '../bytes/cursor.js'
import { IN_SCRATCH, SCRATCH_BYTES, type Notes, type Talk } from '../protocols/protocol.js'
import type { News } from './news.js'

// Where things lie on a stage: the addresses first, so that notes may be about them.
export const SOURCE_MAC = 0
export const TARGET_MAC = 8
export const SOURCE_IP = 16
export const TARGET_IP = 32
export const TEXT = 48

const MAC_BYTES = 6
const IP_BYTES = 16

export class Heirs {
  private readonly stage = new Uint8Array(TEXT + SCRATCH_BYTES)

  /** Lets `cursor` begin where `notes` hand over, and returns the bytes it reads. */
  open(notes: Notes, bytes: Uint8Array, cursor: Cursor, talk: Talk, news: News): Uint8Array {
    const { heirAt, heirEnd } = notes
    if (heirAt < IN_SCRATCH) {
      cursor.over(bytes, heirAt, heirEnd)
      return bytes
    }
    const { stage } = this
    this.moveEnds(bytes, talk, news)
    stage.set(notes.scratch.subarray(heirAt - IN_SCRATCH, heirEnd - IN_SCRATCH), TEXT)
    cursor.over(stage, TEXT, TEXT + heirEnd - heirAt)
    return stage
  }

  private moveEnds(bytes: Uint8Array, talk: Talk, news: News): void {
    const senderIsMac = news.senderAt >= 0 && news.senderAt === talk.sourceMac
    const length = talk.network === 4 ? 4 : IP_BYTES
    talk.sourceMac = this.move(bytes, talk.sourceMac, MAC_BYTES, SOURCE_MAC)
    talk.targetMac = this.move(bytes, talk.targetMac, MAC_BYTES, TARGET_MAC)
    talk.sourceIp = this.move(bytes, talk.sourceIp, length, SOURCE_IP)
    talk.targetIp = this.move(bytes, talk.targetIp, length, TARGET_IP)
    if (news.senderAt >= 0) news.senderAt = senderIsMac ? talk.sourceMac : talk.sourceIp
  }

  private move(bytes: Uint8Array, at: number, length: number, to: number): number {
    if (at < 0) return at
    this.stage.set(bytes.subarray(at, at + length), to)
    return to
  }
}
