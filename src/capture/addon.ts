/** The native addon: what it offers, and where it lies. It opens, maps and counts; it never parses. */

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CaptureError } from './errors.js'

/** What a call gives instead of its result: the system's own name of what went wrong, and where. */
export interface Refusal {
  /** `EPERM`, `ENODEV`, ... */
  readonly code: string
  /** Which step it was: `socket`, `bind`, `ring`, ... */
  readonly error: string
}

/** An interface as the system lists it. */
export interface Seen {
  readonly name: string
  readonly index: number
  /** `aa:bb:cc:dd:ee:ff`, or '' where there is none. */
  readonly mac: string
  readonly addresses: readonly string[]
  readonly up: boolean
  /** A cable is in, and the other end is there. */
  readonly running: boolean
  readonly loopback: boolean
  readonly promiscuous: boolean
  readonly mtu: number
  /** The system's hardware type (ARPHRD): 1 is Ethernet. */
  readonly hardware: number
}

export interface RingShape {
  readonly interface: string
  readonly block_bytes: number
  readonly blocks: number
  readonly timeout_ms: number
  readonly promiscuous: boolean
  /** Leave out what this machine sends itself. */
  readonly incoming_only: boolean
}

/** A libpcap handle of an interface, for what rings can't do. */
export type PcapPort = object & { readonly handle: true }

/**
 * Descriptors are the process's: the main thread opens and joins rings, the worker that hears one
 * maps it. Programs are classic BPF, four words an instruction: code, jump if true, if false, k.
 */
export interface Addon {
  /** Compiles a filter as if for a file of that link type. */
  compile(
    text: string,
    link: number,
    snaplen: number,
  ): { instructions: Uint32Array } | { error: string }
  /**
   * Compiles a filter on an activated handle of that interface, where tags lie beside the frame. That
   * takes a packet socket: without the privilege, `spare` is an unused one to be borrowed; afterwards
   * it is as before.
   */
  compileLive(
    text: string,
    name: string,
    snaplen: number,
    spare?: number,
  ): { instructions: Uint32Array } | { error: string }

  interfaces(): Seen[]
  /** A packet socket that hears nothing yet; needs the privilege. */
  socket(): number | Refusal
  /** Shapes the ring and binds it; until `filter` is called it takes no frame. */
  ringOpen(socket: number, shape: RingShape): Refusal | undefined
  /** Joins a fanout group, or founds one if 0; gives what the next ones join it by, never 0. */
  ringJoin(socket: number, group: number): number | Refusal
  /** Which member of its group hears a frame. */
  ringShare(socket: number, program: Uint32Array): Refusal | undefined
  /** Replaces the filter; frames longer than a program's result are cut to it. */
  ringFilter(socket: number, program: Uint32Array): Refusal | undefined
  /** All blocks as one piece of memory, to be read in place, in the thread that hears it. */
  ringMap(socket: number, bytes: number): ArrayBuffer | Refusal
  /** Gives the memory back; the array buffer is empty from then on. Twice is as good as once. */
  ringUnmap(memory: ArrayBuffer): void
  /**
   * Waits until one of the sockets has a block, or `wake` is written to, or the time is over; says
   * how many of them are ready. `ready` gets poll's answer of each. No longer than a second, whatever
   * is asked, so that a thread can be ended.
   */
  wait(sockets: Int32Array, ready: Int32Array, wake: number, timeout_ms: number): number
  /** Since the last call: received (with those dropped), dropped, times the queue froze. */
  statistics(socket: number, into: Uint32Array): Refusal | undefined
  /** What is known of an error that a socket holds (`ENETDOWN` when its interface went), or ''. */
  socketError(socket: number): string

  /** An eventfd that wakes `wait`. */
  wakeOpen(): number | Refusal
  wake(descriptor: number): void
  wakeClear(descriptor: number): void
  /** Closes what `socket`, `wakeOpen` or the launcher opened; anything else it leaves alone. */
  close(descriptor: number): void

  handleOpen(
    name: string,
    options: {
      snaplen: number
      promiscuous: boolean
      timeout_ms: number
      filter: string
      /** Leave out what this machine sends itself, where the system can tell. */
      incoming_only?: boolean
    },
  ): PcapPort | Refusal
  /** The pcap link type of what the handle gives. */
  handleLink(handle: PcapPort): number
  /** Copies frames as records of a pcap file (native order, microseconds) into `chunk`; gives the bytes used. */
  handleRead(handle: PcapPort, chunk: Uint8Array): number | Refusal
  handleStatistics(handle: PcapPort, into: Uint32Array): Refusal | undefined
  handleClose(handle: PcapPort): void

  /** Tells systemd: `READY=1`, `STATUS=...`; true if somebody listens. */
  notify(text: string): boolean
  /** Replaces this program by another; comes back only if it can't. */
  execute(path: string, args: readonly string[], environment: readonly string[]): Refusal
}

const ADDON = join('native', 'build', 'Release', 'onlooker.node')
/** How far above this file the package may begin. */
const FOLDERS_MAX = 5

let loaded: Addon | undefined

export function addon(): Addon {
  return (loaded ??= load())
}

/** The folder the package lies in, or undefined if the addon was never built. */
export function builtIn(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (let i = 0; i < FOLDERS_MAX; i++) {
    if (existsSync(join(folder, ADDON))) return folder
    folder = dirname(folder)
  }
  return undefined
}

function load(): Addon {
  const folder = builtIn()
  if (folder === undefined) throw new CaptureError('addon', ADDON)
  try {
    return createRequire(import.meta.url)(join(folder, ADDON)) as Addon
  } catch {
    // Built for another Node, or libpcap is gone: building it again tells which.
    throw new CaptureError('addon', join(folder, ADDON))
  }
}
