/**
 * What is killed: commits numbered changes as fast as it can, and prints each number when its commit has
 * returned. `node kill-writer.js FOLDER FIRST`.
 */

import { writeSync } from 'node:fs'
import { openStore } from '../../src/store/open.js'
import { changes, device, fact, idOf, NOON, talk } from '../store/records.js'

const DEVICES = 200
const FACTS = 20
const EDITS_EVERY = 10
const TENDING_EVERY = 7

const folder = process.argv[2] ?? ''
let number = Number(process.argv[3] ?? 0)
const store = openStore(folder, { now: () => NOON, sensor: 'killed' })

function commitNext(): void {
  const about = number % DEVICES
  const event = { device: idOf(about), at: NOON + number, field: 'model', before: null }
  const facts = Array.from({ length: FACTS }, (_, what) => fact(about, what))
  store.commit(
    changes({
      at: NOON + number,
      devices: [device(about, { model: `number ${number}` })],
      facts: [...facts, fact(about, 99, { fact: 'killed.number', value: String(number) })],
      history: [{ ...event, after: number, because: 'rule' }],
      conversations: [talk(about, `203.0.113.${number % 250}`)],
    }),
  )
  if (number % EDITS_EVERY === 0) {
    store.edit(idOf(about), { notes: String(number) }, { by: 'anna', at: NOON })
  }
  if (number % TENDING_EVERY === 0) store.tend(NOON + number, 2)
  writeSync(1, `${number}\n`)
  number++
}

for (;;) commitNext()
