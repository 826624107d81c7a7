/**
 * Identity scenarios: each is read as a capture and heard live, and every device must be there, once
 * and with what is its own, under the same id both ways and over restarts.
 */

import t, { type Test } from 'tap'
import { known } from '../fixtures/scenarios/index.js'
import type { Scenario } from '../fixtures/scenarios/stage.js'
import { knownOf, line, listen, read, type Shelf } from './scenario.js'

/** The sensor is started anew after these parts of the time. */
const RESTARTS = [0.3, 0.6]
/** Scenarios in which what was known before decides what is made of what comes. */
const REMEMBERED = [
  ...['address-conflict', 'behind-router', 'core-mirror', 'failover', 'hsrp', 'laptop', 'nat'],
  ...[
    'modbus-gateway',
    'bacnet-router',
    'rack',
    'overlapping',
    'proxy-arp',
    'rotating-phone',
    'sleep-proxy',
    'sleepers',
    'tenants',
  ],
  ...['two-networks-phone', 'two-nics', 'two-of-a-name', 'two-switches', 'vrrp'],
]

const lines = (shelf: Shelf): string[] =>
  [...shelf.devices.values()].map(one => line(knownOf(one, shelf.devices.values()))).sort()

/** Names are compared where a scenario has an opinion of them. */
function compareNames(
  t: Test,
  { devices }: Scenario,
  found: Iterable<{ readonly macs: readonly string[]; readonly names: readonly string[] }>,
): void {
  const all = [...found]
  for (const { macs = [], names } of devices) {
    if (names === undefined) continue
    const one = all.find(device => device.macs.includes(macs[0] ?? ''))
    t.same([...(one?.names ?? [])].sort(), [...names].sort(), `the names of ${macs[0] ?? ''}`)
  }
}

for (const [name, scenario] of Object.entries(known)) {
  t.test(name, async t => {
    const document = await read(scenario)
    // What devices do for others, a capture's report doesn't say.
    const wanted = scenario.devices.map(one => line({ ...one, roles: [] })).sort()
    const heard = document.devices.map(one => line(knownOf(one, document.devices))).sort()
    t.same(heard, wanted, 'in a capture')
    compareNames(t, scenario, document.devices)

    const shelf = listen(scenario)
    t.same(lines(shelf), scenario.devices.map(line).sort(), 'live')
    compareNames(t, scenario, shelf.devices.values())
    t.same([...shelf.devices.keys()].sort(), document.devices.map(({ id }) => id).sort(), 'ids')

    if (!REMEMBERED.includes(name)) return
    const end = scenario.frames.at(-1)?.at ?? 0
    const again = listen(
      scenario,
      RESTARTS.map(part => part * end),
    )
    t.same(lines(again), lines(shelf), 'over restarts')
    t.same([...again.devices.keys()].sort(), [...shelf.devices.keys()].sort(), 'ids over restarts')
  })
}

t.test('phantoms that were avoided are counted', async t => {
  const phone = await read(known['rotating-phone']!)
  t.equal(phone.phantoms, 19)
  const flood = await read(known['mac-flood']!)
  t.ok(flood.phantoms > 19_000 && flood.phantoms <= 20_000, String(flood.phantoms))
})
