/** `onlooker demo --live`: the generated office, replayed into the sensor as it would happen. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LogStream, logger } from '../sensor/log.js'
import { loadSettings } from '../settings/load.js'
import { knowledgeFor } from './knowledge.js'
import { Ending, started, storeFor } from './daemon.js'
import { Replay } from './replay.js'
import { logOptions, overlaid, type Call } from './run.js'

const LISTENER = new URL('../cli/office-listener.js', import.meta.url)

/** The sensor as `onlooker run` has it, but what it hears is made up. */
export async function replay(seed: number, call: Call): Promise<void> {
  const settings = overlaid(loadSettings(call.config), { 'log-level': call['log-level'] })
  const stream = new LogStream(process.stdout)
  const log = logger(stream, logOptions(settings))
  log.info(`a made-up office (seed ${String(seed)}) talks as it would, for as long as this runs`)
  const sources = new Replay(seed)
  const ending = new Ending(log, stream)
  const { judge, registry } = knowledgeFor(settings)
  const kept = storeFor(settings, log, borrowedFolder())
  const made = { sources, workers: 1, program: LISTENER, addon: undefined }
  const parts = { ...made, ...kept, settings, judge, registry, log }
  const sensor = await started(parts, ending)
  ending.listen(sensor, () => {
    log.warn('the replayed office has nothing to read again')
    return Promise.resolve()
  })
}

/** What is made up is not kept. */
function borrowedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
