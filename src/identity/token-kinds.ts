/** The kinds of what makes machines known again, and what of it tells one machine from others. */

export const TOKEN_KINDS = [
  'DUID',
  'UUID',
  'SNMP engine',
  'serial number',
  'LLDP chassis',
  'device id',
  'DHCP client id',
  'host name and DHCP options',
  'mDNS host name',
] as const
export type TokenKind = (typeof TOKEN_KINDS)[number]

/** Made into a machine or into its system: nobody else says the same, but for clones. */
const STRONG: readonly TokenKind[] = [
  ...(['DUID', 'UUID', 'SNMP engine', 'serial number', 'LLDP chassis', 'device id'] as const),
]
export const isStrong = (kind: TokenKind): boolean => STRONG.includes(kind)

/** Part of a system, and copied with it. */
export const isCloned = (kind: TokenKind): boolean => kind === 'DUID' || kind === 'SNMP engine'

/** Names that machines come with, so that two of a kind say the same. */
const GENERIC =
  /^(localhost|iphone|ipad|ipod|android|unknown|none|host|device|pc|computer|laptop|macbook|macbook[-_ ]?(air|pro)|mac|imac|phone|tablet|watch|router|printer|raspberrypi|openwrt|espressif|esp|wlan0|user|admin|default|debian|ubuntu|fedora|linux|windows|galaxy|pixel|kali|dhcpcd|wyze|tasmota|template|test|server|camera|ipcam(era)?|nvr|dvr|tv|appletv|apple-tv|homepod|chromecast|echo|alexa|switch|freebsd|nas|voip|gateway|hostname|my[-_ ]?(phone|pc|iphone|ipad))([-_ ]?\d{0,3})?(\.local|\.lan|\.home)?\.?$/i
/** What phones are called that nobody gave a name: their make, and what may follow it. */
const MAKES =
  /^(galaxy|samsung|redmi|pixel|oneplus|huawei|honor|xiaomi|mi|poco|moto|motorola|nokia|oppo|vivo|realme|sm|lg|htc|xperia|sony|nothing|iphone|ipad|macbook|surface|lenovo|asus|acer|hp|dell|echo|kindle|fire)$/i
const MODEL =
  /^(\d+|[a-z]{0,3}\d+[a-z]{0,3}|pro|plus|max|ultra|note|mini|lite|se|fe|air|fold|flip|tab|phone|edge|prime|neo|play|power|go|laptop|book|[a-z])$/i
const CHARACTERS_MIN = 4
/** Numbers that makers forgot to fill in. */
const EMPTY =
  /^(0+|f+|x+|(0x)?0*|n\/?a|none|null|unknown|default( string)?|not (specified|available|applicable|set)|empty|oem|(system|chassis|board) serial number|serial( number)?|to be filled.*|0?123456789.*|\.+|-+)$/i
const SERIAL_MIN = 5
/** What some boards have for an identifier, all of them the same; in hexadecimal digits. */
const EMPTY_UUID =
  /^(0{2})?(0{32}|f{32}|03000200040005000006000700080009|123456781234567890abcddeefaabbcc)$/i

/** Whether a text tells one machine from others of its kind. */
export function isTelling(kind: TokenKind, text: string): boolean {
  if (text.length < CHARACTERS_MIN || EMPTY.test(text)) return false
  switch (kind) {
    case 'serial number':
      return text.length >= SERIAL_MIN
    case 'UUID':
      return !EMPTY_UUID.test(text)
    case 'DHCP client id':
      // A hardware address, or a DUID, which is a token of its own.
      return !/^(01[0-9a-f]{12}|ff[0-9a-f]+)$/i.test(text.replace(/[^0-9a-f]/gi, ''))
    case 'host name and DHCP options':
    case 'mDNS host name':
      return !GENERIC.test(text) && !isModel(text)
    default:
      return true
  }
}

/** `Galaxy-S23`, `Redmi Note 10 Pro`: two of a kind say the same. */
function isModel(text: string): boolean {
  const [make = '', ...rest] = text.replace(/\.local\.?$/i, '').split(/[-_ ]+/)
  return MAKES.test(make) && rest.every(word => MODEL.test(word))
}
