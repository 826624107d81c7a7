/** What SMB tells of machines, in all its versions: the facts, and what versions share. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, hex, secretFact, text } from '../model/fact.js'
import { IP4, IP6, SENDER, type Notes, type Talk } from './protocol.js'

/** `offered` by a client or `accepted` by a server: version 1, which nobody should speak. */
export const v1 = fact('smb.v1', text, 'set')
/** All a client offers: `2.0.2,2.1,3.0,3.0.2,3.1.1`, or the dialects of version 1. */
export const dialects = fact('smb.dialects', text, 'set')
/** The one a server chose. */
export const dialect = fact('smb.dialect', text, 'set')
/** Whether a machine wants messages to be signed: `required`, `enabled` or `off`. */
export const signing = fact('smb.signing', text, 'set')
export const capabilities = fact('smb.capabilities', text, 'set')
/** A number a server draws once, and keeps. */
export const serverGuid = fact('smb.server_guid', hex)
/** A number a client draws at every start. */
export const clientGuid = fact('smb.client_guid', hex, 'set')
/** When the server was started, in seconds since 1970; newer ones don't say. */
export const bootTime = fact('smb.boot_time', text)
/** Ways to sign in that a server offers: `kerberos,ntlm`, or `ntlm` outside of domains. */
export const mechanisms = fact('smb.mechanisms', text, 'set')
/** What became of a session: `guest`, `anonymous`, `encrypted` or `user`. */
export const session = fact('smb.session', text, 'set')
/** `plaintext`: passwords cross the network as they are. */
export const passwords = fact('smb.passwords', text)
export const os = fact('smb.os', text, 'set')
export const lanSoftware = fact('smb.lan_manager', text, 'set')
export const domain = fact('smb.domain', text, 'set')
export const user = secretFact('smb.user', ['Administrator', 'Guest', 'GUEST', 'admin', 'root'])
/** About the server: what it is called, by itself or by its clients. */
export const serverName = fact('smb.server_name', text, 'set')
/** About the server: what clients open of it. */
export const share = fact('smb.share', text, 'set')
/** The names by which a session over NetBIOS was asked for. */
export const callingName = fact('smb.calling_name', text, 'set')
export const calledName = fact('smb.called_name', text, 'set')
/** Sessions are `encrypted` from here on. */
export const transport = fact('smb.transport', text, 'set')

/** Makes the other end the subject. */
export function aboutTarget(notes: Notes, talk: Talk): boolean {
  if (talk.targetIp < 0) return false
  notes.about(talk.network === 4 ? IP4 : IP6, talk.targetIp)
  return true
}

export const aboutSender = (notes: Notes): void => notes.about(SENDER)

const BACKSLASH = 0x5c

/**
 * Where the share begins in `\\files\public`, in bytes from the cursor: letters are of `size`
 * bytes, the first of which tells. 0 if there are no two parts.
 */
export function shareOffset(c: Cursor, length: number, size: number): number {
  if (c.peek() !== BACKSLASH || c.peek(size) !== BACKSLASH) return 0
  let at = 2 * size
  while (at < length && !(c.peek(at) === BACKSLASH && (size === 1 || c.peek(at + 1) === 0)))
    at += size
  return at + size < length ? at + size : 0
}

const BLANK = 0x20
const DELETE = 0x7f
const GUID_LENGTH = 16

/**
 * Claims a server's number and notes it. Older Sambas have their name there, with zeros behind it;
 * one made of zeros is none.
 */
export function addServerGuid(c: Cursor, notes: Notes): void {
  let letters = 0
  while (letters < GUID_LENGTH && c.peek(letters) > BLANK && c.peek(letters) < DELETE) letters++
  let zeros = letters
  while (zeros < GUID_LENGTH && c.peek(zeros) === 0) zeros++
  const at = c.take(GUID_LENGTH)
  if (zeros < GUID_LENGTH) notes.add(serverGuid, at, GUID_LENGTH)
  else notes.add(serverName, at, letters)
}
