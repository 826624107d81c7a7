/**
 * The key under which secrets are hashed: a file of its own beside the database, so that neither it
 * nor its backup says what a hash was made of, and the same for as long as the sensor stands.
 */

import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const FILE = 'secret.key'
const BYTES = 32

/** The key in this folder, made if there is none. Throws one line if it can't be read or made. */
export function secretKey(folder: string): Uint8Array {
  const path = join(folder, FILE)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o750 })
    return known(path) ?? made(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Error(`the key of secrets cannot be kept (${code}): ${path}: check its folder`, {
      cause: error,
    })
  }
}

function known(path: string): Uint8Array | undefined {
  try {
    const bytes = readFileSync(path)
    if (bytes.length === BYTES) return bytes
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  throw new Error(`the key of secrets is damaged: ${path}: move it away, and a new one is made`)
}

function made(path: string): Uint8Array {
  const key = randomBytes(BYTES)
  writeFileSync(path, key, { mode: 0o600, flag: 'wx' })
  chmodSync(path, 0o600)
  return key
}
