/** What `capture.exclude` lists: `vlan 10`, a network, or a hardware address. */

import { Refused, type Many } from './forms.js'
import { readNetwork } from './network.js'

/** One entry: frames of it are counted, and nothing else comes of them. */
export type ExcludedFrames = { readonly text: string } & (
  | { readonly what: 'vlan'; readonly vlan: number }
  | { readonly what: 'subnet'; readonly bytes: Uint8Array; readonly bits: number }
  | { readonly what: 'mac'; readonly bytes: Uint8Array }
)

/** Each entry is compared with the addresses of each frame. */
const EXCLUDED_MAX = 256
const VLAN_MAX = 4094
const VLAN = /^vlan (\d{1,4})$/
const MAC = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2}){4}$/i

export const excluded: Many<ExcludedFrames> = {
  kind: 'many',
  read(written) {
    const known = readExcluded(typeof written === 'string' ? written : '')
    return typeof known === 'string' ? new Refused(known) : known
  },
  json: {
    type: 'string',
    pattern: '^(vlan \\d{1,4}|[0-9a-fA-F.:]+/\\d{1,3}|[0-9a-fA-F]{2}([:-][0-9a-fA-F]{2}){5})$',
  },
  max: EXCLUDED_MAX,
}

/** The entry, or in a few words how the text should read. */
export function readExcluded(text: string): ExcludedFrames | string {
  const [, id] = VLAN.exec(text) ?? []
  if (id !== undefined) {
    const vlan = Number(id)
    const isVlan = vlan >= 1 && vlan <= VLAN_MAX
    return isVlan ? { text, what: 'vlan', vlan } : `the number of a VLAN is 1 to ${VLAN_MAX}`
  }
  if (MAC.test(text)) {
    const bytes = Uint8Array.from(text.split(/[:-]/), pair => parseInt(pair, 16))
    return { text, what: 'mac', bytes }
  }
  if (!/[/.:]/.test(text)) {
    return 'write vlan 10, a network like 10.1.0.0/16, or a MAC like 00:11:22:33:44:55'
  }
  const network = readNetwork(text)
  if (typeof network === 'string') return network
  return { text, what: 'subnet', bytes: network.bytes, bits: network.bits }
}
