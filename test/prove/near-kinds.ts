/** Kinds that are right where another one stands in a list, because it doesn't tell them apart. */

import { categoryOf } from '../../src/model/kinds.js'

/** Kinds that lists of banners don't tell from each other. */
const NEAR: readonly (readonly string[])[] = [
  ['router', 'access-point', 'modem', 'firewall', 'vpn-gateway', 'voip-gateway'],
  ['voip-phone', 'voip-gateway', 'pbx'],
  ['access-point', 'wireless-controller'],
  ['printer', 'print-server', 'label-printer', 'scanner', 'serial-server'],
  ['nas', 'storage', 'backup-server'],
  ['media-player', 'smart-speaker', 'tv'],
  ['pdu', 'ups'],
]

/** It, those beside it, and the one that says only its category. */
export function nearKinds(kind: string | null): string[] {
  if (kind === null) return []
  return [kind, ...NEAR.filter(kinds => kinds.includes(kind)).flat(), ...genericOf(kind)]
}

/** The kind that says no more than the category: it is right, and says less. */
export function genericOf(kind: string | null): string[] {
  const category = kind === null ? undefined : categoryOf(kind)
  const generic = { iot: 'iot-device', network: 'network-device', ot: 'ot-device' } as const
  const words = { ...generic, computer: 'computer', mobile: 'mobile-device', server: 'server' }
  const word = category === undefined ? undefined : (words as Record<string, string>)[category]
  return word === undefined ? [] : [word]
}
