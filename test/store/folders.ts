/** Folders of tests of the store: a new one each, removed with what is in it. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { openStore, type StoreOptions } from '../../src/store/open.js'
import type { Store } from '../../src/store/store.js'
import { NOON } from './records.js'

export function folderFor(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'onlooker-store-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function storeIn(folder: string, more: Partial<StoreOptions> = {}): Store {
  return openStore(folder, { now: () => NOON, sensor: 'test', durability: 'normal', ...more })
}

export function storeFor(t: Test, more: Partial<StoreOptions> = {}): Store {
  const store = storeIn(folderFor(t), more)
  t.teardown(() => store.close())
  return store
}

/** A small disk of its own; undefined where nobody may mount one. */
export function smallDisk(t: Test, size: string): string | undefined {
  const folder = folderFor(t)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  if (mounted.status !== 0) return undefined
  t.teardown(() => void spawnSync('umount', ['-l', folder]))
  return folder
}

export function errorIn(work: () => unknown): Error {
  try {
    work()
  } catch (error) {
    if (error instanceof Error) return error
  }
  return new Error('no error')
}
