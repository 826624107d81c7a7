/** How the sensor comes to its sockets, what it says where it may not, and what it tells systemd. */

import { PassThrough, Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { LogStream, logger, shown, WAITING_BYTES_MAX } from '../../src/sensor/log.js'
import { ownAddresses } from '../../src/sensor/own-traffic.js'
import { roadOf, type Situation } from '../../src/sensor/privilege.js'
import { readRange, Sockets } from '../../src/sensor/sockets.js'
import { Watchdog, watchdogInterval } from '../../src/sensor/watchdog.js'

const root: Situation = {
  sockets: undefined,
  opens: true,
  launcher: '/opt/onlooker/launch',
  user: 0,
  owner: { user: 0, group: 0 },
}
const command = ['node', 'main.js', 'run']

t.test('the road to sockets depends on what this process may do', t => {
  t.match(
    roadOf({ ...root, sockets: '100-163' }, command),
    { by: 'sockets', range: [100, 163] },
    'descriptors that are there are used',
  )
  t.match(
    roadOf(root, command),
    {
      by: 'launcher',
      path: '/opt/onlooker/launch',
      arguments: ['--sockets', '64', '--', ...command],
      words: 'as user 0, without any capability',
    },
    'root takes the launcher',
  )
  t.match(
    roadOf({ ...root, owner: { user: 1000, group: 100 } }, command),
    { arguments: ['--sockets', '64', '--user', '1000:100', '--', ...command] },
    'and becomes who owns the program',
  )
  t.match(
    roadOf({ ...root, opens: 'EPERM', user: 1000 }, command),
    { by: 'none', why: /EPERM.*setcap cap_net_raw\+ep \/opt\/onlooker\/launch/ },
    'others are told how to mend it',
  )
  t.match(roadOf({ ...root, launcher: undefined }, command), { by: 'none', why: /npm run setup/ })
  t.match(roadOf({ ...root, sockets: 'no' }, command), { by: 'none', why: /unset it/ })
  t.end()
})

t.test('descriptors are a bounded supply', t => {
  t.same(readRange('100-163'), [100, 163])
  for (const text of [undefined, '', '5', '2-9', '9-8', '100-99999', 'a-b', '1-2-3'])
    t.equal(readRange(text), undefined, `${String(text)} is no range`)
  const sockets = new Sockets([100, 103])
  t.same(sockets.take(2), [100, 101])
  t.equal(sockets.take(3), undefined, 'more than there are is nothing')
  sockets.giveBack(101)
  t.same(sockets.take(3), [101, 102, 103])
  t.equal(sockets.left, 0)
  t.end()
})

t.test('own addresses are those of all interfaces that have one', t => {
  const macs = ['02:00:00:00:00:01', '', '00:00:00:00:00:00', '02:00:00:00:00:02']
  t.same([...ownAddresses(macs.map(mac => ({ mac })))], [macs[0], macs[3]])
  t.end()
})

t.test('a log line is JSON, or text for people', t => {
  const lines: string[] = []
  const log = logger(
    { write: (line: string) => void lines.push(line) },
    { level: 'info', pretty: false, colour: false },
  )
  log.debug('unheard')
  log.warn({ interface: 'eth1' }, 'gone\naway')
  t.equal(lines.length, 1, 'below its level nothing is logged')
  const record = JSON.parse(lines[0]!) as Record<string, unknown>
  t.match(record, { level: 'warn', msg: 'gone\naway', interface: 'eth1' })
  t.match(record.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  t.match(shown(lines[0]!, false), /^\d\d:\d\d:\d\d warn {2}gone away interface=eth1\n$/)
  t.match(shown(lines[0]!, true), /\x1b\[33mwarn/, 'with colours where there are some')
  t.end()
})

t.test('a log never waits for its reader', async t => {
  const stuck = new Writable({ write: () => undefined, highWaterMark: 16 })
  const full = new LogStream(stuck)
  const line = 'x'.repeat(1000)
  for (let i = 0; i < WAITING_BYTES_MAX / 500; i++) full.write(line)
  t.ok(full.dropped > 0, 'lines that find no room are counted')
  t.ok(stuck.writableLength <= WAITING_BYTES_MAX + 2 * line.length, 'what waits is bounded')
  const begun = performance.now()
  await full.end()
  t.ok(performance.now() - begun < 2000, 'and it ends all the same')

  const left = new PassThrough()
  const gone = new LogStream(left)
  left.destroy(new Error('EPIPE'))
  await sleep(1)
  gone.write(line)
  t.equal(gone.dropped, 1, 'a reader that left is not written to')
})

t.test('systemd hears of it while it is alive, and no longer', async t => {
  const told: string[] = []
  let alive = true
  const watchdog = new Watchdog(
    text => told.push(text) > 0,
    20_000,
    () => alive,
  )
  watchdog.ready('hearing eth1')
  t.match(told[0], /^READY=1\nSTATUS=hearing eth1\nMAINPID=\d+$/)
  await sleep(60)
  t.ok(told.filter(text => text === 'WATCHDOG=1').length >= 2, 'twice in its interval')
  alive = false
  told.length = 0
  await sleep(40)
  t.same(told, [], 'a sensor that hears nothing any more says nothing')
  watchdog.reloading()
  t.match(told[0], /^RELOADING=1\nMONOTONIC_USEC=\d+$/)
  watchdog.stopping()
  t.match(told[1], /^STOPPING=1/)
  t.equal(watchdogInterval({ WATCHDOG_USEC: '30000000' }, 5), 30_000_000)
  t.equal(watchdogInterval({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '6' }, 5), 0, 'not for us')
  t.equal(watchdogInterval({}, 5), 0)
})
