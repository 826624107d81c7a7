/** The bytes of a configuration file, never more than one should have. */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { SettingsError } from './errors.js'

/** No configuration needs more; what has more is something else. */
export const FILE_BYTES_MAX = 1 << 20

const MENDS: Readonly<Record<string, readonly [what: string, mend: string]>> = {
  ENOENT: ['no such file', 'check the path'],
  ENOTDIR: ['no such file', 'check the path'],
  EACCES: ['not allowed to read', 'make it readable for this user'],
  EPERM: ['not allowed to read', 'make it readable for this user'],
  EISDIR: ['is a directory', 'name the file in it'],
  ELOOP: ['links that lead nowhere', 'check the path'],
  ENAMETOOLONG: ['the path is too long', 'check the path'],
}

/** The file's text, or undefined if there is no such file. A pipe will do. */
export function readText(path: string): string | undefined {
  let fd = -1
  try {
    fd = openSync(path, 'r')
    if (fstatSync(fd).isDirectory()) throw refusal('EISDIR', path)
    return decoded(readBounded(fd, path), path)
  } catch (error) {
    if (error instanceof SettingsError) throw error
    const code = String((error as { code?: unknown }).code ?? '')
    if (fd < 0 && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined
    throw refusal(code, path)
  } finally {
    if (fd >= 0) closeSync(fd)
  }
}

export function refusal(code: string, path: string): SettingsError {
  const [what, mend] = MENDS[code] ?? [`cannot be read (${code})`, 'check the path and the disk']
  return new SettingsError(what, { file: path }, mend)
}

/** Reads until the end, which a pipe or a device does not tell beforehand. */
function readBounded(fd: number, path: string): Uint8Array {
  const bytes = new Uint8Array(FILE_BYTES_MAX + 1)
  let length = 0
  while (length < bytes.length) {
    const count = readSync(fd, bytes, length, bytes.length - length, null)
    if (count === 0) return bytes.subarray(0, length)
    length += count
  }
  throw new SettingsError('larger than 1 MB', { file: path }, 'name a configuration file')
}

function decoded(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new SettingsError('not UTF-8', { file: path }, 'save it as UTF-8')
  }
}
