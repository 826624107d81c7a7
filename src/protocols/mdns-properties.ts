/** The properties (TXT records, RFC 6763 6) that tell what a thing is. */

import type { Cursor } from '../bytes/cursor.js'

/** Their keys, whose case does not matter. */
const KEYS = [
  ...['model', 'md', 'mdl', 'mn', 'am', 'ty', 'dt', 'ci', 'product', 'usb_MFG', 'usb_MDL', 'note'],
  ...[
    'id',
    'fn',
    'n',
    'dn',
    'name',
    'friendly_name',
    'friendlyName',
    'deviceName',
    'location_name',
  ],
  ...['vendor', 'manufacturer', 'mfg', 'mf', 'mfr', 'brand', 'modelName', 'model_name', 'modelid'],
  ...['displayModel', 'product_name', 'project_name', 'type', 'device', 'deviceType', 'vp', 'app'],
  ...['deviceid', 'uuid', 'serial', 'serialNumber', 'sn', 'mac', 'macaddress', 'mac_address'],
  ...['bridgeid', 'pi', 'psi', 'gid', 'fv', 'fw', 'firmware', 'fwVersion', 'fwVer', 'fw_id', 'sw'],
  ...['srcvers', 'osxvers', 'ov', 'vs', 've', 'vers', 'version', 'ver', 'hw', 'hwVersion', 'arch'],
  ...[
    'project_version',
    'protovers',
    'platform',
    'board',
    'gen',
    'os',
    'hhid',
    'adminurl',
    'mandatory',
  ],
]
/** By length and first letter: where a property's key is looked for. */
const KEY_MAX = Math.max(...KEYS.map(key => key.length))
const keyPlace = (length: number, letter: number): number => (length << 5) | (letter & 0x1f)
const keys: readonly string[][] = Array.from({ length: (KEY_MAX + 1) << 5 }, () => [])
for (const key of KEYS) keys[keyPlace(key.length, key.charCodeAt(0))]!.push(key.toLowerCase())

const EQUALS = 0x3d

/** The length of the key that the string at the cursor begins with, or 0 if nobody cares for it. */
export function knownKey(c: Cursor, length: number): number {
  const most = Math.min(length, KEY_MAX + 1)
  let key = 0
  while (key < most && c.peek(key) !== EQUALS) key++
  if (key === 0 || key === most) return 0
  const candidates = keys[keyPlace(key, c.peek())]!
  let i = 0
  while (i < candidates.length) if (isKey(c, candidates[i++]!)) return key
  return 0
}

function isKey(c: Cursor, key: string): boolean {
  let i = 0
  while (i < key.length) {
    const byte = c.peek(i)
    const folded = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    if (folded !== key.charCodeAt(i++)) return false
  }
  return true
}
