/** Whether what was concluded says the same as a label, however each is written. */

import { VendorNames } from '../../rules/vendor-names.js'
import type { Label } from './labels.js'

/** What is concluded of one device. */
export interface Concluded {
  readonly vendor: string | null
  readonly kind: string
  readonly model: string | null
  readonly os: { readonly name: string; readonly version: string | null } | null
}

/** Properties that are measured. */
export const MEASURED = ['vendor', 'kind', 'model', 'os'] as const
export type Measured = (typeof MEASURED)[number]

/** Only legal forms are left aside: what a label calls the same, it lists. */
const names = new VendorNames(new Map())

/** What a label says of a property, or null where it says nothing that can be measured. */
export function wanted(label: Label, property: Measured): string | null {
  switch (property) {
    case 'vendor':
      return label.vendor
    case 'kind':
      return label.type
    case 'model':
      return label.model_named_on_wire ? label.model : null
    case 'os':
      return label.os === null ? null : systemText(label.os)
  }
}

/** What was concluded of a property, or null. */
export function concluded(device: Concluded, property: Measured): string | null {
  if (property === 'kind') return device.kind === 'unknown' ? null : device.kind
  if (property === 'os') return device.os === null ? null : systemText(device.os)
  return device[property]
}

const systemText = ({ name, version }: { name: string; version: string | null }): string =>
  version === null ? name : `${name} ${version}`

export function isSame(label: Label, device: Concluded, property: Measured): boolean {
  switch (property) {
    case 'vendor':
      return isVendor(device.vendor!, [label.vendor!, ...label.vendor_aliases])
    case 'kind':
      return [label.type, ...label.type_alternatives].includes(device.kind)
    case 'model':
      return isModel(device.model!, label.model!, label.vendor ?? '')
    case 'os':
      return isSystem(device.os!.name, label.os!.name)
  }
}

function isVendor(found: string, right: readonly string[]): boolean {
  // Whose adapter or board it has is no vendor of the device.
  const makers = right.filter(name => !/\((adapter|board|chassis) OUI\)/.test(name))
  return makers.some(name => names.key(name) === names.key(found))
}

/** The same letters and digits, or one of both says more. */
function isModel(found: string, right: string, vendor: string): boolean {
  const bare = (text: string): string =>
    plain(text.replace(new RegExp(`^${escaped(vendor)}\\s+`, 'i'), ''))
  const [one, other] = [bare(found), bare(right)]
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  return short === long || (short.length >= 3 && long.includes(short))
}

/** Names that differ and are the same system, and systems that are of the other's family. */
const FAMILIES: Readonly<Record<string, string>> = {
  macosx: 'macos',
  osx: 'macos',
  iphoneos: 'ios-apple',
  ipados: 'ios-apple',
  iosxe: 'iosxe',
}
const LINUX = [
  'ubuntu',
  'debian',
  'raspbian',
  'popos',
  'openwrt',
  'centos',
  'fedora',
  'raspberrypios',
]

function isSystem(found: string, right: string): boolean {
  const [one, other] = [systemKey(found), systemKey(right)]
  if (one === other || one.startsWith(other) || other.startsWith(one)) return true
  return (one === 'linux' && LINUX.includes(other)) || (other === 'linux' && LINUX.includes(one))
}

function systemKey(name: string): string {
  const key = plain(name).replace(/^(microsoft|apple|cisco)/, '')
  return FAMILIES[key] ?? key
}

const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
const escaped = (text: string): string => text.replace(/[\\^$.*|?+()[\]{}]/g, '\\$&')
