/**
 * The road to packet sockets without privilege: this program is replaced by the launcher, which
 * opens them, gives every privilege up, and starts it again with their descriptors.
 */

import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Addon, Refusal } from '../capture/addon.js'
import { readRange } from './sockets.js'

export const LAUNCHER = join('native', 'build', 'Release', 'onlooker-launch')
/** Sockets that the launcher opens: for every ring, and spares for interfaces that return. */
export const SOCKETS = 64
const LAUNCH_MS = 5000

/** What the decision rests on; read from the machine by `situation`. */
export interface Situation {
  /** The value of $ONLOOKER_SOCKETS. */
  readonly sockets: string | undefined
  /** Whether a packet socket can be opened here, or the system's word for why not. */
  readonly opens: true | string
  /** Where the launcher lies, or undefined if it was never built. */
  readonly launcher: string | undefined
  /** Whom this process runs as (0 is root), and who owns the program's folder. */
  readonly user: number
  readonly owner: { readonly user: number; readonly group: number }
}

export type Road =
  | { readonly by: 'sockets'; readonly range: readonly [number, number] }
  | {
      readonly by: 'launcher'
      readonly path: string
      readonly arguments: readonly string[]
      /** Whom it will run as, in words. */
      readonly words: string
    }
  | { readonly by: 'none'; readonly why: string }

const BUILD = 'build it with: npm run setup'

/** How this program comes to its sockets; `command` is how it is started again. */
export function roadOf(situation: Situation, command: readonly string[]): Road {
  const { sockets, opens, launcher, user, owner } = situation
  if (sockets !== undefined && sockets !== '') {
    const range = readRange(sockets)
    if (range !== undefined) return { by: 'sockets', range }
    return none(`wrong descriptors: ONLOOKER_SOCKETS=${sockets.slice(0, 40)}: unset it`)
  }
  if (opens !== true) return none(`may not capture (${opens}): this user: ${mendOf(launcher)}`)
  if (launcher === undefined) return none(`the launcher is missing: ${LAUNCHER}: ${BUILD}`)
  const change = user === 0 && owner.user !== 0
  return {
    by: 'launcher',
    path: launcher,
    arguments: [
      ...['--sockets', String(SOCKETS)],
      ...(change ? ['--user', `${String(owner.user)}:${String(owner.group)}`] : []),
      '--',
      ...command,
    ],
    words: change
      ? `as user ${String(owner.user)}, who owns the program, without any capability`
      : `as user ${String(user)}, without any capability`,
  }
}

const none = (why: string): Road => ({ by: 'none', why })

function mendOf(launcher: string | undefined): string {
  if (launcher === undefined) return `${BUILD}, then run it as root`
  return `run it as root, or allow the launcher once: setcap cap_net_raw+ep ${launcher}`
}

/** Reads from the machine what the decision rests on. */
export function situation(
  addon: Addon,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): Situation {
  const path = join(folder, LAUNCHER)
  const launcher = statSync(path, { throwIfNoEntry: false })?.isFile() ? path : undefined
  const { uid, gid } = statSync(folder)
  return {
    sockets: environment.ONLOOKER_SOCKETS,
    opens: opens(addon, launcher),
    launcher,
    user: process.getuid?.() ?? 0,
    owner: { user: uid, group: gid },
  }
}

/** Whether this process may open a packet socket, or else the launcher, which may have leave of its own. */
function opens(addon: Addon, launcher: string | undefined): true | string {
  const socket: number | Refusal = addon.socket()
  if (typeof socket === 'number') {
    addon.close(socket)
    return true
  }
  return launcher !== undefined && launches(launcher) ? true : socket.code
}

/** Whether the launcher may open one is seen by letting it. */
export function launches(launcher: string): boolean {
  const words = ['--sockets', '1', '--', '/bin/true']
  return spawnSync(launcher, words, { stdio: 'ignore', timeout: LAUNCH_MS }).status === 0
}
