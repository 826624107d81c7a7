/** Runs a test file in a network namespace of its own, where `near` and `far` are the ends of a cable. */

import { execFileSync, spawnSync } from 'node:child_process'
import { execPath, getuid, pid, platform } from 'node:process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { builtIn } from '../../src/capture/addon.js'
import { built } from './blocks.js'

export { built }

const INSIDE = 'ONLOOKER_OWN_NET'

export const ip = (...words: string[]): void => void execFileSync('ip', words, { stdio: 'pipe' })

/** A cable, without anybody who sends on it of its own accord. */
export function plug(): void {
  ip('link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far')
  for (const end of ['near', 'far']) {
    ip('link', 'set', end, 'addrgenmode', 'none')
    ip('link', 'set', end, 'up')
  }
}

/** Sends frames on one end. */
export function send(end: string, frames: readonly Uint8Array[]): void {
  const input = Buffer.concat(
    frames.flatMap(frame => [Uint8Array.of(frame.length >> 8, frame.length & 255), frame]),
  )
  const { status, stderr } = spawnSync(built('onlooker-send'), [end], { input })
  if (status !== 0) throw new Error(`onlooker-send: ${stderr.toString()}`)
}

function whyNot(): string {
  if (platform !== 'linux') return 'not Linux'
  if (builtIn() === undefined) return 'the native addon is not built'
  if (getuid?.() !== 0) return 'not root'
  const tried = spawnSync('ip', ['netns', 'add', `${name}-try`], { encoding: 'utf8' })
  if (tried.status !== 0) return tried.error?.message ?? tried.stderr.trim()
  spawnSync('ip', ['netns', 'del', `${name}-try`])
  return ''
}

const name = `onlooker-${String(pid)}`

/** Calls `body` inside; outside it makes the namespace, runs the file again in it, and cleans up. */
export async function inOwnNet(url: string, body: () => void): Promise<void> {
  if (process.env[INSIDE] !== undefined) {
    ip('link', 'set', 'lo', 'up')
    plug()
    body()
    return
  }
  const why = whyNot()
  if (why !== '') {
    t.pass(`no network namespaces here: ${why}`)
    return
  }
  ip('netns', 'add', name)
  t.teardown(() => ip('netns', 'del', name))
  const words = ['netns', 'exec', name, execPath, fileURLToPath(url)]
  await t.spawn('ip', words, { env: { ...process.env, [INSIDE]: name } })
}
