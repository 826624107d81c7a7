/** A network that somebody floods with invented addresses, from its frames to the store. */

import { arpFrame } from '../../fixtures/build/frames.js'
import { Random } from '../../fixtures/network/random.js'
import { Solo } from '../../src/hearing/crew.js'
import { Secrets } from '../../src/hearing/secrets.js'
import { AddressHeard } from '../../src/model/heard.js'
import { facts, protocols } from '../../src/protocols/index.js'
import { Keeping } from '../../src/sensor/keeping.js'
import { openStore } from '../../src/store/open.js'
import type { Store } from '../../src/store/store.js'
import { address, station } from '../identity/load.js'

const START_S = 1_768_210_000
const ETHERNET = 1
const FRAMES_AT_ONCE = 4000
/** Frames a second of the flood. */
const RATE = 100_000
/** Where an ARP frame names its sender: in the link, by hardware address, by network address. */
const SENDER = { link: 6, mac: 22, ip: 28 }

const real = (i: number) => ({
  mac: `3c:d9:2b:00:00:${String(10 + i)}`,
  ip: `10.0.0.${String(10 + i)}`,
})
const nobodyWaits = (): Promise<void> => Promise.resolve()

export class FloodedNetwork {
  readonly store: Store
  readonly keeping: Keeping
  private readonly solo: Solo
  private readonly random = new Random(9)
  private frames = 0
  private micros = 0

  constructor(folder: string) {
    const now = (): number => START_S * 1000 + this.micros / 1000
    const uptime = (): number => this.micros / 1000
    this.store = openStore(folder, { now, uptime, sensor: 'flooded', durability: 'normal' })
    const options = { facts, seed: 1, inside: [], site: null, learning_days: 7 }
    this.keeping = new Keeping({ ...options, store: this.store, now })
    const secrets = new Secrets(new Uint8Array(32))
    this.solo = new Solo({ protocols, facts, secrets, seed: 1 }, this.keeping)
  }

  /** Some machines ask for each other, again and again. */
  greet(machines: number): void {
    const frames = Array.from({ length: machines }, (_, i) => {
      const target = { ...real((i + 1) % machines), mac: '00:00:00:00:00:00' }
      return arpFrame({ operation: 1, sender: real(i), target }).bytes
    })
    this.hear(5 * machines, (bytes, at, i) => bytes.set(frames[i % machines]!, at), 10_000)
    for (let i = 0; i < machines; i++) this.tellRows(i)
    this.settle()
  }

  /** What workers tell once a second of who is heard; one thread alone tells it at the end. */
  private tellRows(i: number): void {
    const { mac, ip } = real(i)
    const now = START_S * 1e6 + this.micros
    for (const row of [
      station(mac, { frame: 0, packets: 5 }),
      address(ip, mac, { frame: 0, packets: 5 }),
    ]) {
      row.first = START_S * 1e6
      row.last = now
      if (row instanceof AddressHeard) this.keeping.address(row)
      else this.keeping.station(row)
    }
  }

  /** So many frames, each from a sender that nobody has ever heard of. */
  async suffer(count: number): Promise<void> {
    const target = { ...real(0), mac: '00:00:00:00:00:00' }
    const frame = arpFrame({ operation: 1, sender: real(0), target }).bytes
    for (let done = 0; done < count; done += FRAMES_AT_ONCE) {
      const some = Math.min(FRAMES_AT_ONCE, count - done)
      this.hear(some, (bytes, at) => this.invent(bytes, at, frame), 1e6 / RATE)
      this.keeping.turn()
      if ((done / FRAMES_AT_ONCE) % 50 === 49) await this.keeping.tend(nobodyWaits)
    }
    this.settle()
  }

  close(): void {
    this.keeping.finish()
    this.store.close()
  }

  private settle(): void {
    while (this.keeping.turn());
    while (this.keeping.index());
  }

  private invent(bytes: Uint8Array, at: number, frame: Uint8Array): void {
    bytes.set(frame, at)
    const made = this.random.bytes(6)
    made[0] = made[0]! & 0xfe
    bytes.set(made, at + SENDER.link)
    bytes.set(made, at + SENDER.mac)
    bytes.set(this.random.bytes(3), at + SENDER.ip + 1)
  }

  private hear(
    count: number,
    write: (bytes: Uint8Array, at: number, i: number) => void,
    apart_micros: number,
  ): void {
    const batch = this.solo.room()
    const length = 60
    for (let i = 0; i < count; i++) {
      this.micros += apart_micros
      const at = i * length
      write(batch.bytes, at, i)
      batch.at[i] = at
      batch.length[i] = length
      batch.wire[i] = length
      batch.seconds[i] = START_S + Math.floor(this.micros / 1e6)
      batch.micros[i] = Math.floor(this.micros % 1e6)
      batch.link[i] = ETHERNET
    }
    batch.count = count
    this.solo.hear(batch, this.frames + 1)
    this.frames += count
  }
}
