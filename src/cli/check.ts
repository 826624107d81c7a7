/** `onlooker check`: will this machine and this configuration do? Line by line, with the mend. */

import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { addon, builtIn } from '../capture/addon.js'
import { candidatesOf, choose, nothingToHear } from '../sensor/choose.js'
import { describe, nameList, type Interface } from '../sensor/interfaces.js'
import { LAUNCHER, SOCKETS, launches } from '../sensor/privilege.js'
import { sample } from '../sensor/sample.js'
import { shapeFor, speedOf } from '../sensor/shape.js'
import { loadSettings, type Settings } from '../settings/load.js'
import { CallError, oneLine } from './errors.js'
import { availableHere, demandPrivilege } from './listening-to.js'
import { writeOut } from './stdout.js'

/** `wrong` is what the sensor can't run with; `note` is what it runs worse with. */
interface Line {
  readonly word: 'ok' | 'note' | 'wrong'
  readonly text: string
}

const NODE_MIN = [20, 19] as const
const BUILD = 'build it with: npm run setup'
const MIB = 1 << 20
/** Sockets, files, pipes and what Fastify needs, with room to spare. */
const FILES_MIN = 1024
const LAUNCH_MS = 5000
/** What merges frames before they are heard, as ethtool calls it. */
const MERGING = ['generic-receive-offload', 'large-receive-offload', 'rx-gro-hw']

export async function run(args: string[]): Promise<void> {
  const { config } = parse(args)
  const lines: Line[] = []
  const tell = (found: Line | Line[]): void => {
    for (const line of [found].flat()) {
      lines.push(line)
      writeOut(`${line.word.padEnd(5)}  ${line.text}\n`)
    }
  }
  tell(node())
  const built = addonLine()
  tell(built)
  if (built.word === 'ok') tell(launcher())
  const settings = configuration(config, tell)
  if (settings !== undefined && built.word === 'ok') tell(privileged(settings))
  if (settings !== undefined && built.word === 'ok') await machine(settings, tell)
  tell(files())
  if (settings !== undefined) tell(await port(settings))
  const wrong = lines.filter(({ word }) => word === 'wrong').length
  writeOut(
    wrong === 0
      ? 'ready: onlooker run\n'
      : `${wrong} ${wrong === 1 ? 'thing' : 'things'} to mend first\n`,
  )
  process.exitCode = wrong === 0 ? 0 : 1
}

function parse(args: string[]): { config?: string | undefined } {
  try {
    return parseArgs({ args, options: { config: { type: 'string' } }, strict: true }).values
  } catch (error) {
    throw new CallError(`${(error as Error).message.split('. ')[0]}: see onlooker help check`)
  }
}

const ok = (text: string): Line => ({ word: 'ok', text })
const note = (text: string): Line => ({ word: 'note', text })
const wrong = (text: string): Line => ({ word: 'wrong', text })

function node(): Line {
  const { node: version } = process.versions
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const good = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])
  return good
    ? ok(`Node ${version}`)
    : wrong(`Node ${version} is too old: install ${NODE_MIN.join('.')} or newer`)
}

function addonLine(): Line {
  try {
    addon()
    return ok('the native addon loads')
  } catch (error) {
    return wrong(`the native addon does not load: ${oneLine(error)}: ${BUILD}`)
  }
}

/** Whether it opens sockets is seen by letting it do so. */
function launcher(): Line {
  const path = join(builtIn()!, LAUNCHER)
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) {
    return wrong(`the launcher is missing: ${path}: ${BUILD}`)
  }
  if (launches(path)) return ok('the launcher may open packet sockets here')
  return wrong(
    `the launcher may not open packet sockets: ${path}: ` +
      `run as root, or allow it once: setcap cap_net_raw+ep ${path}`,
  )
}

function configuration(path: string | undefined, tell: (line: Line) => void): Settings | undefined {
  try {
    const settings = availableHere(loadSettings(path))
    tell(ok(`the configuration is valid (${path ?? 'the one that onlooker run finds'})`))
    return settings
  } catch (error) {
    tell(wrong(oneLine(error)))
    return undefined
  }
}

async function machine(settings: Settings, tell: (found: Line | Line[]) => void): Promise<void> {
  const all = describe(addon().interfaces())
  const heard = await interfaces(settings, all, tell)
  for (const one of heard) tell(link(one))
  if (heard.length > 0) tell(memory(settings, heard))
}

/** What opens its own sockets is not helped by the launcher. */
function privileged({ capture }: Settings): Line[] {
  if (capture.source === 'ring') return []
  try {
    demandPrivilege(addon(), capture.source)
    return [ok(`${capture.source} may capture with the privilege of node itself`)]
  } catch (error) {
    return [wrong(oneLine(error))]
  }
}

