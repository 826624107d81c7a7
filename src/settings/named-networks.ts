/** What `networks.names` lists: what networks and VLANs are called, and where they are. */

import { Refused, text, whole, type Many, type One } from './forms.js'
import { readNetwork, type Network } from './network.js'
import { timezone } from './timezone.js'

/** A network of one kind or the other. */
export interface NamedNetwork {
  readonly subnet: Network | null
  readonly vlan: number | null
  readonly name: string
  /** null where the entry doesn't say: the zone is nobody's, site and time zone are the sensor's. */
  readonly zone: string | null
  readonly site: string | null
  readonly timezone: string | null
}

const NAMES_MAX = 4096
const words = text(/^[^\p{C}]{1,64}$/u, 'write 1 to 64 characters')
const EXAMPLE = '{subnet: 10.1.0.0/16, name: Cameras} or {vlan: 30, name: Cameras}'

const subnet: One<Network> = {
  kind: 'one',
  read(written) {
    const known = readNetwork(typeof written === 'string' ? written : '')
    return typeof known === 'string' ? new Refused(known) : known
  },
  json: { type: 'string', pattern: '^[0-9a-fA-F.:]+/\\d{1,3}$' },
}

const fields = {
  ...{ subnet, vlan: whole({ min: 1, max: 4094 }) },
  ...{ name: words, zone: words, site: words, timezone },
}

export const namedNetworks: Many<NamedNetwork> = {
  kind: 'many',
  fields,
  read(written) {
    const entry = written as Partial<NamedNetwork> | undefined
    if ((entry?.subnet === undefined) === (entry?.vlan === undefined)) {
      return new Refused(`name one subnet or one VLAN: ${EXAMPLE}`)
    }
    if (entry?.name === undefined) return new Refused(`give it a name: ${EXAMPLE}`)
    const { subnet = null, vlan = null, name } = entry
    const { zone = null, site = null, timezone = null } = entry
    return { subnet, vlan, name, zone, site, timezone }
  },
  json: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    oneOf: [{ required: ['subnet'] }, { required: ['vlan'] }],
    properties: Object.fromEntries(Object.entries(fields).map(([name, { json }]) => [name, json])),
  },
  max: NAMES_MAX,
}
