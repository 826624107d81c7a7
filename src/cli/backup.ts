/** `onlooker backup FILE`: a copy of all that a sensor keeps, from it while it runs, else from its folder. */

import { createWriteStream, existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { checkBackup, copyStore, type Backup } from '../store/backup.js'
import { refusing } from '../store/errors.js'
import { DATABASE_FILE } from '../store/open.js'
import { folderFor, type Client } from './client.js'
import { copyCall, finished, running, Share, wordsOf, type CopyCall } from './copying.js'
import { CallError } from './errors.js'
import { writeOut } from './stdout.js'

const PATH = '/api/v1/backup'

export async function run(args: string[]): Promise<void> {
  const call = copyCall(args, 'backup', true)
  const file = resolve(call.file)
  if (existsSync(file) && !call.force) throw isThere(file)
  const part = join(dirname(file), `.${basename(file)}.${String(process.pid)}.part`)
  const share = new Share()
  try {
    const backup = await copied(call, part, share)
    refusing(file, () => settle(part, file, call.force))
    writeOut(`backed up ${wordsOf(backup)}: ${file}\n`)
  } finally {
    share.end()
    rmSync(part, { force: true })
  }
}

const isThere = (file: string): CallError =>
  new CallError(`there is such a file already: ${file}: name another one, or add --force`)

async function copied(call: CopyCall, part: string, share: Share): Promise<Backup> {
  const client = await running(call)
  if (client !== undefined) return fetched(client, part, share)
  const progress = share.show.bind(share)
  return copyStore(join(folderFor(call), DATABASE_FILE), part, { now: () => Date.now(), progress })
}

/** The sensor makes the copy; what arrived is looked at here again. */
async function fetched(client: Client, part: string, share: Share): Promise<Backup> {
  await client.ask(PATH, 'POST')
  const { backup } = await finished(client, PATH, share)
  const total = backup?.bytes ?? 0
  let done = 0
  async function* counted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) {
      done += piece.length
      share.show('fetching', done, total)
      yield piece
    }
  }
  try {
    const to = createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true })
    await pipeline(counted(await client.bytes(`${PATH}/file`)), to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Error(`cannot write it (${code}): ${part}: check its folder and disk`, {
      cause: error,
    })
  }
  await client.ask(PATH, 'DELETE')
  share.show('checking', 0, 1)
  return checkBackup(part)
}

/** Under its own name, and over nothing that came there meanwhile. */
function settle(part: string, file: string, force: boolean): void {
  if (force) return renameSync(part, file)
  try {
    linkSync(part, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(file)) throw isThere(file)
    // A file system without links.
    renameSync(part, file)
  }
}
