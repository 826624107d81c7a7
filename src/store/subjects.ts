/**
 * Subjects of facts as they are stored: `mac 00:11:22:33:44:55@10` takes 9 bytes instead of 24, and
 * there are millions. What has no short form stays the text it is.
 */

const MAC = 1
const IPV4 = 2
const ON_VLAN = 0x10
const MAC_TEXT = /^mac ((?:[0-9a-f]{2}:){5}[0-9a-f]{2})(?:@([1-9]\d{0,3}))?$/
const IPV4_TEXT = /^ip (\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?:@([1-9]\d{0,3}))?$/

/** Reversible: whatever would not come back the same is kept as text. */
export function packSubject(subject: string): Buffer | string {
  const mac = MAC_TEXT.exec(subject)
  if (mac) return packed(MAC, Buffer.from(mac[1]!.replaceAll(':', ''), 'hex'), mac[2])
  const ip = IPV4_TEXT.exec(subject)
  if (ip === null) return subject
  const short = packed(IPV4, Buffer.from(ip[1]!.split('.').map(Number)), ip[2])
  return unpackSubject(short) === subject ? short : subject
}

function packed(form: number, address: Buffer, vlan: string | undefined): Buffer {
  if (vlan === undefined) return Buffer.concat([Buffer.from([form]), address])
  const tag = Number(vlan)
  return Buffer.concat([Buffer.from([form | ON_VLAN]), address, Buffer.from([tag >> 8, tag & 255])])
}

export function unpackSubject(stored: Buffer | string): string {
  if (typeof stored === 'string') return stored
  const form = stored[0]!
  const isTagged = (form & ON_VLAN) !== 0
  const end = stored.length - (isTagged ? 2 : 0)
  const vlan = isTagged ? `@${stored.readUInt16BE(end)}` : ''
  const address = stored.subarray(1, end)
  if ((form & ~ON_VLAN) === IPV4) return `ip ${address.join('.')}${vlan}`
  return `mac ${address.toString('hex').replace(/..(?=.)/g, '$&:')}${vlan}`
}
