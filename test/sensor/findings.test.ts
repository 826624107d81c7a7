/** Each fault of a mirror, made on a cable of its own, is told: from the frames to the finding. */

import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { execPath } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { arpFrame, type Frame } from '../../fixtures/build/frames.js'
import { erspan2 } from '../../fixtures/build/tunnels.js'
import { office } from '../../fixtures/network/office.js'
import { crewOver, plays } from '../hearing/gathering.js'
import { reelOf } from '../hearing/replay.js'
import { inOwnNet, ip, send } from '../native/own-net.js'
import {
  A,
  B,
  capture,
  covered,
  listening,
  Measured,
  PATIENCE_MS,
  SETTLED_MS,
  talk,
} from './measuring.js'

async function good(t: Test): Promise<void> {
  const measured = await listening(t, ['near'])
  send('far', talk(1000, { vlans: [10, 10] }))
  await measured.all(1000)
  t.strictSame(measured.found(), [], 'a good mirror has nothing to mend')
  t.match(measured.ledger(), { walked: 1000, decoded: 1000, exact: true })
  t.match(measured.reading('near'), { unicast: { ours: 0, others: 1000 }, mode: 'mirror' })
}

async function duplicated(t: Test): Promise<void> {
  const measured = await listening(t, ['near', 'one'])
  send(
    'far',
    talk(600).flatMap(frame => [frame, frame]),
  )
  await measured.all(1200)
  t.match(await measured.finding('duplicated-frames'), { evidence: /^600 of 1,200 frames/ })
  t.strictSame(
    measured.found().filter(one => one.interface === 'one'),
    [],
    'and nothing is wrong with the other interface',
  )
}

async function truncated(t: Test): Promise<void> {
  const measured = await listening(t, ['near'], { snaplen: 128 })
  send('far', talk(300, { size: 400 }))
  await measured.all(300)
  t.match(await measured.finding('truncated-frames'), {
    evidence: /^300 of 300 .* snaplen is 128$/,
    mend: /capture\.snaplen/,
  })
}

async function oddTags(t: Test): Promise<void> {
  const measured = await listening(t, ['near'])
  send('far', talk(1000, { vlans: [10] }))
  const { vlan, evidence } = await measured.finding('vlan-tags-one-way')
  t.equal(vlan, 10)
  t.match(evidence, /^\d+ of 500 frames of VLAN 10 are answered without a tag/)
}

async function noTags(t: Test): Promise<void> {
  const measured = await listening(t, ['near'])
  const asks = [1, 2, 3, 4].flatMap(network =>
    [5, 6, 7].map(host => {
      const sender = { mac: A.mac, ip: `10.0.${network}.${host}` }
      const target = { mac: '00:00:00:00:00:00', ip: `10.0.${network}.1` }
      return arpFrame({ operation: 1, sender, target }).bytes
    }),
  )
  send('far', asks)
  t.match(await measured.finding('vlan-tags-missing'), { evidence: /^ARP of 4 networks/ })
}

async function gaps(t: Test): Promise<void> {
  const measured = await listening(t, ['near'])
  const [inner] = talk(1)
  const ends = { from: { mac: A.mac, ip: '192.0.2.1' }, to: { mac: B.mac, ip: '192.0.2.9' } }
  const mirrored = (from: number, to: number): Uint8Array[] =>
    talk(to - from).map((frame, i) =>
      erspan2(frame ?? inner, { ...ends, session: 7, sequence: from + i }),
    )
  send('far', [...mirrored(0, 100), ...mirrored(120, 300)])
  await sleep(1100)
  send('far', mirrored(300, 400))
  await sleep(1100)
  send('far', mirrored(400, 410))
  await measured.all(390)
  t.match(await measured.finding('sequence-gaps'), {
    evidence: /^ERSPAN 7 from 192\.0\.2\.1 to 192\.0\.2\.9: 20 of 4\d\d frames never came/,
  })
}

async function badSums(t: Test): Promise<void> {
  const measured = await listening(t, ['near'])
  const frames = [...office().frames]
    .filter(({ bytes }) => bytes.length < 1500 && bytes[12] === 8 && bytes[23] === 17)
    .slice(0, 3000)
  send(
    'far',
    frames.map(({ bytes }: Frame) => {
      const broken = bytes.slice()
      broken[40]! ^= 0x55
      return broken
    }),
  )
  t.match(await measured.finding('broken-checksums'), { evidence: /wrong/ })
}

async function overrun(t: Test): Promise<void> {
  const measured = await listening(t, ['near'])
  measured.crew.pause()
  await sleep(100)
  for (let i = 0; i < 24; i++) send('far', talk(2000, { size: 1400 }))
  measured.crew.resume()
  await measured.finding('drops-ring')
  const told = () => measured.ledger()
  const end = Date.now() + PATIENCE_MS
  while (told().walked + told().dropped < 48_000 && Date.now() < end) await sleep(20)
  const line = told()
  t.match(line, { received: 48_000, exact: true, waiting: 0 })
  t.equal(line.walked + line.dropped, 48_000, 'sent is read and dropped, to the frame')
}

