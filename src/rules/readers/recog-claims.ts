/** What Recog's parameters say of a device, and which facts its lists are compared with. */

import type { Finding, Fingerprints } from '../fingerprints.js'
import type { Conclusion } from '../rule.js'
import type { Parameters, RecogList } from './recog.js'

interface Compared {
  readonly facts: readonly string[]
  /** A fact's value as the list expects it. */
  readonly text?: (value: string) => string
}

/** By what a list says that it matches. */
const COMPARED: Readonly<Record<string, Compared>> = {
  'ssh.banner': { facts: ['ssh.banner'], text: value => value.replace(/^SSH-[\d.]+-/, '') },
  'ftp.banner': { facts: ['ftp.banner'], text: value => value.replace(/^220[ -]/, '') },
  'smtp.banner': { facts: ['smtp.banner'], text: value => value.replace(/^220[ -]/, '') },
  'pop3.banner': { facts: ['pop3.banner'], text: value => value.replace(/^\+OK /, '') },
  'imap4.banner': { facts: ['imap.banner'], text: value => value.replace(/^\* OK /, '') },
  'nntp.banner': { facts: ['nntp.banner'], text: value => value.replace(/^20\d /, '') },
  'telnet.banner': { facts: ['telnet.banner'] },
  'http_header.server': { facts: ['http.server', 'upnp.server', 'http2.server'] },
  'http_header.cookie': { facts: ['http.cookie'] },
  'http_header.wwwauth': { facts: ['http.realm'], text: value => `Basic realm="${value}"` },
  html_title: { facts: ['http.title'] },
  'rtsp_header.server': { facts: ['rtsp.server'] },
  'sip_header.server': { facts: ['sip.server'] },
  'sip_header.user_agent': { facts: ['sip.user_agent'] },
  'snmp.sys_description': { facts: ['snmp.sys_descr'] },
  'snmp.sys_object_id': { facts: ['snmp.sys_object_id'] },
  'smb.native_os': { facts: ['smb.os'] },
  'smb.native_lm': { facts: ['smb.lan_manager'] },
  dhcp_vendor_class: { facts: ['dhcp.vendor_class'] },
  'hp.pjl.id': { facts: ['pjl.model'] },
  'mdns.device-info.txt': { facts: ['mdns.txt'] },
  'x509.subject': { facts: ['tls.subject'] },
  'x509.issuer': { facts: ['tls.issuer'] },
  'x11.vendor': { facts: ['x11.vendor'] },
  'mysql.banners': { facts: ['mysql.version'] },
  'mysql.error': { facts: ['mysql.error'] },
  'dns.versionbind': { facts: ['dns.version'] },
  'operating_system.name': { facts: ['smb.os', 'ntp.system', 'mdns.os'] },
}
/** Lists that don't say what they match are known by their file. */
const BY_FILE: Readonly<Record<string, string>> = {
  hp_pjl_id: 'hp.pjl.id',
  telnet_banners: 'telnet.banner',
}

/** Of its lists' own kinds of devices, ours. */
const KINDS: Readonly<Record<string, string>> = {
  'access control': 'access-controller',
  'adsl modem': 'modem',
  'adsl router': 'router',
  'alarm panel': 'alarm-panel',
  'av receiver': 'media-player',
  'broadband router': 'router',
  'building automation': 'building-controller',
  'cable modem': 'modem',
  'check scanner': 'scanner',
  'cloud network video recorder': 'nvr',
  desktop: 'workstation',
  'device server': 'serial-server',
  'dsl modem': 'modem',
  dvr: 'nvr',
  firewall: 'firewall',
  'hmi controller': 'hmi',
  hypervisor: 'hypervisor',
  'ip camera': 'camera',
  iptv: 'media-player',
  kvm: 'kvm',
  laptop: 'laptop',
  'light bulb': 'light',
  'lights out management': 'bmc',
  'load balancer': 'load-balancer',
  'media player': 'media-player',
  'media receiver': 'media-player',
  'media server': 'media-player',
  medical: 'medical-device',
  mobile: 'phone',
  'mobile phone': 'phone',
  'multifunction device': 'printer',
  nas: 'nas',
  'network scanner': 'scanner',
  pdu: 'pdu',
  plc: 'plc',
  'point of sale': 'point-of-sale',
  'power meter': 'energy-meter',
  'print server': 'print-server',
  printer: 'printer',
  router: 'router',
  scanner: 'scanner',
  sensor: 'sensor',
  'sip gateway': 'voip-gateway',
  'smart tv': 'tv',
  storage: 'storage',
  'storage appliance': 'storage',
  switch: 'switch',
  tablet: 'tablet',
  'thin client': 'thin-client',
  ups: 'ups',
  'video conferencing': 'conference-system',
  'video encoder': 'camera',
  voip: 'voip-phone',
  'voip gateway': 'voip-gateway',
  'voip server': 'pbx',
  vpn: 'vpn-gateway',
  wap: 'access-point',
  'web cam': 'camera',
  'web proxy': 'server',
  'wireless controller': 'wireless-controller',
  whiteboard: 'digital-signage',
}

