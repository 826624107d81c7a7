/** What TLS and DTLS write as numbers (RFC 8446, 9147), in words. */

import type { Cursor } from '../bytes/cursor.js'
import { IN_SCRATCH, type Notes } from './protocol.js'

/** Handshake messages. */
export const CLIENT_HELLO = 1
export const SERVER_HELLO = 2
export const CERTIFICATE = 11
export const CERTIFICATE_REQUEST = 13

/** Kinds of records. */
export const CHANGE = 20
export const ALERT = 21
export const HANDSHAKE = 22
export const APPLICATION = 23
export const HEARTBEAT = 24

/** Where extensions begin that both hellos have. */
export const ALPN = 16
export const VERSIONS = 43

const DRAFT = 0x7f00

const VERSION_WORDS = new Map([
  [0x0002, 'SSL 2.0'],
  [0x0300, 'SSL 3.0'],
  [0x0301, 'TLS 1.0'],
  [0x0302, 'TLS 1.1'],
  [0x0303, 'TLS 1.2'],
  [0x0304, 'TLS 1.3'],
  [0x0100, 'DTLS 0.9'],
  [0xfeff, 'DTLS 1.0'],
  [0xfefd, 'DTLS 1.2'],
  [0xfefc, 'DTLS 1.3'],
])

const ALERT_WORDS = new Map([
  [0, 'close_notify'],
  [10, 'unexpected_message'],
  [20, 'bad_record_mac'],
  [21, 'decryption_failed'],
  [22, 'record_overflow'],
  [30, 'decompression_failure'],
  [40, 'handshake_failure'],
  [41, 'no_certificate'],
  [42, 'bad_certificate'],
  [43, 'unsupported_certificate'],
  [44, 'certificate_revoked'],
  [45, 'certificate_expired'],
  [46, 'certificate_unknown'],
  [47, 'illegal_parameter'],
  [48, 'unknown_ca'],
  [49, 'access_denied'],
  [50, 'decode_error'],
  [51, 'decrypt_error'],
  [60, 'export_restriction'],
  [70, 'protocol_version'],
  [71, 'insufficient_security'],
  [80, 'internal_error'],
  [86, 'inappropriate_fallback'],
  [90, 'user_canceled'],
  [100, 'no_renegotiation'],
  [109, 'missing_extension'],
  [110, 'unsupported_extension'],
  [111, 'certificate_unobtainable'],
  [112, 'unrecognized_name'],
  [113, 'bad_certificate_status_response'],
  [115, 'unknown_psk_identity'],
  [116, 'certificate_required'],
  [120, 'no_application_protocol'],
])

/** `TLS 1.2`; '' for a number that is no version. */
export function versionWord(version: number): string {
  const word = VERSION_WORDS.get(version)
  if (word !== undefined) return word
  return (version & 0xff00) === DRAFT ? `TLS 1.3 draft ${String(version & 0xff)}` : ''
}

/** `handshake_failure`; '' for a number that is no alert. */
export const alertWord = (description: number): string => ALERT_WORDS.get(description) ?? ''

/** Numbers sent only to see whether the other side bears with them (RFC 8701). */
export const isGrease = (n: number): boolean => (n & 0x0f0f) === 0x0a0a && n >> 8 === (n & 0xff)

/**
 * A place in a cursor's bytes as notes take it: what was joined or decrypted lies in the scratch. None
 * stays none.
 */
export const placed = (c: Cursor, notes: Notes, at: number): number =>
  at >= 0 && c.bytes === notes.scratch ? at + IN_SCRATCH : at
