/**
 * Proves that no bytes do harm: `npm run fuzz -- [INPUTS] [SEED]`, 50,000,000 by default, over two
 * workers. An input is one spoilt message for its parser, or one spoilt frame for everything.
 */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads'
import { Assault } from './assault.js'
import { loadCases } from './cases.js'
import { fixtureMessages } from './messages.js'

const INPUTS = 50_000_000
const WORKERS = 2
/** Inputs between two frames that go to all parsers, and between two captures for the data plane. */
const MESSAGES = 512
const CAPTURE_EVERY = 2_000_000
const PROGRESS_MS = 5000
/** A worker's heap after the first captures, and what it may be more at the end. */
const GROWTH_BYTES = 32e6

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

interface Share {
  readonly inputs: number
  readonly seed: number
}

async function strike({ inputs, seed }: Share): Promise<void> {
  const cases = await loadCases()
  const frames = cases.flatMap(one => one.frames.map(({ bytes }) => bytes))
  const assault = new Assault(frames, seed, await fixtureMessages())
  await assault.hear()
  const heap = heapNow()
  let told = performance.now()
  let captured = 0
  parentPort!.postMessage({ begun: true })
  while (assault.frames < inputs) {
    for (let i = 0; i < MESSAGES; i++) assault.strikeMessage()
    assault.strike()
    if (assault.frames - captured > CAPTURE_EVERY) {
      captured = assault.frames
      await assault.hear()
    }
    if (performance.now() - told < PROGRESS_MS) continue
    told = performance.now()
    parentPort!.postMessage({ frames: assault.frames })
  }
  const grown = heapNow() - heap
  if (grown > GROWTH_BYTES) throw new Error(`the heap grew by ${String(grown)} bytes`)
  parentPort!.postMessage({ frames: assault.frames })
}

function heapNow(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const count = (inputs: number): string => Math.round(inputs).toLocaleString('en')

async function supervise(inputs: number, seed: number): Promise<void> {
  const done = new Array<number>(WORKERS).fill(0)
  let begun = 0
  const sum = (): number => done.reduce((all, one) => all + one, 0)
  const ended = done.map((_, i) => {
    const share: Share = { inputs: inputs / WORKERS, seed: seed * WORKERS + i }
    const worker = new Worker(new URL(import.meta.url), { workerData: share })
    worker.on('message', (message: { begun?: true; frames?: number }) => {
      if (message.begun) begun ||= performance.now()
      done[i] = message.frames ?? done[i]!
      if (message.frames) process.stderr.write(`${count(sum())} of ${count(inputs)}\n`)
    })
    return new Promise<void>((resolve, reject) => {
      worker.on('error', error => {
        process.stderr.write(`seed ${String(share.seed)}, input ${String(done[i])} or later\n`)
        reject(error as Error)
      })
      worker.on('exit', () => resolve())
    })
  })
  await Promise.all(ended)
  const seconds = (performance.now() - begun) / 1000
  const rate = `${count(sum() / seconds)} a second`
  process.stdout.write(`${count(sum())} inputs in ${seconds.toFixed(1)} s, ${rate}: no harm\n`)
}

if (isMainThread) {
  const inputs = Number(process.argv[2] ?? INPUTS)
  const seed = Number(process.argv[3] ?? 1)
  if (!(inputs > 0) || Number.isNaN(seed)) {
    process.stderr.write('usage: npm run fuzz -- [INPUTS] [SEED]\n')
    process.exit(2)
  }
  await supervise(inputs, seed)
} else await strike(workerData as Share)
