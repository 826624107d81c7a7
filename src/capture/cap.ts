/** The npm package `cap` as a source: it tells neither times nor what was cut, and always listens to all. */

import * as npm from './npm.js'

interface Cap {
  open(device: string, filter: string, bytes: number, frame: Buffer): string
  on(event: 'packet', heard: (captured: number) => void): void
  close(): void
}

export function openCap(options: npm.NpmOptions): npm.Feed {
  const { Cap } = npm.load('cap') as { Cap: new () => Cap }
  const { queue } = options
  const cap = npm.keep(new Cap())
  const frame = Buffer.alloc(npm.FRAME_BYTES)
  const { interface: name, filter } = options
  const link = npm.worded(options, () => cap.open(name, filter, npm.KERNEL_BYTES, frame))
  queue.link = npm.linkNumber(link, name)
  cap.on('packet', captured => {
    const now_us = Math.floor((performance.timeOrigin + performance.now()) * 1000)
    queue.put([Math.floor(now_us / 1e6), now_us % 1e6, captured, captured], frame)
  })
  return { close: () => cap.close() }
}
