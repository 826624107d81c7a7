/** What nobody parsed, by what it claims to be. */

export interface Sample {
  readonly length: number
  /** Its first four bytes, in hexadecimal digits; what follows may be somebody's words. */
  readonly start: string
}

export interface Unparsed {
  readonly number: number
  readonly packets: number
  readonly bytes: number
  /** The first that was heard; null where there was no room to keep one. */
  readonly sample: Sample | null
}

/** Of each kind those with the most bytes come first, and only so many are named. */
export interface Census {
  readonly ethertypes: readonly Unparsed[]
  /** Frames of IEEE 802.3, by their service access point. */
  readonly llc: readonly Unparsed[]
  readonly ip_protocols: readonly Unparsed[]
  /** The server's port of conversations nothing of which was understood. */
  readonly tcp_ports: readonly Unparsed[]
  readonly udp_ports: readonly Unparsed[]
  /** All that is not named, of all kinds. */
  readonly others: { readonly packets: number; readonly bytes: number }
}

export const NO_CENSUS: Census = {
  ...{ ethertypes: [], llc: [], ip_protocols: [], tcp_ports: [], udp_ports: [] },
  others: { packets: 0, bytes: 0 },
}
