/** `onlooker restore FILE`: puts a backup in the place of what a sensor keeps, and sets that aside. */

import { copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { PART_BYTES_MAX } from '../api/routes/copies.js'
import { checkBackup } from '../store/backup.js'
import { refusing, storeError } from '../store/errors.js'
import { lockFolder } from '../store/lock.js'
import { DATABASE_FILE } from '../store/open.js'
import { broughtPath, makeReady, takeRestored } from '../store/restore.js'
import { folderFor, type Client } from './client.js'
import { copyCall, finished, running, Share, wordsOf } from './copying.js'
import { writeOut } from './stdout.js'

const PATH = '/api/v1/restore'
const BYTES = 'application/octet-stream'

export async function run(args: string[]): Promise<void> {
  const call = copyCall(args, 'restore', false)
  const file = resolve(call.file)
  const share = new Share()
  try {
    share.show('checking', 0, 1)
    const backup = checkBackup(file)
    const client = await running(call)
    const told =
      client === undefined ? put(file, folderFor(call)) : await bring(client, file, share)
    share.end()
    writeOut(`${wordsOf(backup)}: ${told}\n`)
  } finally {
    share.end()
  }
}

/** Where no sensor runs, it is there at once. */
function put(file: string, folder: string): string {
  refusing(folder, () => mkdirSync(folder, { recursive: true, mode: 0o750 }))
  const lock = lockFolder(folder)
  const path = join(folder, DATABASE_FILE)
  const brought = broughtPath(path)
  try {
    refusing(brought, () => copyFileSync(file, brought))
    makeReady(path)
    const before = refusing(path, () => takeRestored(path, Date.now()))
    return `restored${before ? `; what was there before: ${before}` : ''}`
  } finally {
    rmSync(brought, { force: true })
    lock.release()
  }
}

async function bring(client: Client, file: string, share: Share): Promise<string> {
  await upload(client, file, share)
  await client.ask(`${PATH}/check`, 'POST')
  await finished(client, PATH, share)
  return 'it holds from the next start on: systemctl restart onlooker'
}

/** In parts, so that no request takes long. */
async function upload(client: Client, file: string, share: Share): Promise<void> {
  const source = await open(file).catch((error: unknown) => {
    throw storeError(error, file)
  })
  try {
    const { size } = await source.stat()
    const part = Buffer.alloc(PART_BYTES_MAX)
    for (let at = 0; at < size;) {
      share.show('bringing', at, size)
      const { bytesRead } = await source.read(part, 0, part.length, at)
      if (bytesRead === 0) break
      await client.upload(`${PATH}?at=${String(at)}`, part.subarray(0, bytesRead), BYTES)
      at += bytesRead
    }
  } finally {
    await source.close()
  }
}