/** Another host at the end of the cable, with an address, who sends more than this one can cut up. */
async function merged(t: Test): Promise<void> {
  const other = `${process.env.ONLOOKER_OWN_NET ?? ''}-other`
  ip('netns', 'add', other)
  t.teardown(() => ip('netns', 'del', other))
  ip('link', 'add', 'this', 'type', 'veth', 'peer', 'name', 'that')
  ip('link', 'set', 'that', 'netns', other)
  ip('addr', 'add', '10.9.0.1/24', 'dev', 'this')
  ip('link', 'set', 'this', 'up')
  ip('-n', other, 'addr', 'add', '10.9.0.2/24', 'dev', 'that')
  ip('-n', other, 'link', 'set', 'that', 'up')
  const server = createServer(socket => void socket.resume()).listen(9, '10.9.0.1')
  t.teardown(() => server.close())
  await sleep(50)
  const measured = await listening(t, ['this'])
  const code =
    "const s = require('net').connect(9, '10.9.0.1'); s.end(Buffer.alloc(30e6)); s.on('close', process.exit)"
  const child = spawn('ip', ['netns', 'exec', other, execPath, '-e', code])
  t.teardown(() => child.kill())
  t.match(await measured.finding('merged-frames', 'this'), { mend: /gro off/ })
  t.match(await measured.finding('not-a-mirror', 'this'), { evidence: /for this machine itself/ })
  t.match(await measured.finding('transmitting', 'this'), { mend: /ip addr flush dev this/ })
  await new Promise(resolve => child.on('close', resolve))
}

async function linkDown(t: Test): Promise<void> {
  const measured = await listening(t, ['near'])
  ip('link', 'set', 'far', 'down')
  t.match(await measured.finding('link-down'), { evidence: /no cable/ })
  ip('link', 'set', 'near', 'down')
  t.match(await measured.finding('link-down'), { evidence: /switched off/ })
  for (const end of ['near', 'far']) ip('link', 'set', end, 'up')
}

/** One direction only, for as long as it takes to be sure; meanwhile others are tested. */
async function oneWay(t: Test): Promise<() => Promise<void>> {
  const measured = await listening(t, ['one'])
  // Never the same again: late ones come close together, and would be taken for mirrored twice.
  const frames = talk(12_000).filter((_, i) => i % 2 === 0)
  const timer = setInterval(() => send('two', frames.splice(0, 30)), 500)
  t.teardown(() => clearInterval(timer))
  return async () => {
    const end = Date.now() + 40_000
    while (Date.now() < end && measured.found().length === 0) await sleep(200)
    t.match(measured.found(), [{ id: 'one-way-mirror', interface: 'one', evidence: /untagged/ }])
  }
}

/** Frames from memory: of a clock that is wrong, and of one that jumps. */
async function clocks(t: Test): Promise<void> {
  const link = { up: true, running: true, mtu: 1500, speed_mbit: null, received: 0, missed: 0 }
  const links = () => ({ ...link, received_bytes: 0, transmitted: 0, dropped: 0 })
  const measured = new Measured(['reel'], capture(), links)
  const pace = { rows_ms: 20, counts_ms: 20 }
  const crew = crewOver(1, measured.told, { pace, events: covered(measured) })
  measured.crew = crew
  t.teardown(() => crew.stop())
  measured.begin(['reel'])
  const now = Math.floor(Date.now() / 1000)
  const times = [0, 1, 2, 3]
  const frames = times.map(at => ({ bytes: talk(1)[0]!, at }))
  crew.open('reel', plays(reelOf(frames, now - 3600), 1))
  const off = await measured.finding('clock-off', 'reel')
  t.match(off, { evidence: /^3,[56]\d\d.*seconds behind/ })
  t.notOk(
    measured.found().some(({ id }) => id === 'no-traffic'),
    'which is not silence',
  )
  await crew.close('reel')
  measured.begin(['reel'])
  crew.open(
    'reel',
    plays(reelOf([...frames, ...frames.map(one => ({ ...one, at: -9000 }))], now), 1),
  )
  await sleep(SETTLED_MS)
  t.equal(measured.reading('reel').clock_jumps, 1)
}

await inOwnNet(import.meta.url, () => {
  ip('link', 'add', 'one', 'type', 'veth', 'peer', 'name', 'two')
  for (const end of ['near', 'far', 'one', 'two']) {
    writeFileSync(`/proc/sys/net/ipv6/conf/${end}/disable_ipv6`, '1')
    ip('link', 'set', end, 'up')
  }
  const certain = oneWay(t)
  t.test('a clock that is off is told as such', clocks)
  t.test('a good mirror', good)
  t.test('frames that come twice', duplicated)
  t.test('frames that are cut', truncated)
  t.test('tags in one direction', oddTags)
  t.test('tags that are missing', noTags)
  t.test('gaps in the numbers of a tunnel', gaps)
  t.test('wrong checksums', badSums)
  t.test('a ring that overflows', overrun)
  t.test('frames that the kernel joined, on an ordinary port that sends', merged)
  t.test('a link that is down', linkDown)
  t.test('one direction only', async () => (await certain)())
})
