/** Hosts as requests and settings name them: which are this machine's own. */

import { isIP } from 'node:net'
import { isLoopback } from '../settings/listen.js'

export { isLoopback }

/** The name or address in a Host header, without its port and brackets. */
export function nameIn(host: string): string {
  const inner = /^\[([^\]]*)\](:\d*)?$/.exec(host)?.[1]
  return (inner ?? host.replace(/:\d*$/, '')).toLowerCase()
}

export const isAddress = (name: string): boolean => isIP(name) !== 0

/** Whom a server answers as. */
export interface Reach {
  /** Over TLS: cookies are for it alone. */
  readonly secure: boolean
  /** The command line's socket: the system itself has checked who may ask. */
  readonly trusted: boolean
  /** Whether a name that is no address is this machine's. */
  readonly knows: (name: string) => boolean
}

export const LOCAL: Reach = { secure: false, trusted: false, knows: isLoopback }

/**
 * Whether a request is meant for this machine. A page from elsewhere can make its own name lead to
 * 127.0.0.1, and then read what the sensor tells; it can't do that with a number.
 */
export function isOurs(host: string | undefined, reach: Reach): boolean {
  if (host === undefined || reach.trusted) return true
  const name = nameIn(host)
  return isAddress(name) || isLoopback(name) || reach.knows(name)
}

/** Whether a page that asks is ours: who asks without a page says nothing of it. */
export function isOwnPage(origin: string | undefined, host: string | undefined): boolean {
  if (origin === undefined) return true
  const [, scheme, place] = /^(https?):\/\/([^/]+)$/.exec(origin) ?? []
  return scheme !== undefined && host !== undefined && place!.toLowerCase() === host.toLowerCase()
}
