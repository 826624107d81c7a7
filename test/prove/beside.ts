/**
 * `npm run prove:beside [-- CAPTURE...]`: the sensor, the sources that copy, and other programs hear
 * the same load one after the other, on the same core: what each received, lost and took.
 */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import { argv, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { isInstalled, ticks, TICKS_PER_SECOND } from '../live/daemon.js'
import type { Mirror } from '../live/mirror.js'
import { number, onMirror, rates, say, withDaemon } from '../live/proving.js'
import { captured, mix, small } from '../live/traffic.js'

const SECONDS = 5
const RATE = Number(process.env.RATE ?? 0)
const RECEIVER = 0
const SENDER = 1
const BEGIN_MS = 1500
const SOURCES = fileURLToPath(new URL('./sources.js', import.meta.url))

/** How a program is called, and where it says what it heard and lost. */
const others: Readonly<Record<string, { words: string[]; said: RegExp; ends: NodeJS.Signals }>> = {
  tcpdump: {
    words: ['tcpdump', '-ni', 'near', '-w', '/dev/null'],
    said: /\d+ packets (received by filter|dropped by kernel)/g,
    ends: 'SIGINT',
  },
  p0f: { words: ['p0f', '-i', 'near'], said: /Processed \d+ packets/g, ends: 'SIGINT' },
  ndpiReader: {
    words: ['ndpiReader', '-i', 'near', '-s', String(SECONDS + 2)],
    said: /(IP packets|Ethernet bytes|pkts? dropped|dropped)[^\n]*/gi,
    ends: 'SIGINT',
  },
  ...Object.fromEntries(
    ['ring', 'libpcap', 'cap', 'pcap'].map(name => [
      `our source ${name}, nothing heard`,
      {
        words: [execPath, SOURCES, name, 'near', String(SECONDS + 4)],
        said: /\d+ frames|\d+ received|\d+ dropped/g,
        ends: 'SIGINT' as const,
      },
    ]),
  ),
}

type Frames = readonly Uint8Array[]
const load = { rate: RATE, seconds: SECONDS, cpu: SENDER }

async function sensor(mirror: Mirror, frames: Frames): Promise<void> {
  await withDaemon(mirror, { cpu: RECEIVER }, async daemon => {
    const before = daemon.cpu()
    const sent = await mirror.offer(frames, load)
    const { heard, dropped } = await daemon.accountsFor(sent.frames)
    const took = daemon.cpu() - before
    rates('onlooker', sent)
    say(`  ${number(heard)} heard, ${number(dropped)} dropped; ${cost(took, heard)}`)
  })
}

const cost = (seconds: number, frames: number): string =>
  `${number(seconds, 2)} s of its core, ${number((seconds * 1e9) / frames)} ns a frame sent`

async function other(mirror: Mirror, name: string, frames: Frames): Promise<void> {
  const { words, said, ends } = others[name]!
  if (words[0] !== execPath && !isInstalled(words[0]!)) return say(`${name}: not installed here`)
  const [command, ...rest] = mirror.inside(words, RECEIVER)
  const child = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => (text += part.toString()))
  }
  await sleep(BEGIN_MS)
  const file = `/proc/${String(child.pid)}/stat`
  const before = ticks(file)
  const sent = await mirror.offer(frames, load)
  const took = child.exitCode === null ? (ticks(file) - before) / TICKS_PER_SECOND : NaN
  if (child.exitCode === null) {
    if (words[0] !== execPath) child.kill(ends)
    await once(child, 'close')
  }
  rates(name, sent)
  const found = [...new Set(text.match(said) ?? ['says nothing of it'])]
  say(`  ${found.slice(0, 4).join(', ')}; ${cost(took, sent.frames)}`)
}

await onMirror(async mirror => {
  const files = argv.slice(2)
  const loads: [string, Frames][] =
    files.length > 0
      ? await Promise.all(
          files.map(async (file): Promise<[string, Frames]> => [
            basename(file),
            await captured(file),
          ]),
        )
      : [
          ['64-byte frames', small()],
          ['mix', mix()],
        ]
  for (const [name, frames] of loads) {
    say(`-- ${name}`)
    await sensor(mirror, frames)
    for (const one of Object.keys(others)) await other(mirror, one, frames)
  }
})
