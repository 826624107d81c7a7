/** Every setting there is, as data: its form, its default, and what it is for. */

import {
  httpConflict,
  httpKeys,
  metricsKeys,
  type HttpSettings,
  type MetricsSettings,
} from './answering.js'
import { excluded, type ExcludedFrames } from './exclude.js'
import {
  amount,
  choice,
  flag,
  Refused,
  text,
  whole,
  wholeOrAuto,
  type Form,
  type Many,
  type One,
} from './forms.js'
import { learningKeys, storeKeys, type Learning, type StoreKept } from './keeping.js'
import { namedNetworks, type NamedNetwork } from './named-networks.js'
import { readNetwork, type Network } from './network.js'
import { recommendationKeys, type RecommendationSettings } from './recommendations.js'
import { rulesKeys, type RuleSettings } from './rules.js'
import { timezone } from './timezone.js'

/** The whole configuration; what a file leaves out has its default. */
export interface Settings {
  readonly sensor: {
    /** `auto` is the host's name: `sensorName` tells which. */
    readonly name: string
    /** '' is none. */
    readonly site: string
    /** Of its devices, where `networks.names` doesn't say another. */
    readonly timezone: string
  }
  readonly capture: {
    readonly interfaces: readonly string[] | 'auto'
    readonly source: 'ring' | 'libpcap' | 'cap' | 'pcap'
    /** Threads that hear. */
    readonly workers: number | 'auto'
    /** In libpcap's language; '' lets everything through. */
    readonly filter: string
    /** Frames that are counted, and of which nothing is heard or kept. */
    readonly exclude: readonly ExcludedFrames[]
    readonly snaplen: number
    readonly promiscuous: boolean
    readonly mode: 'mirror' | 'tunnel'
    readonly ring_block_bytes: number
    readonly ring_blocks: number | 'auto'
    readonly ring_timeout_ms: number
  }
  readonly http: HttpSettings
  readonly metrics: MetricsSettings
  readonly log: {
    readonly level: LogLevel
    /** `auto` is pretty on a terminal and JSON elsewhere. */
    readonly format: 'auto' | 'json' | 'pretty'
  }
  readonly data: {
    /** `auto` is by the environment: `storeFolder` tells which. */
    readonly dir: string
  }
  readonly store: StoreKept
  readonly learning: Learning
  readonly privacy: {
    /** Names of hosts, and what is looked up and asked for by name. */
    readonly names: 'full' | 'hashed' | 'off'
  }
  readonly read: {
    /** Threads that hear. */
    readonly workers: number | 'auto'
  }
  readonly networks: {
    /** Networks that count as inside, besides private ones. */
    readonly inside: readonly Network[]
    /** What networks and VLANs are called, and where they are. */
    readonly names: readonly NamedNetwork[]
  }
  readonly rules: RuleSettings
  readonly recommendations: RecommendationSettings
}

export type LogLevel = (typeof LOG_LEVELS)[number]

type List<T> = Extract<T, readonly unknown[]>
type FormOf<T> = [List<T>] extends [never]
  ? One<T>
  : List<T> extends readonly (infer Item)[]
    ? Many<Item>
    : never

export interface Key<T = unknown> {
  /** What the shipped file says of it; a line each, none above 90 characters. */
  readonly doc: readonly string[]
  readonly form: FormOf<T>
  readonly initial: T
}

export type Keys<T> = { readonly [Name in keyof T]: Key<T[Name]> }
type Schema = { readonly [Section in keyof Settings]: Keys<Settings[Section]> }

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const WORKERS_MAX = 16
const NETWORKS_MAX = 1024
const INTERFACES_MAX = 16
/** A block must hold the longest frame, and the kernel must find that much memory in one piece. */
const BLOCK_BYTES = { min: 131_072, max: 4_194_304 }
/** What the kernel puts before a block's first frame, and rounds up. */
const HEAD_BYTES_MAX = 512
const BLOCKS = { min: 2, max: 8192 }
/** Places in a ring are counted with 31 bits, and no kernel likes to give more. */
const RING_BYTES_MAX = 1_073_741_824

