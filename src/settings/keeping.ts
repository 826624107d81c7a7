/** Settings of what is kept, how much and how long; and of how long a network is learned. */

import { amount, choice, whole } from './forms.js'
import type { Keys } from './schema.js'

export interface StoreKept {
  /** Bytes of the database. */
  readonly disk_max: number
  readonly conversations_days: number
  /** Facts that are names somebody looked up. */
  readonly names_days: number
  /** Devices with all that is known of them, from their last activity. */
  readonly devices_days: number
  /** What a commit survives: `full` a power cut too, `normal` only the end of the program. */
  readonly durability: 'normal' | 'full'
}

export interface Learning {
  /** 0 is off: nobody is ever called new. */
  readonly days: number
}

/** Less would leave no room for the devices themselves; more, SQLite can't hold. */
const DISK_BYTES = { min: 100_000_000, max: 100_000_000_000_000 }
const DAYS = { min: 1, max: 3650 }
const LEARNING_DAYS = { min: 0, max: 365 }

export const storeKeys: Keys<StoreKept> = {
  disk_max: {
    doc: [
      'Bytes the database may have, also like 20GB. What is above it goes: the oldest conversations',
      'first, then history, then old values. The log beside it takes 64 MiB at most.',
    ],
    form: amount('bytes', DISK_BYTES, '20GB'),
    initial: 10_000_000_000,
  },
  conversations_days: {
    doc: ['Days after which conversations go that are not heard any more.'],
    form: whole(DAYS),
    initial: 30,
  },
  names_days: {
    doc: ['Days after which names go that a device has looked up.'],
    form: whole(DAYS),
    initial: 30,
  },
  devices_days: {
    doc: [
      'Days from its last activity after which a device goes, with its history and all that was said',
      'of it. Should it return, it has its old id.',
    ],
    form: whole(DAYS),
    initial: 90,
  },
  durability: {
    doc: [
      'normal outlives the end of the sensor at any moment, and loses at most some seconds in a power',
      'cut; full loses nothing there either, and waits for the disk with every commit.',
    ],
    form: choice('normal', 'full'),
    initial: 'normal',
  },
}

export const learningKeys: Keys<Learning> = {
  days: {
    doc: [
      'Days from when a VLAN is heard first until what else comes to be heard there is called new.',
      '0 is off: nothing is learned, and nobody is called new.',
    ],
    form: whole(LEARNING_DAYS),
    initial: 7,
  },
}
