/** Whom a BACnet message is about and whom it is for: machines, or stations behind a router. */

import { Cursor } from '../bytes/cursor.js'
import { aboutTarget } from './orders.js'
import { IP4, NAME, SENDER, type Notes, type Talk } from './protocol.js'
import { writeStation } from './sub-address.js'

const target = new Cursor()

class Subject {
  targetNetwork = 0
  targetLength = 0
  targetAt = -1

  private forwardedAt = -1
  private nameAt = -1
  private nameLength = 0
  private toGroup = false

  clear(talk: Talk): void {
    this.targetNetwork = this.targetLength = 0
    this.targetAt = this.forwardedAt = this.nameAt = -1
    this.toGroup = talk.toGroup
  }

  /** Who sent it stands in the message. */
  forwarded(at: number): void {
    this.forwardedAt = at
    this.toGroup = true
  }

  /** Who sent it stands behind a router and is called so. */
  stand(notes: Notes, at: number, length: number): void {
    this.nameAt = at
    this.nameLength = length
    this.aboutSender(notes)
  }

  aboutSender(notes: Notes): void {
    if (this.nameAt >= 0) notes.about(NAME, this.nameAt, this.nameLength)
    else if (this.forwardedAt >= 0) notes.about(IP4, this.forwardedAt)
    else notes.about(SENDER)
  }

  /** Makes who shall get it the subject; false if that is everybody. */
  aboutTarget(bytes: Uint8Array, notes: Notes, talk: Talk): boolean {
    if (this.targetLength > 0) {
      const at = notes.here
      const end = this.targetAt + this.targetLength
      this.write(notes, this.targetNetwork, target.over(bytes, this.targetAt, end))
      notes.about(NAME, at, notes.here - at)
      return true
    }
    if (this.toGroup || this.targetNetwork !== 0) return false
    aboutTarget(notes, talk)
    return true
  }

  /** `bacnet:8601:9`. */
  write(notes: Notes, network: number, station: Cursor): void {
    notes.write('bacnet:')
    notes.writeNumber(network)
    notes.write(':')
    writeStation(notes, station, station.left)
  }
}

export const subject = new Subject()
