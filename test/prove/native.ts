/** `npm run prove:native`: opens and closes 100,000 rings, or as many as are asked for. */

import { argv, exit, stdout } from 'node:process'
import { SHAPE } from '../native/blocks.js'
import { cycles, type Use } from '../native/cycles.js'

/** Noise of the threads' own garbage. */
const GROWTH_MAX_KIB = 16_384

const count = Number(argv[2] ?? 100_000)
const told = ({ descriptors, mappings, kib }: Use): string =>
  `${String(descriptors)} descriptors, ${String(mappings)} mappings, RssAnon ${String(kib)} KiB`

const from = performance.now()
const [before, after] = await cycles({ ...SHAPE, interface: 'lo', promiscuous: false }, count)
const seconds = ((performance.now() - from) / 1000).toFixed(1)
stdout.write(`before: ${told(before)}\nafter:  ${told(after)}\n`)
const good =
  after.descriptors === before.descriptors &&
  after.mappings === 0 &&
  after.kib - before.kib < GROWTH_MAX_KIB
stdout.write(`${String(count)} rings in ${seconds} s: ${good ? 'nothing is left' : 'a leak'}\n`)
exit(good ? 0 : 1)
