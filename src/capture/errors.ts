/** What can be wrong with a capture before its first frame, and how a person mends it. */

import { complaintLine } from '../model/complaint.js'

const MENDS = {
  missing: ['no such file', 'check the path'],
  forbidden: ['not allowed to read', 'make it readable for this user'],
  directory: ['is a directory', 'name the capture files in it'],
  terminal: ['is a terminal', 'pipe a capture into it'],
  unreadable: ['cannot be read', 'check the disk it lies on'],
  empty: ['empty file', 'capture again, or check how it was copied'],
  alien: ['not a capture', 'give a pcap or pcapng file, plain or as .gz or .zst'],
  cut: ['cut off inside its header', 'copy it again'],
  version: ['unknown version of the format', 'convert it with editcap or tcpdump -r'],
  broken: ['broken first block', 'copy it again, or repair it with pcapfix'],
  damaged: ['damaged compression', 'copy it again, or unpack it by hand to see how far it goes'],
  window: ['compressed with a window this Node cannot open', 'unpack it first'],
  nested: ['compressed twice', 'unpack it once'],
  many: ['too many files at once', 'join them with mergecap first'],
  filter: ['wrong filter', 'see man pcap-filter'],
  addon: ['filters need the native addon', 'build it with: npx node-gyp -C native rebuild'],
  interface: ['no such interface', 'see ip -brief link for the names'],
  down: ['interface is down', 'bring it up with: ip link set up dev and its name'],
  privilege: ['not allowed to capture', 'start as root, or let systemd start it'],
  memory: ['not enough memory for the ring', 'ask for fewer or smaller blocks'],
  shape: ['no ring has this shape', 'give blocks of a power of two of at least 4096 bytes'],
  sockets: ['too few packet sockets', 'start the launcher with more: --sockets'],
  capture: ['cannot capture', 'try another source, or another interface'],
  package: ['npm package is missing or does not load', 'install it, or choose another source'],
} as const

export type CaptureFault = keyof typeof MENDS

/** `message` is the line to show: what happened, where, how to mend it. */
export class CaptureError extends Error {
  readonly fault: CaptureFault
  readonly where: string
  /** The exit status it deserves: a wrong filter is a wrong call. */
  readonly status: number

  constructor(fault: CaptureFault, where: string, detail = '') {
    super(complaintLine(MENDS[fault], where, detail))
    this.name = 'CaptureError'
    this.fault = fault
    this.where = where
    this.status = fault === 'filter' || fault === 'shape' ? 2 : 1
  }
}

const BY_CODE: Readonly<Record<string, CaptureFault>> = {
  ENOENT: 'missing',
  ENOTDIR: 'missing',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EISDIR: 'directory',
  EMFILE: 'many',
  ENFILE: 'many',
}

/** The system's error as ours. */
export function captureError(error: unknown, where: string): CaptureError {
  if (error instanceof CaptureError) return error
  const code = String((error as { code?: unknown }).code ?? '')
  const fault = BY_CODE[code] ?? 'unreadable'
  return new CaptureError(fault, where, fault === 'unreadable' ? code : '')
}

const LIVE_BY_CODE: Readonly<Record<string, CaptureFault>> = {
  ENODEV: 'interface',
  ENXIO: 'interface',
  EADDRNOTAVAIL: 'interface',
  ENETDOWN: 'down',
  EPERM: 'privilege',
  EACCES: 'privilege',
  ENOMEM: 'memory',
  ENOBUFS: 'memory',
}

/** What the system refused of a live capture, as ours: `where` is the interface. */
export function liveError(refusal: { code: string; error: string }, where: string): CaptureError {
  const fault = LIVE_BY_CODE[refusal.code] ?? 'capture'
  return new CaptureError(fault, where, fault === 'capture' ? reason(refusal) : '')
}

function reason({ code, error }: { code: string; error: string }): string {
  return `${error} ${code}`.trim().replace(/\s+/g, ' ')
}
