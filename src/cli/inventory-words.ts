/** How devices are spoken of to people: names, addresses, services, times and amounts. */

import type { Device } from '../identity/document.js'

/** RFC 3339 in UTC with milliseconds; '' where there is no time. */
export function timeText(micros: number): string {
  if (!Number.isFinite(micros)) return ''
  const date = new Date(Math.min(Math.max(Math.floor(micros / 1000), 0), 253_402_300_799_999))
  return date.toISOString()
}

/** To the second, without the letters: for tables. */
export const shortTime = (micros: number): string => timeText(micros).slice(0, 19).replace('T', ' ')

export const nameOf = (device: Device): string => device.names[0] ?? ''

/** One address, and how many more there are. */
export function addressOf({ ipv4, ipv6, subAddresses }: Device): string {
  const first = ipv4[0] ?? ipv6[0] ?? subAddresses[0]
  if (first === undefined) return ''
  const more = ipv4.length + ipv6.length + subAddresses.length - 1
  return more > 0 ? `${first} +${more}` : first
}

/** Each service once, by what it speaks or else by its port. */
export function servicesOf({ services }: Device): string {
  const words = services.map(({ transport, port, protocol }) => protocol ?? `${transport}/${port}`)
  return [...new Set(words)].join(' ')
}

/** `1,234,567`, whatever the locale of the machine. */
export const countText = (count: number): string =>
  String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

export function bytesText(bytes: number): string {
  let unit = 0
  let rest = bytes
  while (rest >= 1000 && unit < UNITS.length - 1) {
    rest /= 1000
    unit++
  }
  return `${unit === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)} ${UNITS[unit]!}`
}

export const plural = (count: number, one: string): string =>
  `${countText(count)} ${count === 1 ? one : `${one}s`}`

/** `1 h 12 min`, from microseconds. */
export function durationText(micros: number): string {
  const seconds = micros / 1e6
  if (!(seconds >= 0)) return ''
  if (seconds < 120) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 120) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.round(hours / 24)} days`
}
