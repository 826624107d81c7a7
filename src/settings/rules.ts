/** Settings of what is known: folders with rules of one's own, and with registries and fingerprints. */

import { text, type Many } from './forms.js'
import type { Keys } from './schema.js'

export interface RuleSettings {
  /** Folders of YAML files, besides the shipped ones. */
  readonly dirs: readonly string[]
  /** Folders with registries and lists of fingerprints that others publish. */
  readonly registries: readonly string[]
  /** Whose bundles of rules are taken; '' is nobody's. */
  readonly key: string
}

const FOLDERS_MAX = 16

const folders: Many<string> = {
  ...text(/^\/[^\p{Cc}]{0,4000}$/u, 'write a path from the root'),
  kind: 'many',
  max: FOLDERS_MAX,
  unique: true,
}

export const rulesKeys: Keys<RuleSettings> = {
  dirs: {
    doc: [
      'Folders with rules of your own (all .yaml in them), besides the shipped ones, for example',
      '[/etc/onlooker/rules]; onlooker rules check tells whether they hold.',
    ],
    form: folders,
    initial: [],
  },
  registries: {
    doc: [
      'Folders with what others publish, each file known by what it is: Recog XML, p0f.fp, lists of',
      'DHCP fingerprints in XML, the IEEE in CSV or manuf, numbers of enterprises, BACnet and CIP.',
    ],
    form: folders,
    initial: [],
  },
  key: {
    doc: [
      'The public key (Ed25519, in base64) of whom you trust to update rules: onlooker rules update',
      'takes no bundle without one.',
    ],
    form: text(
      /^([A-Za-z0-9+/]{43}=)?$/,
      'write 32 bytes in base64, as onlooker rules bundle tells',
    ),
    initial: '',
  },
}
