/** What tshark says of a capture: one pass a file, kept until either of them changes. */

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'

const FIELDS = [
  'frame.number',
  'frame.protocols',
  'tcp.stream',
  'icmpv6.type',
  '_ws.malformed',
  'tcp.flags.syn',
]
const kept = fileURLToPath(new URL('../../../node_modules/.cache/agreement', import.meta.url))

/** One frame, by its number. */
export interface Seen {
  readonly names: ReadonlySet<string>
  /** The TCP connection, -1 if there is none. */
  readonly stream: number
  readonly malformed: boolean
  /** It opens a connection, or accepts one. */
  readonly opens: boolean
}

/** The version of the tshark that is here; undefined if there is none. */
export function tsharkVersion(): string | undefined {
  const { stdout, status } = spawnSync('tshark', ['-v'], { encoding: 'utf8' })
  return status === 0 ? stdout.split('\n')[0] : undefined
}

export async function readTheirs(version: string, file: string): Promise<Map<number, Seen>> {
  const key = createHash('sha256').update(`${version} ${FIELDS.join(' ')} `)
  const place = join(kept, key.update(readFileSync(file)).digest('hex'))
  if (!existsSync(place)) {
    mkdirSync(kept, { recursive: true })
    writeFileSync(`${place}.part`, await ask(file))
    renameSync(`${place}.part`, place)
  }
  const lines = readFileSync(place, 'utf8').split('\n')
  return new Map(lines.filter(line => line !== '').map(seenIn))
}

/** Without anybody's preferences; a file that ends too soon is read as far as it goes. */
function ask(file: string): Promise<Buffer> {
  const fields = FIELDS.flatMap(field => ['-e', field])
  const home = '/nonexistent'
  const child = spawn('tshark', ['-n', '-r', file, '-T', 'fields', ...fields], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: env['PATH'], HOME: home, XDG_CONFIG_HOME: home },
  })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve(Buffer.concat(chunks)))
  })
}

function seenIn(line: string): [number, Seen] {
  const cells = line.split('\t')
  const [number = '', protocols = '', streams = '', types = '', malformed = '', syn = ''] = cells
  const names = protocols.split(':')
  // An error of ICMP quotes somebody's packet, which was not sent here.
  const quoting = names.findIndex(name => name === 'icmp' || name === 'icmpv6')
  const own = new Set(quoting < 0 ? names : names.slice(0, quoting + 1))
  if (own.has('icmpv6')) own.add(familyOf(Number(types.split(',')[0])))
  const stream = own.has('tcp') ? Number(streams.split(',').at(-1)) : -1
  const opens = syn.split(',').at(-1) === '1'
  return [Number(number), { names: own, stream, malformed: malformed !== '', opens }]
}

/** The parts of ICMPv6 that are protocols of their own here. */
function familyOf(type: number): string {
  if (type >= 133 && type <= 137) return 'icmpv6.nd'
  return (type >= 130 && type <= 132) || type === 143 ? 'icmpv6.mld' : ''
}
