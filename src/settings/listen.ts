/** Where the sensor answers HTTP: `127.0.0.1:8470`, `[::1]:8470`, `:8470`, or a socket's path. */

import { isIPv4, isIPv6 } from 'node:net'

/** A host and a port, or the path of a Unix socket. */
export interface Listen {
  /** As it was written. */
  readonly text: string
  /** The address to bind; '' for a socket's path. */
  readonly host: string
  readonly port: number
  /** The socket's path, or ''. */
  readonly path: string
}

/** What fits into the system's own record of a socket's address. */
const PATH_BYTES_MAX = 107
const PORT_MAX = 65535
const HOST = /^[a-z0-9]([a-z0-9-]{0,62})(\.[a-z0-9-]{1,63}){0,8}$/i
const FORMS =
  'write host:port like 127.0.0.1:8470 or [::1]:8470, :8470 for all addresses, or a path'

/** The place to listen at, or in a few words how the text should read. */
export function readListen(text: string): Listen | string {
  if (text.startsWith('/')) return readPath(text)
  const colon = text.lastIndexOf(':')
  if (colon < 0)
    return isPort(text) ? `write :${text} for all addresses, or 127.0.0.1:${text}` : FORMS
  const port = text.slice(colon + 1)
  const name = text.slice(0, colon)
  if (isIPv6(text) && !text.startsWith('[')) return `put the address in brackets: [${text}]:8470`
  if (!isPort(port)) return `the port is a whole number from 0 to ${PORT_MAX}`
  const host = hostOf(name)
  return host === undefined ? FORMS : { text, host, port: Number(port), path: '' }
}

const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX

function readPath(text: string): Listen | string {
  if (text.endsWith('/')) return 'name the socket itself, not its folder'
  if (Buffer.byteLength(text) > PATH_BYTES_MAX) return `a path has at most ${PATH_BYTES_MAX} bytes`
  return { text, host: '', port: 0, path: text }
}

function hostOf(name: string): string | undefined {
  // The unspecified address of IPv6 takes calls over IPv4 as well.
  if (name === '' || name === '*') return '::'
  if (name.startsWith('[') && name.endsWith(']')) {
    const inner = name.slice(1, -1)
    return isIPv6(inner) ? inner : undefined
  }
  // 1.2.3 and 300.0.0.1 look like addresses and are none.
  if (/^[\d.]+$/.test(name)) return isIPv4(name) ? name : undefined
  return HOST.test(name) ? name : undefined
}

/** An address that only this machine reaches, or a name for one. */
export function isLoopback(name: string): boolean {
  if (isIPv4(name)) return name.startsWith('127.')
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost')
}
