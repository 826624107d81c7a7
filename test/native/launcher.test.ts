/** The launcher, and what a command it has launched may still do: everything but send. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { execPath } from 'node:process'
import t from 'tap'
import { built, frame } from './blocks.js'
import { inOwnNet, send } from './own-net.js'

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

/** Two sockets unless told otherwise: each takes the kernel 10 ms to end. */
function launch(words: readonly string[], options: { env?: NodeJS.ProcessEnv } = {}): Ended {
  const all =
    words.length > 0 && !words.includes('--sockets') ? ['--sockets', '2', ...words] : words
  const { status, stdout, stderr } = spawnSync(built('onlooker-launch'), all, {
    encoding: 'utf8',
    ...options,
  })
  return { status, out: stdout, err: stderr }
}

/** What scripts begin with: `native` is the addon, `first` and `last` the sockets. */
const HEAD = `
  const native = require(${JSON.stringify(built('onlooker.node'))})
  const [first, last] = process.env.ONLOOKER_SOCKETS.split('-').map(Number)
  const tell = what => console.log(JSON.stringify(what))
  const shape = { interface: 'near', block_bytes: 65536, blocks: 8, timeout_ms: 10,
    promiscuous: true, incoming_only: true }
`

function dropping(): void {
  t.test('a launched command has no privilege, and no way to one', t => {
    const { out } = launch(['cat', '/proc/self/status'])
    const field = (name: string): string | undefined =>
      new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(out)?.[1]
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb']) {
      t.equal(field(set), '0'.repeat(16), set)
    }
    t.equal(field('NoNewPrivs'), '1')
    t.equal(field('Seccomp'), '2')
    t.end()
  })

  t.test('it runs as the user asked for', t => {
    t.equal(launch(['--user', '1234:4321', '--', 'id', '-u']).out, '1234\n')
    t.equal(launch(['--user', '1234:4321', 'id', '-G']).out, '4321\n')
    t.equal(launch(['--user', 'nobody', 'id', '-un']).out, 'nobody\n')
    t.end()
  })

  t.test('the environment and other descriptors stay as they are', t => {
    const env = { PATH: process.env.PATH, NOTIFY_SOCKET: '@n', LISTEN_FDS: '2', LISTEN_PID: '7' }
    const { out } = launch(['--sockets', '3', 'env'], { env })
    const ours = out
      .split('\n')
      .filter(line => /^(LISTEN|NOTIFY|ONLOOKER_SOCKETS|PATH=)/.test(line))
    t.same(ours.sort(), [
      'LISTEN_FDS=2',
      'LISTEN_PID=7',
      'NOTIFY_SOCKET=@n',
      'ONLOOKER_SOCKETS=100-102',
      `PATH=${String(process.env.PATH)}`,
    ])
    t.end()
  })
}

function refusing(): void {
  t.test('what is wrong is one line and a status', t => {
    t.match(launch(['launch']), { status: 1, err: /^onlooker: cannot run: launch: .+\n$/ })
    t.match(launch([]), { status: 2, err: /^usage: .*\n$/ })
    for (const words of [
      ['--sockets', '0'],
      ['--sockets', '513'],
      ['--sockets', '3x'],
      ['--x', '1'],
    ]) {
      t.match(launch([...words, 'true']), { status: 2, err: /^usage: .*\n$/ })
    }
    for (const user of ['no-such-user', '1:', '1:2x', '-1']) {
      t.match(launch(['--user', user, 'true']), { status: 2, err: /^onlooker: .+: .+: .+\n$/ })
    }
    const again = launch([built('onlooker-launch'), 'true'])
    t.equal(again.status, 77, 'without CAP_NET_RAW')
    t.match(again.err, /^onlooker: may not capture: packet sockets need CAP_NET_RAW: run as root/)
    t.end()
  })
}

/** Opens a group of two on borrowed sockets, then hears what passes its filter. */
const LISTENER = `
  const told = [native.socket().code]
  told.push(native.ringOpen(first, shape) ?? 'open')
  const group = native.ringJoin(first, 0)
  native.ringOpen(first + 1, shape)
  told.push(native.ringJoin(first + 1, group) === group)
  told.push(native.ringShare(first, Uint32Array.of(6, 0, 0, 0)) ?? 'shared')
  const compiled = native.compileLive('vlan 10 and ip', 'near', 1500, last)
  told.push(native.ringFilter(first, compiled.instructions) ?? 'filtered')
  const memory = native.ringMap(first, 8 * 65536)
  console.log('ready')
  native.wait(Int32Array.of(first), new Int32Array(1), -1, 1000)
  told.push(new Int32Array(memory)[3])
  told.push(native.ringOpen(last, shape) ?? 'open as well')
  told.push(native.ringMap(last, 8 * 65536).byteLength)
  tell(told)
`

async function heard(script: string, frames: readonly Uint8Array[]): Promise<unknown> {
  const words = ['--sockets', '3', '--user', '65534', execPath, '-e', HEAD + script]
  const child = spawn(built('onlooker-launch'), words, { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (out === '') send('far', frames)
    out += text
  })
  await once(child, 'close')
  return JSON.parse(out.slice(out.indexOf('\n')))
}

function listening(): void {
  t.test('launched, as nobody, rings hear on the sockets they were left', async t => {
    const tagged = [frame('8100000a080045000014'), frame('8100000b080045000014'), frame('0800')]
    const told = await heard(LISTENER, tagged)
    t.same(told, ['EPERM', 'open', true, 'shared', 'filtered', 1, 'open as well', 524_288])
  })

  t.test('launched, no way of sending on them is left', t => {
    const { out } = launch([built('onlooker-try-send'), '101', 'near'])
    const [bound, ...ways] = out.trim().split('\n')
    t.equal(bound, 'bind done')
    t.ok(ways.length >= 20)
    const left = ways.filter(way => !way.endsWith(' EPERM'))
    t.same(left, ['io_uring ENOSYS', 'io_setup ENOSYS'], 'all others are refused')
    t.match(launch([built('onlooker-try-send'), '99', 'near']).out, /^dup EBADF$/m)
    t.end()
  })

  t.test('a closed socket leaves its number taken, since nobody could write to it', t => {
    const script = `
      const link = number => require('node:fs').readlinkSync('/proc/self/fd/' + number)
      for (let i = first; i <= last; i++) { native.close(i); native.close(i) }
      tell([link(first), link(last), native.ringOpen(first, shape).code])
    `
    const { out } = launch([execPath, '-e', HEAD + script])
    t.same(JSON.parse(out), ['/dev/null', '/dev/null', 'ENOTSOCK'])
    t.end()
  })
}

await inOwnNet(import.meta.url, () => {
  dropping()
  refusing()
  listening()
})
