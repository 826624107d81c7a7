/** `npm start`: sets up what is missing, then runs the program, by default its demonstration. */

import { argv, chdir, env } from 'node:process'
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
if (argv.length === 2) argv.push('demo')
await import(pathToFileURL(main).href)
