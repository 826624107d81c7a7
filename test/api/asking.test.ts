/** The commands that ask a running sensor: what they print, and how they fail. */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { changesOf, BEGIN, deviceOf, factOf, house, PASSWORD, type House } from './house.js'
import { MAIN } from '../program.js'

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly error: string
}

function call(args: readonly string[], input = ''): Promise<Ended> {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [MAIN, ...args])
    const said = { out: '', error: '' }
    child.stdout.setEncoding('utf8').on('data', part => (said.out += String(part)))
    child.stderr.setEncoding('utf8').on('data', part => (said.error += String(part)))
    child.on('close', status => resolve({ status, ...said }))
    child.stdin.end(input)
  })
}

const asking =
  ({ socket }: House) =>
  (words: string, ...more: string[]): Promise<Ended> =>
    call([...words.split(' '), ...more, '--socket', socket])

async function inhabited(t: Test): Promise<House> {
  const known = await house(t)
  const evil = { names: ['\u001b[2Jevil'], macs: ['02:00:00:00:00:01'], ipv4: ['10.0.0.9'] }
  known.store.commit(
    changesOf({
      devices: [
        deviceOf('d1'),
        deviceOf('d2', { ...evil, vendor: null, new: true, packets: 12345 }),
      ],
      facts: [factOf('d1', 'dhcp.hostname', 'DCS-930L')],
      holdings: [{ device: 'd1', address: '10.0.0.5', from: BEGIN, to: null, proof: 'lease' }],
      conversations: [
        {
          ...{ from: 'd1', to: 'd2', transport: 'tcp', port: 23, protocol: 'telnet', name: null },
          ...{ scope: 'iot-to-iot', packets: 3, bytes_out: 100, bytes_in: 2000 },
          ...{ community_id: '1:x', round_trip_smallest_us: 950, round_trip_last_us: 1200 },
          ...{ first_seen: BEGIN, last_seen: BEGIN },
        },
      ],
    }),
  )
  return known
}

t.test('devices are a table, JSON or CSV', async t => {
  const ask = asking(await inhabited(t))
  const table = await ask('devices')
  t.equal(table.status, 0)
  const [head, ...rows] = table.out.split('\n')
  t.match(head, /^Name +Address +MAC +Vendor +Kind +State +Packets +Last seen +Id$/)
  t.match(table.out, /d1 +10\.0\.0\.5 +00:11:22:33:44:55 +D-Link +camera +5 +2026-11-21 10:00:00/)
  t.match(table.out, /new +12,345/)
  t.notMatch(table.out, /\u001b/, 'what a stranger wrote moves no cursor')
  t.equal(rows.at(-2), '2 devices')
  const json = await ask('devices --json --kind camera --sort=-last-seen')
  t.match(JSON.parse(json.out), [{ id: 'd2' }, { id: 'd1' }])
  t.strictSame(JSON.parse((await ask('devices --json --vendor nobody')).out), [])
  const csv = await ask('devices --csv --new')
  t.match(csv.out, /^id,macs,.*\r\nd2,/)
})

t.test('one device is shown by whatever names it', async t => {
  const ask = asking(await inhabited(t))
  for (const word of ['d1', '10.0.0.5', '00-11-22-33-44-55']) {
    const page = await ask('devices show', word)
    t.equal(page.status, 0, page.error)
    t.match(page.out, /^d1\nid +d1\nkind +camera \(iot\)\n/, word)
    t.match(page.out, /Addresses\n.*\n10\.0\.0\.5 +2026-11-21 10:00:00 +now +lease/)
    t.match(
      page.out,
      /Evidence\n.*\ndhcp\.hostname +DCS-930L .* 2 +2026-11-21 10:00:00 +2026-11-21 10:00:01/,
    )
  }
  t.match(JSON.parse((await ask('devices show d1 --json')).out), { schema: 'onlooker.device/1' })
})

