/** A clock that jumps a year forward and back: nobody is forgotten, doubled or new, and it goes on. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { AddressHeard, StationHeard } from '../../src/model/heard.js'
import { facts } from '../../src/protocols/index.js'
import { Keeping } from '../../src/sensor/keeping.js'
import { openStore } from '../../src/store/open.js'
import type { Store } from '../../src/store/store.js'
import { address, START, station, tell } from '../identity/load.js'

const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS
const MACHINES = 20
const BEGIN = START * 1000

const nobodyWaits = (): Promise<void> => Promise.resolve()

/** A sensor whose clock and uptime are ours. */
class Timely {
  readonly store: Store
  readonly keeping: Keeping
  /** What the clock says beside what really passed. */
  jump = 0
  passed = 0
  private frames = 0
  private hours = 0

  constructor(folder: string) {
    const now = (): number => this.now
    this.store = openStore(folder, {
      ...{ now, uptime: () => this.passed, sensor: 'test', durability: 'normal' },
    })
    const options = { facts, seed: 1, inside: [], site: null, learning_days: 7 }
    this.keeping = new Keeping({ ...options, store: this.store, now })
  }

  get now(): number {
    return BEGIN + this.passed + this.jump
  }

  /** These machines say who they are, and an hour passes in which the sensor does what it does. */
  async hears(from = 0, to = MACHINES): Promise<void> {
    this.hours++
    for (let i = from; i < to; i++) {
      const [mac, ip] = [`3c:d9:2b:00:00:${String(10 + i)}`, `10.0.0.${String(10 + i)}`]
      const frame = ++this.frames
      this.keeping.station(this.dated(station(mac, { frame, packets: 20 * this.hours, vlan: 10 })))
      const told = tell(ip, 'arp.mac', mac, { frame, vlan: 10 })
      told.seconds = Math.floor(this.now / 1000)
      this.keeping.tell(told)
      this.keeping.address(
        this.dated(address(ip, mac, { frame, packets: 20 * this.hours, vlan: 10 })),
      )
    }
    for (let quarter = 0; quarter < 4; quarter++) {
      while (this.keeping.turn());
      await this.keeping.tend(nobodyWaits)
      this.passed += 900_000
    }
    this.keeping.finish()
  }

  get ids(): string[] {
    return [...this.store.devices()]
      .flat()
      .map(({ id }) => id)
      .sort()
  }

  private dated<Row extends StationHeard | AddressHeard>(row: Row): Row {
    row.first = this.now * 1000
    row.last = this.now * 1000
    return row
  }
}

function timely(t: Test): Timely {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-'))
  const known = new Timely(folder)
  t.teardown(() => {
    known.store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return known
}

for (const [name, jump] of [
  ['forward', YEAR_MS],
  ['back', -YEAR_MS],
] as const) {
  t.test(`a clock that jumps a year ${name} and returns`, async t => {
    const sensor = timely(t)
    await sensor.hears()
    const before = sensor.ids
    t.equal(before.length, MACHINES)
    sensor.jump = jump
    for (let hour = 0; hour < 2; hour++) await sensor.hears()
    t.strictSame(sensor.ids, before, 'they are who they were')
    sensor.jump = 0
    for (let hour = 0; hour < 2; hour++) await sensor.hears()
    t.strictSame(sensor.ids, before, 'and are so again')
    t.same(sensor.store.dropped.facts, 0, 'nothing aged')
    t.equal(sensor.keeping.trouble, '')
    const records = [...sensor.store.devices()].flat()
    t.ok(records.every(one => one.status === 'active' && !one.new))
    t.ok(records.every(one => one.first_seen <= one.last_seen))
  })
}
