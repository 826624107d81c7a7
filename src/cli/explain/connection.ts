/** The TCP connection a frame belongs to, and how far its opening was read. */

import { ipText } from '../../bytes/text.js'
import { isSettled, openingOf, readConversation, slotOf } from '../../hearing/conversation-rows.js'
import type { Dispatch } from '../../hearing/dispatch.js'
import type { Hearing } from '../../hearing/hearing.js'
import { CLIENT, SERVER } from '../../hearing/openings.js'
import type { Frame } from '../../layers/frame.js'
import { ConversationHeard } from '../../model/heard.js'
import type { ConnectionPart, OpeningPart } from './document.js'
import { endText } from './watch.js'

/** Beside its two addresses, of one or four words each, a connection's key has three words. */
const KEY_WORDS = { 4: 5, 6: 11 } as const

/** How far both sides were read at some moment; to be compared with a later one. */
export interface Standing {
  readonly slot: number
  readonly lengths: readonly [number, number]
}

const NOTHING: Standing = { slot: -1, lengths: [0, 0] }

/** The row of a frame's connection, or -1 if the table does not have it. */
export function rowOf(hearing: Hearing, frame: Frame, shard: number): number {
  if (frame.network !== 4 && frame.network !== 6) return -1
  const { conversations } = hearing
  conversations.aim(0, frame)
  return conversations.table.find(0, KEY_WORDS[frame.network], shard)
}

export function standing(hearing: Hearing, row: number): Standing {
  const slot = row < 0 ? -1 : slotOf(openingOf(hearing.conversations.table.words, row))
  if (slot < 0) return NOTHING
  const { length } = hearing.connections.openings
  return { slot, lengths: [length[slot * 2]!, length[slot * 2 + 1]!] }
}

export function connectionPart(
  hearing: Hearing,
  dispatch: Dispatch,
  at: { row: number; frame: Frame; before: Standing },
): ConnectionPart {
  const { row, frame, before } = at
  const { table } = hearing.conversations
  const heard = new ConversationHeard()
  readConversation(table, row, heard, dispatch)
  const opening = openingOf(table.words, row)
  const { openings } = hearing.connections
  const slot = slotOf(opening)
  const own = slot < 0 ? '' : dispatch.protocols[openings.protocol[slot]! - 1]!.name
  const ends = endsOf(frame, heard)
  return {
    ...ends,
    sure: heard.sure,
    packets: heard.packets,
    protocol: own || heard.protocol || null,
    opening: opening === 0 ? 'none' : isSettled(opening) ? 'settled' : 'open',
    client_opening: slot < 0 ? null : openingPart(hearing, slot, CLIENT, before),
    server_opening: slot < 0 ? null : openingPart(hearing, slot, SERVER, before),
  }
}

function openingPart(hearing: Hearing, slot: number, side: 0 | 1, before: Standing): OpeningPart {
  const { openings } = hearing.connections
  const i = slot * 2 + side
  const bytes = openings.length[i]!
  return {
    bytes,
    added: bytes - (before.slot === slot ? before.lengths[side] : 0),
    runs: openings.runs[i]!,
    done: openings.done[i] === 1,
  }
}

function endsOf(
  frame: Frame,
  heard: ConversationHeard,
): Pick<ConnectionPart, 'client' | 'server' | 'sender'> {
  const length = heard.ipLength
  const source = ipText(frame.bytes, frame.sourceIp, length)
  const target = ipText(frame.bytes, frame.targetIp, length)
  const server = ipText(heard.bytes, heard.serverIpAt, length)
  const ends = [endText(source, frame.sourcePort), endText(target, frame.targetPort)] as const
  const fromServer = server === source && heard.port === frame.sourcePort
  return fromServer
    ? { client: ends[1], server: ends[0], sender: 'server' }
    : { client: ends[0], server: ends[1], sender: 'client' }
}
