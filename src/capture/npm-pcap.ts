/** The npm package `pcap` as a source. */

import * as npm from './npm.js'

interface Session {
  readonly link_type: string
  on(event: 'packet', heard: (packet: { buf: Buffer; header: Buffer }) => void): void
  stats(): { ps_drop: number }
  close(): void
}

interface Pcap {
  warningHandler: () => void
  createSession(device: string, options: object): Session
}

const STATISTICS_MS = 1000

export function openNpmPcap(options: npm.NpmOptions): npm.Feed {
  const pcap = npm.load('pcap') as Pcap
  const { queue, filter } = options
  // It warns that the interface has no address; a mirror's has none.
  pcap.warningHandler = () => undefined
  const shape = { filter, buffer_size: npm.KERNEL_BYTES, buffer_timeout: 10 }
  const session = npm.worded(options, () => pcap.createSession(options.interface, shape))
  npm.keep(session)
  queue.link = npm.linkNumber(session.link_type, options.interface)
  session.on('packet', ({ buf, header }) => {
    const word = (at: number): number => header.readUInt32LE(at)
    queue.put([word(0), word(4), word(8), word(12)], buf)
  })
  const timer = setInterval(() => queue.lost(session.stats().ps_drop), STATISTICS_MS).unref()
  const close = (): void => {
    clearInterval(timer)
    // This takes effect, and lets the event loop end, with the next frame that comes.
    session.close()
  }
  return { close }
}
