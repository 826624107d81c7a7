/** What remote procedure calls tell: interfaces by name, and the ends and names of hosts. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

/** What a client wants to speak with. */
export const binds = fact('msrpc.binds', text, 'set')
/** What a server agreed to speak. */
export const interfaceOf = fact('msrpc.interface', text, 'set')
/** What a server's endpoint mapper says of it: `drsuapi tcp/49667`. */
export const endpoint = fact('msrpc.endpoint', text, 'set')
/** The names and addresses by which a server says it can be reached. */
export const hostName = fact('msrpc.host_name', text, 'set')
export const address = fact('msrpc.address', text, 'set')
/** The way in over a pipe, where a server has no port: `\PIPE\lsass`. */
export const pipe = fact('msrpc.pipe', text, 'set')
/** How calls are protected: `none`, `ntlm`, `negotiate`, `kerberos`, `netlogon` or `tls`. */
export const authentication = fact('msrpc.authentication', text, 'set')
export const refusal = fact('msrpc.refusal', text, 'set')

export const facts: readonly Fact[] = [
  binds,
  interfaceOf,
  endpoint,
  hostName,
  address,
  pipe,
  authentication,
  refusal,
]

/** The interfaces whose calls or answers are read; others are only named. */
export const MAPPER = 'epmapper'
export const RESOLVER = 'oxidresolver'
export const LICENCES = 'kms'

/** By the first four bytes of their number and its last two, which no two of them share. */
const INTERFACES: readonly (readonly [number: number, tail: number, name: string])[] = [
  [0xe1af8308, 0xa0fa, MAPPER],
  [0x99fcfec4, 0x347a, RESOLVER],
  [0xafa8bd80, 0x2989, 'mgmt'],
  [0x12345778, 0x89ab, 'lsarpc'],
  [0x12345778, 0x89ac, 'samr'],
  [0x12345678, 0xcffb, 'netlogon'],
  [0x12345678, 0x89ab, 'spoolss'],
  [0x4b324fc8, 0xe188, 'srvsvc'],
  [0x6bffd098, 0x345a, 'wkssvc'],
  [0x6bffd098, 0x0162, 'dhcpserver'],
  [0x367abb81, 0x1003, 'svcctl'],
  [0x338cd001, 0x1003, 'winreg'],
  [0x82273fdc, 0x23ea, 'eventlog'],
  [0xf6beaff7, 0x337c, 'eventlog6'],
  [0x1ff70682, 0xe98b, 'atsvc'],
  [0x86d35949, 0xfd0c, 'taskscheduler'],
  [0x378e52b0, 0xe53b, 'sasec'],
  [0xe3514235, 0xdcd2, 'drsuapi'],
  [0x7c44d7d4, 0x1eb0, 'dsaop'],
  [0x3919286a, 0x2ef5, 'dssetup'],
  [0x50abc2a4, 0xa076, 'dnsserver'],
  [0x17fdd703, 0xbb37, 'messenger'],
  [0x5a7b91f8, 0x6efc, 'messenger'],
  [0x000001a0, 0x0046, 'activator'],
  [0x4d9f4ab8, 0x7e57, 'remoteactivation'],
  [0x00000131, 0x0046, 'remunknown'],
  [0x00000143, 0x0046, 'remunknown2'],
  [0x9556dc99, 0x40c7, 'wmi'],
  [0xd4781cd6, 0xa887, 'wmilogin'],
  [0xf309ad18, 0x8820, 'wmilogin'],
  [0x51c82175, 0xbc06, LICENCES],
  [0x8d9f4e40, 0x051b, 'pnp'],
  [0xc681d488, 0x0f7e, 'efsrpc'],
  [0xdf1941c5, 0x4d4a, 'efsrpc'],
  [0x4fc742e0, 0xe673, 'netdfs'],
  [0x897e2e5f, 0x5c27, 'dfsr'],
  [0xd049b186, 0xb232, 'ntfrs'],
  [0x3c4728c5, 0xa6d5, 'dhcpclient'],
  [0x76f03f96, 0x1209, 'winspool'],
  [0xae33069b, 0xe281, 'winspoolnotify'],
  [0xf5cc5a18, 0x8426, 'nspi'],
  [0xa4f1db00, 0x62da, 'exchange'],
  [0x1544f5e0, 0xbd09, 'exchangereferral'],
  [0xfdb3a030, 0x5525, 'msmq'],
  [0x1088a980, 0xc337, 'msmqremote'],
  [0x906b0ce0, 0x62da, 'msdtc'],
  [0x45f52c28, 0xabe, 'wins'],
  [0x2f5f6520, 0x62da, 'tapisrv'],
  [0x342cfd40, 0x9c6d, 'llsrpc'],
  [0x93149ca2, 0xddd1, 'srmsvc'],
  [0xb97db8b2, 0xf5f5, 'clusterapi'],
  [0x91ae6020, 0x0083, 'certificates'],
  [0xd99e6e70, 0x7da5, 'certificates'],
]

/** The name of the interface whose number stands at the cursor, '' if it is not well known. */
export function nameOf(c: Cursor): string {
  const first = c.peek() | (c.peek(1) << 8) | (c.peek(2) << 16) | (c.peek(3) << 24)
  const tail = (c.peek(14) << 8) | c.peek(15)
  let i = 0
  while (i < INTERFACES.length) {
    const [number, end, name] = INTERFACES[i++]!
    if ((number | 0) === first && end === tail) return name
  }
  return ''
}

/** The order in which a number's bytes are written, with dashes between its groups. */
const ORDER = [3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14, 15]
const DASH = 0x2d

/** Writes the name of the interface at the cursor, or its number if it has none. */
export function writeInterface(c: Cursor, notes: Notes): void {
  const name = nameOf(c)
  if (name !== '') return void notes.write(name)
  let i = 0
  while (i < ORDER.length) {
    const at = ORDER[i++]!
    if (at < 0) notes.put(DASH)
    else writeHex(notes, c.peek(at))
  }
}

function writeHex(notes: Notes, byte: number): void {
  notes.put(hexDigit(byte >> 4))
  notes.put(hexDigit(byte & 15))
}

const hexDigit = (value: number): number => (value < 10 ? 0x30 + value : 0x57 + value)