/** Which interfaces would be heard, as far as can be said without hearing. */
async function interfaces(
  { capture }: Settings,
  all: readonly Interface[],
  tell: (line: Line) => void,
): Promise<readonly Interface[]> {
  if (capture.interfaces !== 'auto') {
    const missing = capture.interfaces.filter(name => !all.some(one => one.name === name))
    if (missing.length > 0) {
      const known = nameList(all.map(({ name }) => name))
      tell(wrong(`no such interface: ${nameList(missing)}: known are ${known}`))
    }
    return all.filter(({ name }) => capture.interfaces.includes(name))
  }
  const candidates = candidatesOf(all)
  if (candidates.length === 0) tell(wrong(nothingToHear(all)))
  const sockets = socketsFor(candidates.length)
  if (candidates.length === 0 || sockets === undefined) {
    if (candidates.length > 0) {
      const names = nameList(candidates.map(({ name }) => name))
      tell(note(`one will be chosen of ${names}: which, root can see with: onlooker check`))
    }
    return candidates
  }
  const choice = choose(await sample(addon(), candidates, sockets))!
  tell(ok(`would hear ${choice.name}: ${choice.why}`))
  return candidates.filter(({ name }) => name === choice.name)
}

/** Sockets to count with; no frame is read from them. */
function socketsFor(count: number): number[] | undefined {
  const sockets: number[] = []
  while (sockets.length < count) {
    const socket = addon().socket()
    if (typeof socket === 'number') sockets.push(socket)
    else {
      for (const open of sockets) addon().close(open)
      return undefined
    }
  }
  return sockets
}

function link({ name, up, running }: Interface): Line[] {
  const lines: Line[] = []
  if (!up) lines.push(wrong(`${name} is down: bring it up with: ip link set ${name} up`))
  else if (!running) lines.push(note(`${name} has no link: check the cable and the mirror`))
  const line = `ethtool -K ${name} gro off lro off`
  const shown = spawnSync('ethtool', ['-k', name], { encoding: 'utf8', timeout: LAUNCH_MS })
  if (shown.status !== 0) {
    lines.push(note(`frames may be merged before they are heard; as root: ${line}`))
    return lines
  }
  const on = MERGING.filter(feature => new RegExp(`^${feature}: on`, 'm').test(shown.stdout))
  if (on.length === 0) lines.push(ok(`${name} merges no frames`))
  else lines.push(note(`${name} merges frames (${on.join(', ')}); as root: ${line}`))
  if (/^rx-vlan-offload: on/m.test(shown.stdout)) {
    lines.push(ok(`${name} takes VLAN tags out of frames; they are heard all the same`))
  }
  return lines
}

function memory({ capture }: Settings, heard: readonly Interface[]): Line {
  const count = capture.interfaces === 'auto' ? 1 : heard.length
  const speeds = heard.slice(0, count).map(({ name }) => speedOf(name))
  const shape = shapeFor(capture, {
    cores: availableParallelism(),
    memory_bytes: totalmem(),
    speeds,
  })
  const { workers, blocks, block_bytes } = shape
  const rings = Math.round((workers * count * blocks * block_bytes) / MIB)
  const free = available()
  const text = `rings take ${rings} MiB (${workers * count} of ${blocks} blocks), ${free} MiB are free`
  const sockets = workers * count
  if (sockets > SOCKETS) return wrong(`${sockets} rings need more than ${SOCKETS} sockets: ${text}`)
  return rings < free ? ok(text) : wrong(`${text}: set capture.ring_blocks lower`)
}

/** MiB that could be had now. */
function available(): number {
  const match = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))
  return Math.round(Number(match?.[1] ?? 0) / 1024)
}

function files(): Line {
  const limits = readFileSync('/proc/self/limits', 'utf8')
  const most = /^Max open files\s+\d+\s+(\d+|unlimited)/m.exec(limits)?.[1] ?? '0'
  return most === 'unlimited' || Number(most) >= FILES_MIN
    ? ok(`${most} files may be open`)
    : wrong(`only ${most} files may be open: raise it with: ulimit -n ${FILES_MIN}`)
}

/** Whether the place to listen at is free is seen by taking it for a moment. */
function port({ http }: Settings): Promise<Line> {
  const { host, port: number, path, text } = http.listen
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(wrong(`cannot listen (${code}): ${text}: set http.listen to another`)),
    )
    server.listen(path === '' ? { host, port: number } : { path }, () => {
      server.close(() => resolve(ok(`${text} is free to listen at`)))
    })
  })
}