/** What its lists are right in, times what they make of themselves. */
const CONFIDENCE = { most: 0.85, least: 0.3 } as const

/** A product's name that is an operating system's, not a model's. */
const SYSTEM =
  /\b(ios|ios-xe|ios-xr|nx-os|asa|pix|linux|windows|unix|solaris|junos|routeros|dsm|aix|hp-ux|vxworks|qnx|android)\b|os\b|bsd\b|os x|firmware/i

/** As what facts a text of a list would be heard; `matches` is also the name of its file. */
export function factsOf(matches: string, text: string): { fact: string; value: string }[] {
  const key = BY_FILE[fileName(matches)] ?? matches
  const [, realm] = /^\w+ realm="([^"]*)"/.exec(text) ?? []
  const value = key === 'http_header.wwwauth' ? realm : text
  // Of facts that are alike one is enough.
  const [fact] = COMPARED[key]?.facts ?? []
  return fact === undefined || value === undefined ? [] : [{ fact, value }]
}

/** The list as fingerprints over facts that are known; undefined where nobody tells those. */
export function recogFingerprints(
  list: RecogList,
  vocabulary: ReadonlySet<string>,
): Fingerprints | undefined {
  const matches = list.matches === '' ? BY_FILE[fileName(list.file)] : list.matches
  const compared = matches === undefined ? undefined : COMPARED[matches]
  const facts = (compared?.facts ?? []).filter(fact => vocabulary.has(fact))
  if (compared === undefined || facts.length === 0) return undefined
  const { text = (value: string) => value } = compared
  return {
    name: `recog ${matches!}`,
    facts,
    confidence: CONFIDENCE.most,
    size: list.fingerprints.length,
    find: value => {
      const match = list.match(text(value))
      return match && findingOf(match.description, match.parameters)
    },
  }
}

const fileName = (path: string): string => /([^/]+?)(\.xml)?$/.exec(path)?.[1] ?? ''

function findingOf(name: string, parameters: Parameters): Finding | undefined {
  const claim = claimOf(parameters)
  if (Object.keys(claim).length === 0) return undefined
  const certainty = Number(parameters['hw.certainty'] ?? parameters['os.certainty'] ?? 1)
  const confidence = Math.max(CONFIDENCE.least, CONFIDENCE.most * (certainty || 1))
  return { name, claim, confidence: Math.min(CONFIDENCE.most, confidence) }
}

/** Its hardware is the device; its system is too, where that is said to run on one kind of device. */
export function claimOf(parameters: Parameters): Conclusion {
  const device = (parameters['hw.device'] ?? parameters['os.device'] ?? '').toLowerCase()
  const isDevice = device !== '' && device !== 'general'
  const kind = KINDS[device]
  const vendor = parameters['hw.vendor'] ?? (isDevice ? parameters['os.vendor'] : undefined)
  const claim: Record<string, string | undefined> = {
    kind,
    vendor,
    model: parameters['hw.product'] ?? (isDevice ? modelOf(parameters) : undefined),
    ...systemOf(parameters),
    firmware: parameters['hw.version'],
    serial: parameters['hw.serial_number'],
  }
  return Object.fromEntries(Object.entries(claim).filter(([, value]) => value)) as Conclusion
}

function modelOf(parameters: Parameters): string | undefined {
  const { 'os.product': product, 'os.family': family = '' } = parameters
  if (product === undefined || SYSTEM.test(product) || SYSTEM.test(family)) return undefined
  const isWhole = family === '' || product.toLowerCase().includes(family.toLowerCase())
  return isWhole ? product : `${family} ${product}`
}

function systemOf(parameters: Parameters): {
  os?: string | undefined
  os_version?: string | undefined
} {
  const { 'os.product': product, 'os.family': family, 'os.device': device } = parameters
  const name = product ?? family
  // What runs on a device alone is often called as the device is.
  if (name === undefined || (device !== undefined && !SYSTEM.test(name))) return {}
  return { os: name, os_version: parameters['os.version'] }
}