const network: Many<Network> = {
  kind: 'many',
  read(written) {
    const known = readNetwork(typeof written === 'string' ? written : '')
    return typeof known === 'string' ? new Refused(known) : known
  },
  json: { type: 'string', pattern: '^[0-9a-fA-F.:]+/\\d{1,3}$' },
  max: NETWORKS_MAX,
}

const interfaces: Many<string> = {
  ...text(/^[^\s/:,]{1,15}$/, 'write the name of an interface, as `ip link` shows it'),
  kind: 'many',
  max: INTERFACES_MAX,
  word: 'auto',
  unique: true,
}

const block: One<number> = {
  ...amount('bytes', BLOCK_BYTES, '512KiB'),
  read(written) {
    const known = amount('bytes', BLOCK_BYTES, '512KiB').read(written)
    if (known instanceof Refused || Number.isInteger(Math.log2(known))) return known
    return new Refused(`write a power of two, like ${2 ** Math.round(Math.log2(known))}`)
  },
}

export const schema: Schema = {
  sensor: {
    name: {
      doc: ["What this sensor is called wherever its findings are shown; auto is the host's name."],
      form: text(/^[^\p{C}]{1,64}$/u, 'write 1 to 64 characters, or auto'),
      initial: 'auto',
    },
    site: {
      doc: ['Where it stands: a word by which sensors are grouped, for example Berlin.'],
      form: text(/^[^\p{C}]{0,64}$/u, 'write up to 64 characters'),
      initial: '',
    },
    timezone: {
      doc: [
        'The time zone there, for example Europe/Berlin. What is stored and told stays in UTC.',
      ],
      form: timezone,
      initial: 'UTC',
    },
  },
  capture: {
    interfaces: {
      doc: [
        'What it listens on, for example [eth1, eth2]; two ports of one TAP belong together. auto is',
        'the physical interface whose frames are not addressed to this machine, else the busiest.',
      ],
      form: interfaces,
      initial: 'auto',
    },
    source: {
      doc: [
        "How frames come in: ring is the kernel's ring, read in place; libpcap works on more kinds of",
        'interfaces and copies, and takes its place on other systems than Linux; cap and pcap do by npm',
        'packages of these names what libpcap does. All but ring need CAP_NET_RAW for node itself.',
      ],
      form: choice('ring', 'libpcap', 'cap', 'pcap'),
      initial: 'ring',
    },
    workers: {
      doc: [
        `Threads that hear, 1 to ${WORKERS_MAX}; auto is by cores and by the speed of the link. What they`,
        'find does not depend on their number.',
      ],
      form: wholeOrAuto({ min: 1, max: WORKERS_MAX }),
      initial: 'auto',
    },
    filter: {
      doc: ["Only frames that match are heard, for example 'not port 9000'; see man pcap-filter."],
      form: text(/^[^\p{Cc}]{0,4096}$/u, 'write up to 4096 characters in one line'),
      initial: '',
    },
    exclude: {
      doc: [
        'Of whom nothing may be known, for example [vlan 30, 10.9.0.0/16, 00:11:22:33:44:55]: such',
        'frames are counted as excluded, nothing of them is heard or kept, also by read.',
      ],
      form: excluded,
      initial: [],
    },
    snaplen: {
      doc: ['Bytes kept of each frame. With fewer, what is said further back is not heard.'],
      form: whole({ min: 96, max: 262_144 }),
      initial: 65_535,
    },
    promiscuous: {
      doc: ['Hear frames that are addressed to others. A mirror without it is deaf.'],
      form: flag,
      initial: true,
    },
    mode: {
      doc: [
        'mirror: the interface has no address and nothing is sent by it. tunnel: the switch sends its',
        "mirror to this machine's own address (ERSPAN, GRE, VXLAN, TZSP).",
      ],
      form: choice('mirror', 'tunnel'),
      initial: 'mirror',
    },
    ring_block_bytes: {
      doc: [
        'The ring of each worker and interface: bytes of one block, a power of two, also like 512KiB.',
        'The longest frame must fit into it.',
      ],
      form: block,
      initial: 524_288,
    },
    ring_blocks: {
      doc: [
        `Blocks of a ring, ${BLOCKS.min} to ${BLOCKS.max}; auto is what the link fills in a quarter of a second, from`,
        '64 MiB to 512 MiB for each worker.',
      ],
      form: wholeOrAuto(BLOCKS),
      initial: 'auto',
    },
    ring_timeout_ms: {
      doc: [
        'After how long a block is handed over that is not full, in milliseconds, also like 50ms.',
      ],
      form: amount('ms', { min: 1, max: 1000 }, '50ms'),
      initial: 50,
    },
  },
  http: httpKeys,
  metrics: metricsKeys,
  log: {
    level: {
      doc: ['The least grave that is logged: trace, debug, info, warn, error, fatal or silent.'],
      form: choice(...LOG_LEVELS),
      initial: 'info',
    },
    format: {
      doc: [
        'json is one JSON document a line, pretty is for people, auto is pretty on a terminal.',
      ],
      form: choice('auto', 'json', 'pretty'),
      initial: 'auto',
    },
  },
  data: {
    dir: {
      doc: [
        'The folder in which it keeps what it knows. auto is $ONLOOKER_DATA_DIR, else',
        '$STATE_DIRECTORY, which systemd sets, else ~/.local/share/onlooker.',
      ],
      form: text(/^(\/[^\p{Cc}]{0,4000}|auto)$/u, 'write a path from the root, or auto'),
      initial: 'auto',
    },
  },
  store: storeKeys,
  learning: learningKeys,
  privacy: {
    names: {
      doc: [
        'How much is known of names: of hosts and of what people call their devices, in DNS, TLS, HTTP',
        'and all else. full is as they are; hashed tells the same name by the same word; off is none.',
      ],
      form: choice('full', 'hashed', 'off'),
      initial: 'full',
    },
  },
  read: {
    workers: {
      doc: [
        `Threads that hear frames when captures are read: 1 to ${WORKERS_MAX}, or auto, which is by cores`,
        '(one for files under 64 MB). The result is the same, whatever stands here.',
      ],
      form: wholeOrAuto({ min: 1, max: WORKERS_MAX }),
      initial: 'auto',
    },
  },
  networks: {
    inside: {
      doc: [
        'Networks that count as inside, besides private and link-local ones and those that DHCP and',
        'router advertisements tell of, for example [203.0.113.0/24, 2001:db8::/32].',
      ],
      form: network,
      initial: [],
    },
    names: {
      doc: [
        'What networks and VLANs are called, in which zone, at which site and in which time zone they',
        'are, for example [{subnet: 10.1.0.0/16, name: Cameras, zone: Hall 2}, {vlan: 30, name: Guests,',
        'site: Berlin, timezone: Europe/Berlin}].',
      ],
      form: namedNetworks,
      initial: [],
    },
  },
  rules: rulesKeys,
  recommendations: recommendationKeys,
}

