/** Of the conversations in the JSON of an inventory, what is known of the connection heard last. */

import { communityId } from '../identity/community-id.js'
import type { InventoryDocument } from '../identity/document.js'
import { bytesOf, type ByteWriter } from './inventory-bytes.js'

const ID = bytesOf(',"community_id":')
const SMALLEST = bytesOf(',"round_trip_smallest_us":')
const LAST = bytesOf(',"round_trip_last_us":')

export class ConnectionWriter {
  private readonly w: ByteWriter
  private readonly document: InventoryDocument
  private readonly client = new Uint8Array(16)
  private readonly server = new Uint8Array(16)

  constructor(w: ByteWriter, document: InventoryDocument) {
    this.w = w
    this.document = document
  }

  write(talk: number): void {
    const { w } = this
    const { heard, row } = this.document.conversations
    w.raw(ID)
    w.text(this.id(talk))
    w.raw(SMALLEST)
    w.number(heard.connections.smallestRoundTrip(row[talk]!) ?? NaN)
    w.raw(LAST)
    w.number(heard.connections.lastRoundTrip(row[talk]!) ?? NaN)
  }

  private id(talk: number): string | null {
    const { conversations: talks, addresses } = this.document
    if (talks.isAddedUp(talk)) return null
    const { client, server } = this
    const { heard } = talks
    const row = talks.lastRow[talk]!
    const length = addresses.write(heard.client(row), client)
    addresses.write(heard.server(row), server)
    const place = heard.place(row)
    return communityId({
      ...{ transport: place >>> 16, length, client, server },
      clientPort: heard.connections.clientPort(row),
      serverPort: place & 0xffff,
    })
  }
}
