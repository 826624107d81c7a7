/** Parts of a device in the JSON of an inventory. */

import type { Device } from '../identity/document.js'
import { bytesOf, type ByteWriter } from './inventory-bytes.js'

export function writeServices(w: ByteWriter, { services }: Device): void {
  for (let i = 0; i < services.length; i++) {
    const { transport, port, protocol } = services[i]!
    w.word(i > 0 ? ',{"transport":"' : '{"transport":"')
    w.word(transport)
    w.word('","port":')
    w.number(port)
    w.word(',"protocol":')
    w.text(protocol)
    w.word(',"product":null,"version":null}')
  }
}

export function writeOs(w: ByteWriter, { os }: Device): void {
  if (os === null) return w.text(null)
  w.word('{"name":')
  w.text(os.name)
  w.word(',"version":')
  w.text(os.version)
  w.word('}')
}

/** In which network it is, and where. */
export function writePlace(
  w: ByteWriter,
  { network, zone, site, timezone, location }: Device,
): void {
  w.word(',"network":')
  w.text(network)
  w.word(',"zone":')
  w.text(zone)
  w.word(',"site":')
  w.text(site)
  w.word(',"timezone":')
  w.text(timezone)
  w.word(',"location":')
  if (location === null) return w.text(null)
  w.raw(bytesOf(JSON.stringify(location)))
}
