/**
 * Proves that whatever tshark sees of SNMP v1 and v2c answers, of Telnet servers and of VNC without
 * a lock leads to its recommendation, in every capture beside the repository:
 * `node dist/test/prove/recommendations.js [WORD...]`. A word asks for files whose path has it; the
 * word `listed` for those of which the index says that they hold one of these protocols. Differences
 * that are meant stand in `test/recommendations.yaml`.
 */

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv, env, stderr, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { shippedKnowledge } from '../../src/cli/knowledge.js'
import { readFiles } from '../../src/cli/read.js'
import type { Network } from '../../src/settings/network.js'
import { validCaptures, whyNot } from '../agreement/captures.js'

const BYTES_MAX = 40_000_000
const PROGRESS_MS = 5000

const folder = fileURLToPath(new URL('../../../../shared/captures', import.meta.url))
const explained = fileURLToPath(new URL('../../../test/recommendations.yaml', import.meta.url))

/** What tshark must see, and what that leads to. */
const SIGHTS: readonly (readonly [filter: string, recommendation: string])[] = [
  // What a manager answers to an inform, at port 162, is no agent's.
  ['snmp.version < 2 && snmp.data == 2 && !(udp.srcport == 162)', 'remove-snmp-v1-v2'],
  ['telnet && (tcp.srcport == 23 || tcp.srcport == 2323)', 'disable-telnet'],
  ['vnc.security_type == 1 || vnc.server_security_type == 1', 'vnc-require-authentication'],
]
const FIELDS = ['ip.src', 'ipv6.src', 'snmp.version', 'telnet', 'vnc']

/** What is left out is any. */
interface Meant {
  readonly recommendation?: string
  readonly addresses?: readonly string[]
  /** Captures, or how their paths begin. */
  readonly files?: readonly string[]
  readonly why: string
}
const meant = (parse(readFileSync(explained, 'utf8')) ?? []) as readonly Meant[]

/** `address recommendation`, of the innermost addresses. */
async function theirs(file: string): Promise<Set<string>> {
  const filter = SIGHTS.map(([one]) => `(${one})`).join(' || ')
  const text = await ask(file, ['-Y', filter, '-T', 'fields', ...FIELDS.flatMap(f => ['-e', f])])
  const seen = new Set<string>()
  for (const line of text.split('\n').filter(Boolean)) {
    const [ip4 = '', ip6 = '', snmp = '', telnet = ''] = line.split('\t')
    const last = (list: string): string => list.split(',').at(-1) ?? ''
    const id = snmp !== '' ? SIGHTS[0]![1] : telnet !== '' ? SIGHTS[1]![1] : SIGHTS[2]![1]
    seen.add(`${last(ip4) || last(ip6)} ${id}`)
  }
  return seen
}

function ask(file: string, args: readonly string[]): Promise<string> {
  const home = '/nonexistent'
  const child = spawn('tshark', ['-n', '-r', file, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: env['PATH'], HOME: home, XDG_CONFIG_HOME: home },
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve(text))
  })
}

const known = shippedKnowledge()
/** Everybody is inside, so that nobody is left out for being a stranger. */
const inside: readonly Network[] = [
  { text: '0.0.0.0/0', version: 4, bytes: new Uint8Array(4), bits: 0 },
  { text: '::/0', version: 6, bytes: new Uint8Array(16), bits: 0 },
]

async function ours(file: string): Promise<Set<string>> {
  const document = await readFiles({ files: [file], workers: 1, quiet: true, known, inside })
  const addresses = new Map(document.devices.map(({ id, ipv4, ipv6 }) => [id, [...ipv4, ...ipv6]]))
  const found = document.recommendations ?? []
  return new Set(
    found.flatMap(({ device, id }) =>
      (addresses.get(device) ?? []).map(address => `${address} ${id}`),
    ),
  )
}

function isMeant(file: string, lead: string): boolean {
  const [address = '', id = ''] = lead.split(' ')
  return meant.some(
    ({ recommendation = id, addresses = [address], files = [file] }) =>
      recommendation === id &&
      addresses.includes(address) &&
      files.some(start => file.startsWith(start)),
  )
}

/** Paths of which the index says that they hold one of these protocols. */
function listed(): Set<string> {
  const lines = readFileSync(join(folder, 'INDEX.csv'), 'utf8').split(/\r?\n/)
  const some = lines.filter(line => /\b(?:snmp|telnet|vnc)\b/.test(line))
  return new Set(some.map(line => line.split(',')[0]!))
}

async function prove(): Promise<boolean> {
  const words = argv.slice(2)
  const some = words.includes('listed') ? listed() : undefined
  const captures = validCaptures().filter(
    ({ file, bytes }) =>
      bytes <= BYTES_MAX &&
      (words.length === 0 || some?.has(file) === true || words.some(word => file.includes(word))),
  )
  const counts = { files: 0, leads: 0, meant: 0, missing: 0 }
  let told = performance.now()
  for (const [i, { file }] of captures.entries()) {
    const seen = await theirs(join(folder, file))
    if (seen.size > 0) counts.files++
    const own = seen.size === 0 ? seen : await ours(join(folder, file))
    for (const lead of seen) {
      if (own.has(lead)) counts.leads++
      else if (isMeant(file, lead)) counts.meant++
      else {
        counts.missing++
        stdout.write(`${file}: ${lead}: seen by tshark, and not recommended\n`)
      }
    }
    if (performance.now() - told < PROGRESS_MS) continue
    told = performance.now()
    stderr.write(`${String(i + 1)} of ${String(captures.length)} files\n`)
  }
  const { files, leads, meant: explainedOnes, missing } = counts
  stdout.write(
    `${String(captures.length)} captures, ${String(files)} with something to mend: ` +
      `${String(leads)} leads, ${String(explainedOnes)} explained, ${String(missing)} missing\n`,
  )
  return missing === 0
}

const reason = whyNot()
if (reason !== undefined) stdout.write(`${reason}\n`)
else if (!(await prove())) process.exitCode = 1
