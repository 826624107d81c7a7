/** What NTLM messages tell: the facts, and where the parts of a message lie. */

import { fact, hex, secretFact, text } from '../model/fact.js'

/** `10.0.19041` of Windows; Samba says 6.1.0 whatever it runs on. */
export const osBuild = fact('ntlmssp.os_build', text, 'set')
/** Whom a server says it guards: its own name, or its domain's. */
export const target = fact('ntlmssp.target', text, 'set')
export const targetType = fact('ntlmssp.target_type', text)
export const netbiosComputer = fact('ntlmssp.netbios_computer', text, 'set')
export const netbiosDomain = fact('ntlmssp.netbios_domain', text, 'set')
export const dnsComputer = fact('ntlmssp.dns_computer', text, 'set')
export const dnsDomain = fact('ntlmssp.dns_domain', text, 'set')
export const dnsTree = fact('ntlmssp.dns_tree', text, 'set')
export const workstation = fact('ntlmssp.workstation', text, 'set')
/** The domain or machine that knows the user. */
export const userDomain = fact('ntlmssp.user_domain', text, 'set')
export const user = secretFact('ntlmssp.user', ['Administrator', 'Guest', 'admin', 'root'])
/** An account of a machine, which ends in `$`, in clear. */
export const machine = fact('ntlmssp.machine', text, 'set')
/** How the client answered: `ntlmv2`, `ntlmv1-ess`, `ntlmv1`, `lm` or `anonymous`. */
export const response = fact('ntlmssp.response', text, 'set')
/** What a Windows client draws at every start to know itself again. */
export const machineId = fact('ntlmssp.machine_id', hex, 'set')
/** About the server: what the client calls it, as `cifs/files.corp.example`. */
export const service = fact('ntlmssp.service', text, 'set')

export const SIGNATURE = 'NTLMSSP\x00'
export const NEGOTIATE = 1
export const CHALLENGE = 2
export const AUTHENTICATE = 3

export const UNICODE = 0x00000001
export const TARGET_IS_DOMAIN = 0x00010000
export const TARGET_IS_SERVER = 0x00020000
export const EXTENDED_SECURITY = 0x00080000
export const HAS_VERSION = 0x02000000

/** Where things lie, from the message's start. */
export const NEGOTIATE_AT = { flags: 12, domain: 16, workstation: 24, version: 32, end: 40 }
export const CHALLENGE_AT = { target: 12, flags: 20, details: 40, version: 48, end: 56 }
export const AUTHENTICATE_AT = {
  lm: 12,
  nt: 20,
  domain: 28,
  user: 36,
  workstation: 44,
  flags: 60,
  version: 64,
  end: 72,
}
/** An answer of version 1; longer ones are of version 2 and hold attributes this far in. */
export const V1_LENGTH = 24
export const V2_ATTRIBUTES = 44

/** Attributes by number. */
export const ATTRIBUTE_FACTS = [
  undefined,
  netbiosComputer,
  netbiosDomain,
  dnsComputer,
  dnsDomain,
  dnsTree,
] as const
export const SINGLE_HOST = 8
export const TARGET_NAME = 9
/** Where the machine's identity begins in the attribute about a single host, and its length. */
export const MACHINE_ID_AT = 16
export const MACHINE_ID_LENGTH = 32
