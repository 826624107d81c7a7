/** What is known of a device as a whole, as statements that rules of recommendations read. */

import type { ServiceRecord } from '../../model/device.js'
import type { Statement } from './matching.js'

/** A device, live or of a capture. */
export interface Whole {
  readonly category: string
  readonly kind: string
  readonly vendor: string | null
  readonly model: string | null
  readonly os: { readonly name: string; readonly version: string | null } | null
  readonly firmware: string | null
  readonly services: readonly Pick<ServiceRecord, 'transport' | 'port' | 'protocol'>[]
  /** What a person said; null is nothing. */
  readonly authorized: boolean | null
}

/** Only those that `reads` wants; none has a time. */
export function deviceStatements(device: Whole, reads: (fact: string) => boolean): Statement[] {
  const all: Statement[] = []
  const say = (fact: string, value: string | null): void => {
    if (value !== null && value !== '' && reads(fact)) {
      all.push({ fact, value, first: NaN, last: NaN })
    }
  }
  say('device.category', device.category)
  say('device.kind', device.kind)
  say('device.vendor', device.vendor)
  say('device.model', device.model)
  say('device.os', device.os && [device.os.name, device.os.version ?? ''].join(' ').trim())
  say('device.firmware', device.firmware)
  say('device.authorized', device.authorized === null ? null : device.authorized ? 'yes' : 'no')
  for (const { transport, port, protocol } of device.services) {
    say('service.open', `${transport}/${String(port)}`)
    say('service.protocol', protocol)
  }
  return all
}

const NOBODY = ['group', 'unknown']

/** `internet modbus`: who was answered by a device, of `internet-to-ot`; '' where they are of one kind. */
export function reachedBy(scope: string, protocol: string): string {
  const [from = '', to = ''] = scope.split('-to-')
  return from === to || NOBODY.includes(from) ? '' : `${from} ${protocol}`.trim()
}
