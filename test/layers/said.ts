/** A decoded frame in words, so that a case and its result can be laid side by side. */

import { ipText, macText } from '../../src/bytes/text.js'
import { decode } from '../../src/layers/decode.js'
import { Frame } from '../../src/layers/frame.js'
import { LAYERS, UNDECODED } from '../../src/layers/names.js'
import type { Said } from './cases/case.js'

/** The frame as `explain-frame` has it: with its record of layers. */
export function recorded(bytes: Uint8Array, link = 1): Frame {
  const frame = new Frame()
  frame.recording = true
  decode(frame, bytes, 0, bytes.length, link)
  return frame
}

export function said(frame: Frame): Said {
  return {
    layers: Array.from(frame.layers.subarray(0, frame.layerCount), i => LAYERS[i]).join(' '),
    macs: `${macOf(frame, frame.sourceMac)} ${macOf(frame, frame.targetMac)}`,
    ends: endsOf(frame),
    vlans: `${String(frame.vlan)} ${String(frame.innerVlan)}`,
    session: frame.session,
    undecoded: UNDECODED[frame.undecoded]!,
    routed: frame.routedInside,
    payload: Buffer.from(frame.bytes.subarray(frame.payloadAt, frame.payloadEnd)).toString(
      'latin1',
    ),
  }
}

const macOf = (frame: Frame, at: number): string => (at < 0 ? '-' : macText(frame.bytes, at))

function endsOf(frame: Frame): string {
  if (frame.network === 0) return ''
  const length = frame.network === 4 ? 4 : 16
  const source = ipText(frame.bytes, frame.sourceIp, length)
  const target = ipText(frame.bytes, frame.targetIp, length)
  return `${source}:${String(frame.sourcePort)} ${target}:${String(frame.targetPort)}`
}

/** All numbers a frame tells, without the record of layers and what only decoding itself uses. */
export function numbers(frame: Frame): Record<string, number | boolean> {
  const inward = ['recording', 'plain', 'nextAt', 'nextEnd', 'layerCount']
  const told = Object.entries(frame).filter(
    ([name, value]) => typeof value !== 'object' && !inward.includes(name),
  )
  return Object.fromEntries(told) as Record<string, number | boolean>
}
