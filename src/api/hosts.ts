/** Hosts as requests and settings name them: which are this machine's own. */

import { isIP, isIPv4 } from 'node:net'

/** The name or address in a Host header, without its port and brackets. */
export function nameIn(host: string): string {
  const inner = /^\[([^\]]*)\](:\d*)?$/.exec(host)?.[1]
  return (inner ?? host.replace(/:\d*$/, '')).toLowerCase()
}

export const isAddress = (name: string): boolean => isIP(name) !== 0

/** An address that only this machine reaches, or a name for one. */
export function isLoopback(name: string): boolean {
  if (isIPv4(name)) return name.startsWith('127.')
  return name === '::1' || name === 'localhost' || name.endsWith('.localhost')
}
