/** `npm start`: sets up what is missing, then runs the program, by default the sensor. */

import { argv, chdir, env, stderr } from 'node:process'
import { pathToFileURL } from 'node:url'
import { main, say, setUp } from './setup.mjs'

try {
  await setUp()
} catch (error) {
  say(error.message)
  process.exit(1)
}

// npm changes into the project's folder; a path on the command line counts from the caller's.
if (env.INIT_CWD !== undefined) chdir(env.INIT_CWD)
argv.splice(1, 1, main)
if (argv.length === 2) {
  argv.push('run')
  // The sensor says why it can't hear; this way there is something to see all the same.
  process.once('exit', status => {
    if (status !== 0)
      stderr.write('onlooker: to see a generated office instead: npm start -- demo\n')
  })
}
await import(pathToFileURL(main).href)
