/** Opens whatever a live worker is to listen by, from what can be sent to it. */

import type { Addon } from './addon.js'
import { CopyingEar } from './copying.js'
import type { Ear } from './ear.js'
import { type LibpcapOptions, openLibpcap } from './libpcap.js'
import { RecordQueue } from './record-queue.js'
import { RingEar, type RingMapping } from './ring.js'

type Numbered = { readonly port: number; readonly station?: Uint8Array | undefined }

export type EarMapping =
  | (RingMapping & { readonly source?: 'ring' })
  | (LibpcapOptions & Numbered & { readonly source: 'libpcap' })
  /** Of an npm package that hears on the main thread. */
  | (Numbered & {
      readonly source: 'queue'
      readonly interface: string
      readonly memory: SharedArrayBuffer
    })

export function openEar(addon: Addon, mapping: EarMapping): Ear {
  switch (mapping.source) {
    case 'libpcap':
      return new CopyingEar(openLibpcap(addon, mapping), mapping)
    case 'queue':
      return new CopyingEar(new RecordQueue(mapping.interface, mapping.memory), mapping)
    default:
      return new RingEar(addon, mapping)
  }
}
