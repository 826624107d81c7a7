/** A live crew on the cable of a test, in this process. */

import type { Addon } from '../../src/capture/addon.js'
import { openGroup, type Group } from '../../src/capture/group.js'
import type { RingMapping } from '../../src/capture/ring.js'
import type { Listener } from '../../src/hearing/crew.js'
import { LiveCrew, type WorkerLoss } from '../../src/hearing/live-crew.js'
import { fanoutProgram } from '../../src/layers/fanout.js'
import { HEARING, KEY } from '../hearing/gathering.js'
import { granted } from '../native/blocks.js'

export const SHAPE = {
  block_bytes: 1 << 16,
  blocks: 64,
  timeout_ms: 10,
  promiscuous: true,
  incoming_only: true,
}

export interface LiveTest {
  readonly crew: LiveCrew
  readonly group: Group
  readonly losses: WorkerLoss[]
  /** `near 0 why`: faults of ears. */
  readonly faults: string[]
  close(): Promise<void>
}

export interface LiveWanted {
  readonly workers: number
  readonly listener: Listener
  readonly shape?: typeof SHAPE | undefined
}

/** A crew that listens to `near`. */
export function listenLive(native: Addon, wanted: LiveWanted): LiveTest {
  const { workers, listener, shape = SHAPE } = wanted
  const losses: WorkerLoss[] = []
  const faults: string[] = []
  const crew = new LiveCrew(
    {
      ...HEARING,
      workers,
      program: new URL('../../onlooker/listener.js', import.meta.url),
      key: KEY,
      wakes: {
        open: () => granted(native.wakeOpen()),
        wake: descriptor => native.wake(descriptor),
        close: descriptor => native.close(descriptor),
      },
      now: () => performance.now(),
      wall: () => Date.now(),
    },
    listener,
    {
      workerLost: loss => void losses.push(loss),
      earFault: (name, worker, why) => void faults.push(`${name} ${String(worker)} ${why}`),
      covered: () => undefined,
    },
  )
  const group = plugIn(native, crew, { workers, shape })
  const close = async (): Promise<void> => {
    await crew.stop()
    group.close()
  }
  return { crew, group, losses, faults, close }
}

/** Opens `near` for a crew: at its beginning, or when the interface has come back. */
export function plugIn(
  native: Addon,
  crew: LiveCrew,
  { workers, shape = SHAPE }: Pick<LiveWanted, 'workers' | 'shape'>,
): Group {
  const group = openGroup(native, {
    interface: 'near',
    sockets: Array.from({ length: workers }, () => granted(native.socket())),
    shape,
    program: fanoutProgram(workers),
    snaplen: 65535,
  })
  const { block_bytes, blocks } = shape
  const mappings = group.sockets.map((socket, i): RingMapping => ({
    ...{ socket, block_bytes, blocks, port: 0, link: 1, interface: 'near' },
    early: group.early[i]!,
  }))
  crew.open('near', mappings)
  return group
}
