/** Vendor ids of IKE that are hashes of words, and the words; others spell themselves out. */

import type { Cursor } from '../bytes/cursor.js'

const ROWS: readonly (readonly [id: string, name: string])[] = [
  ['4a131c81070358455c5728f20e95452f', 'NAT-T'],
  ['4485152d18b6bbcd0be8a8469579ddcc', 'NAT-T draft 0'],
  ['cd60464335df21f87cfdb2fc68b6a448', 'NAT-T draft 2'],
  ['90cb80913ebb696e086381b5ec427b1f', 'NAT-T draft 2'],
  ['7d9419a65310ca6f2c179d9215529d56', 'NAT-T draft 3'],
  ['4048b7d56ebce88525e7de7f00d6c2d3', 'fragmentation'],
  ['afcad71368a1f1c96b8696fc77570100', 'dead peer detection'],
  ['09002689dfd6b712', 'XAUTH'],
  ['12f5f28c457168a9702d9fe274cc', 'Cisco Unity'],
  ['1f07f70eaa6514d3b0fa96542a50', 'Cisco VPN 3000'],
  ['1e2b516905991c7d7c96fcbfb587e461', 'Windows'],
  ['fb1de3cdf341b7ea16b7e5be0855f120', 'Windows negotiation discovery'],
  ['26244d38eddb61b3172a36e3d0cfb819', 'Windows initial contact'],
  ['e3a5966a76379fe707228231e5ce8652', 'Windows IKE CGA'],
  ['ad2c0dd0b9c32083ccba25b8861ec455', 'Windows GSS-API'],
  ['214ca4faffa7f32d6748e5303395ae83', 'Windows MamieExists'],
  ['882fe56d6fd20dbc2251613b2ebe5beb', 'strongSwan'],
  ['7003cbc1097dbe9c2600ba6983bc8b35', 'racoon'],
  ['f4ed19e0c114eb516faaac0ee37daf28', 'Check Point'],
  ['8299031757a36082c6a621de', 'Fortinet FortiGate'],
  ['404bf439522ca3f6', 'SonicWall'],
  ['5b362bc820f6', 'SonicWall'],
  ['da8e9378', 'SonicWall'],
  ['166f932d55eb64d8e4df4fd37e2313f0', 'NetScreen'],
  ['699369228741c6d4ca094c93e242c9de', 'Juniper NetScreen'],
  ['625027749d5ab97f5616c1602765cf48', 'ZyXEL ZyWALL'],
  ['f14b94b7bff1fef02773b8c49feded26', 'Shrew Soft'],
  ['424e4553', 'Nortel Contivity'],
  ['4f45', 'Openswan'],
]

const bytesOf = (id: string): string =>
  id.replace(/../g, digits => String.fromCharCode(parseInt(digits, 16)))
const vendors = ROWS.map(([id, name]) => ({ id: bytesOf(id), name }))

/** The name of the vendor id at the cursor, which may go on with a version; '' if it is not known. */
export function vendorName(c: Cursor, length: number): string {
  let i = 0
  while (i < vendors.length) {
    const { id, name } = vendors[i++]!
    if (id.length <= length && c.starts(id)) return name
  }
  return ''
}
