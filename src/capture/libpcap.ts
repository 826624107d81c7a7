/** libpcap's own capture as a source: for systems without rings, and for links they don't know. */

import type { Addon } from './addon.js'
import type { Copier } from './copying.js'
import { CaptureError, liveError } from './errors.js'

export interface LibpcapOptions {
  readonly interface: string
  readonly snaplen: number
  readonly promiscuous: boolean
  /** Leave out what this machine sends itself, where the system can tell. */
  readonly incoming_only?: boolean
  /** In libpcap's language; '' is everything. */
  readonly filter: string
}

/** A worker that has other ears too waits no longer for this one. */
const TIMEOUT_MS = 1

export function openLibpcap(addon: Addon, options: LibpcapOptions): Copier {
  const { interface: name, snaplen, promiscuous, filter, incoming_only = false } = options
  const shape = { snaplen, promiscuous, filter, incoming_only, timeout_ms: TIMEOUT_MS }
  const opened = addon.handleOpen(name, shape)
  if ('code' in opened) {
    const wrong = opened.code === 'EINVAL' && opened.error.startsWith('filter: ')
    if (wrong) throw new CaptureError('filter', filter, opened.error.slice(8))
    throw liveError(opened, name)
  }
  return {
    name,
    link: addon.handleLink(opened),
    read(chunk) {
      const used = addon.handleRead(opened, chunk)
      if (typeof used !== 'number') throw liveError(used, name)
      return used
    },
    statistics: into => void addon.handleStatistics(opened, into),
    close: () => addon.handleClose(opened),
  }
}