t.test('what people say is said by the command line', async t => {
  const ask = asking(await inhabited(t))
  const edited = await ask('devices edit 10.0.0.5 --tags a,b --authorized no', '--name', 'Door 1')
  t.equal(edited.out, 'edited d1: name, authorized, tags\n')
  t.match((await ask('devices show', 'Door 1')).out, /^Door 1\n[^]*\ntags +a, b\n/)
  t.match((await ask('devices edit d1', '--name', '')).out, /^edited d1: name\n$/)
  t.equal((await ask('devices merge d1 d2')).out, 'merged d2 into d1\n')
  t.match((await ask('devices show d2')).out, /\nid +d1\n/, 'an id that was merged still means it')
  t.equal((await ask('devices split d1 d2')).out, 'took d2 out of d1\n')
  t.equal((await ask('devices pin d1')).out, 'pinned d1\n')
  t.match(await ask('devices forget d1'), { status: 2, error: /cannot be undone: add --yes\n$/ })
  t.match(JSON.parse((await ask('devices forget d1 --yes')).out), { id: 'd1', removed: {} })
})

t.test('conversations, learning and endpoints are told', async t => {
  const ask = asking(await inhabited(t))
  t.match(
    (await ask('conversations d1')).out,
    /d1 +d2 +iot-to-iot +telnet tcp\/23 +3 +100 B +2\.0 kB/,
  )
  t.match(JSON.parse((await ask('conversations --json --protocol telnet')).out), [{ port: 23 }])
  t.match((await ask('learning end 10')).out, /ended early/)
  const folder = mkdtempSync(join(tmpdir(), 'onl-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'edr.csv')
  writeFileSync(file, 'host,mac,agent\r\npc,00:11:22:33:44:55,edr\r\n')
  t.equal((await ask('endpoints import', file)).out, '1 endpoint of edr.csv\n')
  t.match((await ask('endpoints')).out, /pc +00:11:22:33:44:55 +edr +edr\.csv +d1/)
})

t.test('the first account is made here, and tokens are shown once', async t => {
  const known = await inhabited(t)
  const ask = asking(known)
  const add = ['user', 'add', 'ann', '--role', 'admin', '--socket', known.socket]
  t.match(await call(add, `${PASSWORD}\n`), { status: 0, out: 'added ann, admin\n' })
  const body = { name: 'ann', password: PASSWORD }
  t.equal((await known.ask({ method: 'POST', path: '/api/v1/login', body })).status, 200)
  t.match((await ask('user list')).out, /ann +admin/)
  const { out } = await ask('user token ann --permission read --days 3')
  const headers = { authorization: `Bearer ${out.trim()}` }
  t.equal((await known.ask({ path: '/api/v1/devices', headers })).status, 200)
  const { id } = (JSON.parse((await ask('user token --json')).out) as { id: string }[])[0]!
  t.equal((await ask('user token --remove', id)).status, 0)
  t.equal((await known.ask({ path: '/api/v1/devices', headers })).status, 401)
  t.match(await call([...add.slice(0, 2), 'bob', ...add.slice(3)], 'short\n'), {
    status: 2,
    error: 'onlooker: the password is too short or too long: use 10 to 256 characters\n',
  })
  t.equal((await ask('user remove ann')).status, 0)
})

t.test('every failure is a line and a status', async t => {
  const known = await inhabited(t)
  const ask = asking(known)
  const gone = await call(['devices', '--socket', '/nowhere/onlooker.sock'])
  t.strictSame(gone, {
    status: 1,
    out: '',
    error:
      'onlooker: no sensor answers at /nowhere/onlooker.sock: is it running? systemctl status onlooker\n',
  })
  const wrong: readonly [words: string, error: RegExp][] = [
    ['devices --knid camera', /^onlooker: Unknown option '--knid': see onlooker help devices\n$/],
    ['devices --sort vendr', /^onlooker: sort must .*: did you mean -?vendor\?\n$/],
    ['devices printers', /^onlooker: no such verb: printers: it is one of show, .*\n$/],
    ['devices show nobody', /^onlooker: no such device: nobody: see onlooker devices\n$/],
    ['devices edit d1', /^onlooker: nothing to change: /],
    ['devices edit d1 --kind printr', /^onlooker: kind must .*: did you mean printer\?\n$/],
    ['devices --limit ten', /^onlooker: wrong limit: ten: /],
    ['user add', /^onlooker: name one user: /],
    ['user', /^onlooker: no such verb: /],
    ['learning stop', /^onlooker: onlooker learning, or /],
    ['endpoints import /nowhere.csv', /^onlooker: cannot read it \(ENOENT\): \/nowhere\.csv: /],
  ]
  for (const [words, error] of wrong)
    t.match(await ask(words), { status: 2, out: '', error }, words)
  t.match(await call(['help', 'devices']), { status: 0, out: /onlooker devices show DEVICE/ })
})
