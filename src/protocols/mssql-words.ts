/** What TDS tells of database servers and their clients. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, secretFact, text, type Fact } from '../model/fact.js'
import { IP4, IP6, SENDER, type Notes, type Talk } from './protocol.js'

export const version = fact('mssql.version', text, 'set')
export const encryption = fact('mssql.encryption', text, 'set')
export const product = fact('mssql.product', text, 'set')
/** About the server, by itself or by its clients. */
export const serverName = fact('mssql.server_name', text, 'set')
export const instance = fact('mssql.instance', text, 'set')
/** `accepted` or `refused`. */
export const login = fact('mssql.login', text, 'set')
export const clientVersion = fact('mssql.client_version', text, 'set')
export const clientEncryption = fact('mssql.client_encryption', text, 'set')
/** `in the clear`: a login with name and password that was not encrypted. */
export const passwords = fact('mssql.passwords', text, 'set')
export const hostName = fact('mssql.host_name', text, 'set')
export const application = fact('mssql.application', text, 'set')
export const library = fact('mssql.library', text, 'set')
export const user = secretFact('mssql.user', ['sa', 'admin', 'probe', 'root', 'guest'])
/** A client's number of six bytes, which many take from their network card. */
export const clientMac = fact('mssql.client_mac', mac, 'set')

export const facts: readonly Fact[] = [
  version,
  encryption,
  product,
  serverName,
  instance,
  login,
  clientVersion,
  clientEncryption,
  passwords,
  hostName,
  application,
  library,
  user,
  clientMac,
]

/** Makes the other end the subject. */
export function aboutTarget(notes: Notes, talk: Talk): boolean {
  if (talk.targetIp < 0) return false
  notes.about(talk.network === 4 ? IP4 : IP6, talk.targetIp)
  return true
}

/** The instance a client wants, which ends with a NUL. */
export function addInstance(c: Cursor, notes: Notes, talk: Talk, length: number): void {
  const at = c.at
  const size = c.distance(0)
  if (size <= 0 || size >= length || !aboutTarget(notes, talk)) return
  notes.add(instance, at, size)
  notes.about(SENDER)
}
