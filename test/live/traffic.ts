/** What is sent at the sensor to see how much it bears: small packets, a mix, or a capture. */

import { zeros } from '../../fixtures/build/bytes.js'
import {
  arpFrame,
  FLAG,
  tcpSegment,
  tcpTalk,
  type End,
  type Frame,
} from '../../fixtures/build/frames.js'
import { office } from '../../fixtures/network/office.js'
import { openFile } from '../../src/capture/file.js'
import { Batch } from '../../src/capture/source.js'

/** What fits an Ethernet frame. */
const FRAME_MAX = 1514
const FLOWS = 20_000
const DEVICES = 2000
const TALKS = 1500
const OFFICE_FRAMES = 6000
const CAPTURE_BYTES_MAX = 320 << 20

const pair = (byte: number): string => (byte & 255).toString(16).padStart(2, '0')

const end = (net: number, i: number, port: number): End => ({
  mac: `02:00:00:${pair(net)}:${pair(i >> 8)}:${pair(i)}`,
  ip: `10.${String(net)}.${String((i >> 8) & 255)}.${String(i & 255)}`,
  port,
})

/** Packets of 64 bytes on the wire, one for each of many flows. */
export function small(): Uint8Array[] {
  return Array.from({ length: FLOWS }, (_, i) => {
    const from = end(1, i % DEVICES, 1024 + i)
    const to = end(2, (i * 7) % 200, 443)
    const segment = { flags: FLAG.ack, sequence: i, acknowledged: i, window: 501 }
    const { bytes } = tcpSegment(from, to, segment, zeros(0), {})
    return bytes.length < 60 ? bytes.slice(0, 60) : bytes
  }).map(padded)
}

function padded(frame: Uint8Array): Uint8Array {
  const whole = zeros(Math.max(60, frame.length))
  whole.set(frame)
  return whole
}

/** Machines that greet their network, each by ARP and with a few frames: they are devices. */
export function neighbours(from: number, to: number): Uint8Array[] {
  return Array.from({ length: to - from }, (_, i) => from + i).flatMap(i => {
    const mac = `3c:d9:2b:00:${pair(i >> 8)}:${pair(i)}`
    const sender = { mac, ip: `10.7.${String(i >> 8)}.${String(i & 255)}` }
    const asked = { mac: '00:00:00:00:00:00', ip: '10.7.255.1' }
    const { bytes } = arpFrame({ operation: 1, sender, target: asked })
    return [bytes, bytes, bytes].map(padded)
  })
}

/** Downloads with their acknowledgements, and a part of the office's day. */
export function mix(): Uint8Array[] {
  const talks = Array.from({ length: TALKS }, (_, i) => download(i))
  const chatter = [...taken(office().frames, OFFICE_FRAMES)]
  return [...shuffled(talks), ...chatter].map(({ bytes }) => bytes)
}

function download(i: number): Frame[] {
  const answer = zeros(1460 * (8 + (i % 24)))
  return tcpTalk(end(3, i, 40_000 + (i % 20_000)), end(4, i % 300, 443), [
    { from: 'client', bytes: zeros(240) },
    { from: 'server', bytes: answer },
  ])
}

/** The talks take turns, each in its own order. */
function* shuffled(talks: readonly Frame[][]): Generator<Frame> {
  const longest = Math.max(...talks.map(({ length }) => length))
  for (let i = 0; i < longest; i++) {
    for (const talk of talks) if (talk[i] !== undefined) yield talk[i]!
  }
}

function* taken(frames: Iterable<Frame>, count: number): Generator<Frame> {
  let left = count
  for (const frame of frames) {
    if (frame.bytes.length > FRAME_MAX) continue
    if (left-- === 0) return
    yield frame
  }
}

/** The frames of a capture that fit a cable, as many as memory should hold. */
export async function captured(path: string): Promise<Uint8Array[]> {
  const source = openFile(path)
  const batch = new Batch()
  const frames: Uint8Array[] = []
  let bytes = 0
  while (bytes < CAPTURE_BYTES_MAX && (await source.fill(batch))) {
    for (let i = 0; i < batch.count; i++) {
      const length = Math.min(batch.length[i]!, FRAME_MAX)
      frames.push(batch.bytes.slice(batch.at[i]!, batch.at[i]! + length))
      bytes += length
    }
  }
  source.close()
  return frames
}

export const octetsOf = (frames: readonly Uint8Array[]): number =>
  frames.reduce((sum, { length }) => sum + length, 0)
