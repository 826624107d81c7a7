/** What directories tell of themselves: the facts, and which attributes they stand in. */

import { fact, hex, secretFact, text, type Fact } from '../model/fact.js'

export const hostName = fact('ldap.host', text, 'set')
export const namingContext = fact('ldap.naming_context', text, 'set')
export const serverName = fact('ldap.server_name', text, 'set')
export const serviceName = fact('ldap.service_name', text, 'set')
export const functionality = fact('ldap.domain_functionality', text)
export const forestFunctionality = fact('ldap.forest_functionality', text)
export const controllerFunctionality = fact('ldap.controller_functionality', text)
export const mechanism = fact('ldap.sasl', text, 'set')
export const vendor = fact('ldap.vendor', text)
export const vendorVersion = fact('ldap.vendor_version', text)
export const objectClass = fact('ldap.object_class', text, 'set')
export const globalCatalog = fact('ldap.global_catalog', text)

/** What a domain controller answers over UDP, and who asked it. */
export const forest = fact('ldap.forest', text, 'set')
export const domain = fact('ldap.domain', text, 'set')
export const netbiosDomain = fact('ldap.netbios_domain', text, 'set')
export const netbiosHost = fact('ldap.netbios_host', text, 'set')
export const domainGuid = fact('ldap.domain_guid', hex, 'set')
export const site = fact('ldap.site', text, 'set')
/** About the client: the site its address lies in. */
export const clientSite = fact('ldap.client_site', text, 'set')
export const duties = fact('ldap.duties', text, 'set')
/** What a client calls itself, and the domain it looks for. */
export const clientName = fact('ldap.client_name', text, 'set')
export const asksDomain = fact('ldap.asks_domain', text, 'set')

/** How a client signs in: `anonymous`, `simple` (its password crosses as it is) or `sasl ...`. */
export const bind = fact('ldap.bind', text, 'set')
export const bindName = secretFact('ldap.bind_name', ['cn=admin', 'cn=Manager', 'cn=root'])
export const bindResult = fact('ldap.bind_result', text, 'set')
/** The build of Windows, which Active Directory lets slip when it refuses. */
export const osBuild = fact('ldap.os_build', text)
export const startTls = fact('ldap.starttls', text, 'set')

/** Attributes of the root of a directory, in lower case. */
export const ATTRIBUTES: readonly (readonly [name: string, said: Fact])[] = [
  ['dnshostname', hostName],
  ['defaultnamingcontext', namingContext],
  ['namingcontexts', namingContext],
  ['servername', serverName],
  ['ldapservicename', serviceName],
  ['domainfunctionality', functionality],
  ['forestfunctionality', forestFunctionality],
  ['domaincontrollerfunctionality', controllerFunctionality],
  ['supportedsaslmechanisms', mechanism],
  ['vendorname', vendor],
  ['vendorversion', vendorVersion],
  ['objectclass', objectClass],
  ['isglobalcatalogready', globalCatalog],
]

/** What a domain controller is good for, by the bits of its answer. */
export const DUTIES: readonly (readonly [bit: number, word: string])[] = [
  [0x1, 'pdc'],
  [0x4, 'gc'],
  [0x8, 'ldap'],
  [0x20, 'kdc'],
  [0x40, 'time'],
  [0x100, 'writable'],
  [0x800, 'read_only'],
]

export const RESULTS: Readonly<Record<number, string>> = {
  0: 'success',
  7: 'method not supported',
  8: 'stronger method required',
  13: 'confidentiality required',
  14: 'in progress',
  34: 'bad name',
  48: 'inappropriate',
  49: 'refused',
  50: 'no access',
  53: 'unwilling',
}

export const facts: readonly Fact[] = [
  hostName,
  namingContext,
  serverName,
  serviceName,
  functionality,
  forestFunctionality,
  controllerFunctionality,
  mechanism,
  vendor,
  vendorVersion,
  objectClass,
  globalCatalog,
  forest,
  domain,
  netbiosDomain,
  netbiosHost,
  domainGuid,
  site,
  clientSite,
  duties,
  clientName,
  asksDomain,
  bind,
  bindName,
  bindResult,
  osBuild,
  startTls,
]
