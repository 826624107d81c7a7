/** A conversation as it is read: its ends are ids of devices as they stand, or addresses. */

import type { ConversationRecord } from '../model/device.js'

export interface ConversationRow {
  readonly number: number
  readonly source_id: string
  readonly target_id: string
  readonly transport: string
  readonly port: number
  readonly protocol: string
  readonly scope: string
  readonly name: string
  readonly packets: number
  readonly bytes_out: number
  readonly bytes_in: number
  readonly community_id: string | null
  readonly round_trip_smallest: number | null
  readonly round_trip_last: number | null
  readonly first_seen: number
  readonly last_seen: number
}

/** Of a device that is merged into another, whose id stands for it: one step, which is the usual. */
const standingId = (end: string): string => `coalesce(
    (SELECT coalesce(standing.id, own.id) FROM devices AS own
      LEFT JOIN devices AS standing ON standing.number = own.merged_into WHERE own.number = ${end}),
    ${end}_name)`

const word = (column: string): string =>
  `coalesce((SELECT text FROM words WHERE words.number = conversations.${column}), '')`

/** Selects what `ConversationRow` is; a WHERE may follow. */
export const CONVERSATIONS = `SELECT conversations.number,
  ${standingId('source')} AS source_id, ${standingId('target')} AS target_id,
  ${word('transport')} AS transport, port, ${word('protocol')} AS protocol,
  ${word('scope')} AS scope, name, packets, bytes_out, bytes_in, first_seen, last_seen,
  community_id, round_trip_smallest, round_trip_last
  FROM conversations`

export function conversationOf(row: ConversationRow): ConversationRecord {
  return {
    from: row.source_id,
    to: row.target_id,
    transport: row.transport,
    port: row.port === -1 ? null : row.port,
    protocol: row.protocol,
    name: row.name === '' ? null : row.name,
    scope: row.scope,
    packets: row.packets,
    bytes_out: row.bytes_out,
    bytes_in: row.bytes_in,
    community_id: row.community_id,
    round_trip_smallest_us: row.round_trip_smallest,
    round_trip_last_us: row.round_trip_last,
    first_seen: row.first_seen,
    last_seen: row.last_seen,
  }
}
