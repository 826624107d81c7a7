/** MQTT-SN 1.2: MQTT for sensors, over UDP: who connects, and which gateways offer themselves. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, number, text } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'

const clientId = fact('mqttsn.client_id', text, 'set')
const gateway = fact('mqttsn.gateway', number, 'set')
const willTopic = fact('mqttsn.will_topic', text, 'set')
/** `searchgw`: a client looks for a gateway. */
const asks = fact('mqttsn.asks', text, 'set')

const ADVERTISE = 0x00
const SEARCH = 0x01
const GATEWAY = 0x02
const CONNECT = 0x04
const WILL_TOPIC = 0x07
const PING = 0x16
const TYPE_MAX = 0x1d
const FORWARDED = 0xfe
const LONG = 1

function parse(c: Cursor, notes: Notes): void {
  const first = c.u8()
  const length = first === LONG ? c.u16() - 3 : first - 1
  const type = c.u8()
  if (length < 1 || (type > TYPE_MAX && type !== FORWARDED)) return c.fail('not mqttsn')
  if (length - 1 < c.left && type !== FORWARDED) return c.fail('bad length')
  const rest = length - 1
  switch (type) {
    case ADVERTISE:
    case GATEWAY:
      return notes.add(gateway, c.take(1), 1)
    case SEARCH:
      return notes.say(asks, 'searchgw')
    case CONNECT:
      c.take(1)
      if (c.u8() !== 1) return c.fail('bad protocol')
      c.take(2)
      return notes.add(clientId, c.take(rest - 4), rest - 4)
    case WILL_TOPIC:
      c.take(1)
      return notes.add(willTopic, c.take(rest - 1), rest - 1)
    case PING:
      return notes.add(clientId, c.take(rest), rest)
  }
}

export const mqttsn: Protocol = {
  name: 'mqttsn',
  standard: 'MQTT-SN 1.2',
  tells: 'names of sensors, and their gateways',
  heard: ['udp/1884', 'udp/10000'],
  facts: [clientId, gateway, willTopic, asks],
  parse,
}
