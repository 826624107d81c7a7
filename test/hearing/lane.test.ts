/** Lanes carry records between threads, in order and whole, and say when they are full. */

import t from 'tap'
import { CONVERSATION, FACT, Lane, STATION, laneMemory } from '../../src/hearing/lane.js'

const WORDS = 64

function lanes(): [worker: Lane, main: Lane] {
  const memory = laneMemory(WORDS)
  return [new Lane(memory, 'worker'), new Lane(memory, 'main')]
}

function put(lane: Lane, kind: number, values: readonly number[]): boolean {
  const body = lane.open(kind, values.length)
  if (body < 0) return false
  values.forEach((value, i) => (lane.words[body + i] = value))
  return true
}

function take(lane: Lane, length: number): number[] | undefined {
  const body = lane.next()
  if (body < 0) return undefined
  const values = [...lane.words.subarray(body, body + length)]
  lane.drop()
  return values
}

t.test('what was published arrives in order, whatever goes round the end', t => {
  const [worker, main] = lanes()
  let sent = 0
  let got = 0
  for (let round = 0; round < 200; round++) {
    while (put(worker, FACT, [sent, sent + 1, sent + 2, sent + 3, sent + 4])) sent++
    t.equal(take(main, 5), undefined, 'nothing arrives that was not published')
    worker.publish()
    main.look()
    for (let body = take(main, 5); body !== undefined; body = take(main, 5)) {
      if (body[0] !== got || body[4] !== got + 4)
        t.fail(`${String(got)} arrives as ${String(body)}`)
      got++
    }
    main.giveBack()
  }
  t.ok(got === sent && got > 1000, `${String(got)} records`)
  t.end()
})

t.test('a record keeps its kind, and lies where numbers of 64 bits may', t => {
  const [worker, main] = lanes()
  for (const kind of [FACT, STATION, CONVERSATION]) put(worker, kind, [kind])
  worker.publish()
  main.look()
  for (const kind of [FACT, STATION, CONVERSATION]) {
    const body = main.next()
    t.equal(main.kind(body), kind)
    t.equal(body & 1, 0)
    main.drop()
  }
  t.end()
})

t.test('a full lane takes nothing until something was given back', t => {
  const [worker, main] = lanes()
  let count = 0
  while (put(worker, FACT, [1, 2])) count++
  t.equal(count, WORDS / 4)
  t.equal(worker.share, 1)
  worker.publish()
  main.look()
  main.next()
  main.drop()
  t.notOk(put(worker, FACT, [1, 2]), 'read is not given back yet')
  main.giveBack()
  t.ok(put(worker, FACT, [1, 2]))
  t.equal(worker.open(FACT, 2, WORDS), -1, 'nor anything that leaves no reserve')
  t.end()
})
