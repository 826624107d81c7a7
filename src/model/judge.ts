/** From what was said of a device to what it is: the question, and the form of the answer. */

/** What can be concluded about a device. */
export const PROPERTIES = [
  'kind',
  'vendor',
  'model',
  'os',
  'os_version',
  'firmware',
  'serial',
] as const
export type Property = (typeof PROPERTIES)[number]

/**
 * What no frame says in so many words, but is known all the same; rules read it like any fact.
 * `mac.vendor` is whom the address block belongs to, `service.open` a port that answered (`tcp/9100`),
 * `service.protocol` what was spoken there, `peer.name` the name of somebody out there that it calls
 * (or the domain that all names of that address have in common), `network.role` what it does for others.
 */
export const DERIVED_FACTS = [
  'mac.vendor',
  'mac.prefix',
  'service.open',
  'service.protocol',
  'peer.name',
  'network.role',
] as const

/** One thing that was said of a device. */
export interface Statement {
  readonly fact: string
  readonly value: string
  /** Its number in the evidence; -1 for what no frame said in so many words. */
  readonly evidence: number
}

/** What one rule concludes from one statement (or from several, of which this is the first). */
export interface Claim {
  readonly property: Property
  readonly value: string
  readonly rule: string
  /** 0 to 1: how often this rule is right. */
  readonly confidence: number
  readonly evidence: number
  readonly fact: string
  readonly said: string
}

/** The claims on one property, weighed: what holds, and how surely. */
export interface Verdict {
  readonly value: string
  readonly confidence: number
}

export type Verdicts = Readonly<Partial<Record<Property, Verdict>>>

export interface Judgement {
  readonly verdicts: Verdicts
  /** The most telling first. */
  readonly claims: readonly Claim[]
}

/** Knows nothing. */
export const NO_JUDGE: Judge = {
  reads: () => false,
  knows: () => false,
  judge: () => ({ verdicts: {}, claims: [] }),
}

export interface Judge {
  /** Whether any rule reads this fact: others need not be gathered. */
  reads(fact: string): boolean
  /** Whether any rule makes something of this value, by itself or with others. */
  knows(fact: string, value: string): boolean
  /** What to think of a device; `before` is what was thought of it, and gives way to clearly better only. */
  judge(statements: readonly Statement[], before?: Verdicts): Judgement
}
