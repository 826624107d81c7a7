/** What `explain-frame` says of a frame, as its JSON has it: schema onlooker.frame/1. */

export interface FrameDocument {
  readonly schema: 'onlooker.frame/1'
  readonly file: string
  readonly frame: number
  /** As the capture has it. */
  readonly time: string
  /** Where a clock ran backwards: the time that hearing took it for. */
  readonly heard_as_of: string | null
  readonly interface: number
  readonly link: string
  readonly captured: number
  readonly wire: number
  /** Outermost first. */
  readonly layers: readonly string[]
  readonly undecoded: string | null
  readonly encapsulations: number
  readonly vlan: number | null
  readonly inner_vlan: number | null
  readonly session: number | null
  readonly source: End
  readonly target: End
  readonly ether_type: string | null
  readonly ip_protocol: number | null
  readonly ttl: number | null
  readonly fragment: 'first' | 'later' | null
  readonly tcp: TcpPart | null
  /** What the innermost layer carries; `at` counts from the frame's first byte. */
  readonly payload: { readonly at: number; readonly length: number }
  /** Null where there is none, or the frame is cut or a fragment. */
  readonly checksum: 'holds' | 'wrong' | null
  readonly shard: number
  /** `same` frame, or the same packet `routed`, heard a moment before. */
  readonly duplicate: 'same' | 'routed' | null
  /** Whom it was given to. */
  readonly parsers: readonly string[]
  /** Why nobody heard it, where nobody did. */
  readonly unheard: string | null
  readonly connection: ConnectionPart | null
  /** Every parser that ran because of this frame, in order. */
  readonly readings: readonly ReadingPart[]
}

export interface End {
  readonly mac: string | null
  readonly ip: string | null
  readonly port: number | null
}

export interface TcpPart {
  readonly flags: readonly string[]
  readonly sequence: number
  readonly acknowledged: number
}

/** The TCP connection a frame belongs to, as it stands after it. */
export interface ConnectionPart {
  readonly client: string
  readonly server: string
  /** Who is the server was seen, not guessed. */
  readonly sure: boolean
  readonly sender: 'client' | 'server'
  readonly packets: number
  readonly protocol: string | null
  /** `none`: nobody wants it; `settled`: it was read, or given up. */
  readonly opening: 'none' | 'open' | 'settled'
  readonly client_opening: OpeningPart | null
  readonly server_opening: OpeningPart | null
}

/** One side's bytes in order, those this frame brought, and how often a parser read them. */
export interface OpeningPart {
  readonly bytes: number
  readonly added: number
  readonly runs: number
  readonly done: boolean
}

/** One run of one parser. */
export interface ReadingPart {
  readonly protocol: string
  /** The frame's own bytes, or those a connection began with. */
  readonly of: 'frame' | 'opening'
  /** From whom to whom; null on layers without addresses. */
  readonly talk: string | null
  readonly side: 'client' | 'server' | null
  /** `last reading`: more is not to come, or not wanted. */
  readonly because: 'frame' | 'last reading' | 'capture over'
  readonly bytes: number
  /** `short` keeps what was whole, any other fault drops it all. */
  readonly fault: string | null
  readonly notes: readonly NotePart[]
}

export interface NotePart {
  readonly fact: string
  readonly value: string
  /** The MAC or IP address, or the name, that it is about; null: nobody who is known. */
  readonly about: string | null
  readonly news: boolean
  /** Why it is none; null if it is. */
  readonly why: string | null
}
