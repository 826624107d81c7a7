/**
 * Which facts are names: of hosts and of what people call their devices, and what somebody looked
 * up or asked for by name. With `privacy.names` they leave the worker hashed, or not at all.
 *
 * A fact of a new protocol is a name if its field is called as one, so that nobody has to think of
 * it here; what only sounds like one, or is one and doesn't sound like it, is listed.
 */

import type { Fact } from './fact.js'

/** How much of names may be known. */
export type NamesKnown = 'full' | 'hashed' | 'off'

/** Fields that are names, whatever the protocol. */
const FIELDS = new Set([
  ...['host', 'hostname', 'host_name', 'fqdn', 'helo', 'kdc', 'sni', 'outer_name', 'search'],
  ...['answer', 'ptr', 'registered', 'leased_name', 'ntp_name', 'boot_server', 'domain', 'realm'],
  ...['san', 'subject', 'issuer', 'client_subject', 'client_issuer', 'server_name', 'client_name'],
  ...['name', 'sys_name', 'system_name', 'device_name', 'machine_name', 'entity_name', 'machine'],
  ...['alias', 'profinet_alias', 'initiator_alias', 'target_alias', 'label', 'friendly_name'],
  ...['computer', 'workstation', 'called_name', 'calling_name', 'user_domain', 'asks_domain'],
  ...['dns_computer', 'dns_domain', 'dns_tree', 'dns_sd_name', 'netbios_computer'],
  ...['netbios_domain', 'netbios_host', 'netbios_name', 'forest', 'service_name'],
])

/** Names by which nobody would know it. */
const NAMES = new Set([
  ...['mdns.instance', 'mdns.speaks_for', 'mndp.identity', 'ike.identity', 'cdp.device_id'],
  ...['fdp.device_id', 'ntlmssp.target', 'ntlmssp.service', 'kerberos.service', 'kerberos.asks'],
  ...['llmnr.asks', 'nbns.asks', 'nbns.seeks', 'nbns.group', 'nbdgm.group', 'browse.master_of'],
  ...['xmpp.asks', 'profinet.asks', 'ldap.naming_context', 'dns.server_id', 'irc.server'],
  ...['skinny.server', 'sqlbrowser.server', 'capwap.controller', 'iscsi.target'],
  ...['iscsi.initiator', 'vnc.desktop', 'lpd.queue', 'sunrpc.mounts', 'mgcp.gateway'],
  ...['radius.at', 'radius.nas'],
  ...['dhcpv6.aftr', 'telnet.prompt', 'esphome.server', 'ipp.info', 'tasmota.topic'],
  ...['mqtt.topic', 'mqtt.will_topic', 'smb.share', 'sunrpc.export'],
])

/** What sounds like a name and is none: numbers, and kinds of machines. */
const OTHERS = new Set([
  ...['ptp.domain', 'ipfix.domain', 'kms.machine', 'sflow.machine', 'afp.machine'],
])

/** Fields in whose text a name may stand among other words: greetings, addresses of pages, descriptions. */
const WITHIN = new Set([
  ...[
    'banner',
    'client_banner',
    'comment',
    'client_comment',
    'location',
    'via',
    'xaddr',
    'support',
  ],
  ...['mud', 'captive_portal', 'proxy_script', 'boot_file', 'service', 'control_url', 'callback'],
  ...['txt', 'attribute', 'property', 'sys_descr', 'sys_contact', 'system', 'cloud', 'scope'],
])
/** Two words at least with dots between, the last of letters: a name as DNS has it. */
const DOTTED = /(?<![\w.-])(?:[\w-]+\.)+[a-z]{2,}(?![\w-])/gi
/** Systems of the Unix family describe themselves by their host's name and their release. */
const UNAME = /^((?:Linux|Darwin|SunOS|AIX|HP-UX|\w*BSD) )\S+(?= \d)/
/** `fn=Kitchen`: what a service says of itself in keys. */
const KEYED = /^((?:fn|n|[^=:]*name[^=:]*)[=:]).*$/is
const CUT = '(name)'

export function isName({ name }: Pick<Fact, 'name'>): boolean {
  if (NAMES.has(name)) return true
  return FIELDS.has(name.slice(name.indexOf('.') + 1)) && !OTHERS.has(name)
}

/** Whether a name may stand in a fact's text. */
export const mayHoldName = ({ name }: Pick<Fact, 'name'>): boolean =>
  WITHIN.has(name.slice(name.indexOf('.') + 1))

/** The text without the names in it. */
export const withoutNames = (text: string): string =>
  text.replace(KEYED, `$1${CUT}`).replace(UNAME, `$1${CUT}`).replace(DOTTED, CUT)

/** A name as all who tell of it would write it: `Printer.local.` is `printer`. */
export const sameName = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[.$\s]+$/, '')
    .replace(/\.(local|localdomain)$/, '')
