/** `onlooker demo --live`: the generated office, replayed into the sensor as it would happen. */

import { LogStream, logger } from '../sensor/log.js'
import { loadSettings } from '../settings/load.js'
import { Ending, started } from './daemon.js'
import { Replay } from './replay.js'
import { logOptions, overlaid, type Call } from './run.js'

const LISTENER = new URL('./office-listener.js', import.meta.url)

/** The sensor as `onlooker run` has it, but what it hears is made up. */
export async function replay(seed: number, call: Call): Promise<void> {
  const settings = overlaid(loadSettings(call.config), { 'log-level': call['log-level'] })
  const stream = new LogStream(process.stdout)
  const log = logger(stream, logOptions(settings))
  log.info(`a made-up office (seed ${String(seed)}) talks as it would, for as long as this runs`)
  const sources = new Replay(seed)
  const ending = new Ending(log, stream)
  const parts = { settings, sources, workers: 1, program: LISTENER, addon: undefined, log }
  const sensor = await started(parts, ending)
  ending.listen(sensor, () => {
    log.warn('the replayed office has nothing to read again')
    return Promise.resolve()
  })
}
