/** What a person said of a device outranks whatever was concluded from what it says itself. */

import type { DeviceRecord } from './device.js'
import type { Property } from './judge.js'
import { categoryOf } from './kinds.js'

/** What a person may say that rules conclude otherwise. */
export const OUTRANKING = ['kind', 'vendor', 'model', 'os'] as const

/** A device as it is shown: as a person said, where one did. */
export function withEdits(device: DeviceRecord): DeviceRecord {
  const { edits, names, os } = device
  const said = OUTRANKING.filter(property => edits[property])
  if (!edits.name && said.length === 0) return device
  const sure = Object.fromEntries(said.map(property => [property, 1])) as Record<Property, number>
  return {
    ...device,
    names: edits.name ? [edits.name, ...names.filter(other => other !== edits.name)] : names,
    kind: edits.kind || device.kind,
    category: (edits.kind && categoryOf(edits.kind)) || device.category,
    vendor: edits.vendor || device.vendor,
    model: edits.model || device.model,
    os: edits.os && edits.os !== os?.name ? { name: edits.os, version: null } : os,
    confidence: { ...device.confidence, ...sure },
  }
}