/** Two keys that are right alone and wrong together: which to change, and how. */
export interface Conflict {
  readonly section: keyof Settings
  readonly key: string
  readonly mend: string
}

export const conflictIn = (settings: Settings): Conflict | undefined =>
  captureConflict(settings) ?? httpConflict(settings)

function captureConflict({ capture }: Settings): Conflict | undefined {
  const { ring_blocks, ring_block_bytes, snaplen } = capture
  if (snaplen + HEAD_BYTES_MAX > ring_block_bytes) {
    const mend = `a block must hold a frame: write less, or raise ring_block_bytes`
    return { section: 'capture', key: 'snaplen', mend }
  }
  if (ring_blocks === 'auto' || ring_blocks * ring_block_bytes <= RING_BYTES_MAX) return undefined
  const most = Math.floor(RING_BYTES_MAX / ring_block_bytes)
  const mend = `a ring has at most 1 GiB: write ${most} with blocks of ${ring_block_bytes} bytes`
  return { section: 'capture', key: 'ring_blocks', mend }
}

/** The settings of somebody who has configured nothing. */
export function defaults(): Settings {
  const sections = Object.entries(schema as unknown as AnySchema).map(([section, keys]) => [
    section,
    Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key.initial])),
  ])
  return Object.fromEntries(sections) as unknown as Settings
}

/** The schema as whoever walks it sees it. */
export type AnyKey = {
  readonly doc: readonly string[]
  readonly form: Form
  readonly initial: unknown
}
export type AnySchema = Readonly<Record<string, Readonly<Record<string, AnyKey>>>>
