/** What the sensor listens by: rings, whose sockets the launcher opened, or a source that opens its own. */

import { platform } from 'node:process'
import type { Addon } from '../capture/addon.js'
import { Feeds } from '../sensor/feeds.js'
import { Posts } from '../sensor/posts.js'
import type { Shape } from '../sensor/shape.js'
import type { Supply } from '../sensor/sockets.js'
import type { Sources } from '../sensor/sources.js'
import type { Settings } from '../settings/load.js'

export interface Wanted {
  readonly addon: Addon
  readonly sockets: Supply
  readonly capture: Settings['capture']
  readonly names: readonly string[]
  readonly why: string
  readonly shape: Shape
}

export function sourcesFor(wanted: Wanted): Sources {
  return wanted.capture.source === 'ring' ? new Posts(wanted) : new Feeds(wanted)
}

/** Only Linux has rings: elsewhere libpcap takes their place. */
export function availableHere(settings: Settings, system = platform): Settings {
  const { capture } = settings
  if (system === 'linux' || capture.source !== 'ring') return settings
  return { ...settings, capture: { ...capture, source: 'libpcap' } }
}

/** A source that opens its own sockets needs the privilege itself; throws if it has none. */
export function demandPrivilege(addon: Addon, source: Settings['capture']['source']): void {
  const socket = addon.socket()
  if (typeof socket === 'number') return addon.close(socket)
  // Where there are no packet sockets, libpcap itself will tell.
  if (socket.code === 'ENOTSUP') return
  throw new Error(
    `may not capture (${socket.code}): ${source} opens its own sockets, so node itself needs ` +
      'CAP_NET_RAW: set capture.source to ring, or start node with it and without the launcher ' +
      '(systemd: AmbientCapabilities=CAP_NET_RAW)',
  )
}
