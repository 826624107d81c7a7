/** A lock between processes: a folder that holds its owner's process number. */

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 200

/** Runs `work` while nobody else holds the lock at `path`; `waiting(owner)` is told once. */
export async function locked(path, work, waiting) {
  mkdirSync(dirname(path), { recursive: true })
  for (let told = false; !take(path);) {
    const owner = ownerOf(path)
    if (owner !== undefined && !lives(owner)) clear(path, owner)
    else {
      if (!told && owner !== undefined) waiting(owner.pid)
      told = true
      await sleep(POLL_MS)
    }
  }
  try {
    return await work()
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

/** The folder appears with its content or not at all: a rename onto a filled folder fails. */
function take(path) {
  const mine = `${path}.${process.pid}`
  rmSync(mine, { recursive: true, force: true })
  mkdirSync(mine)
  writeFileSync(join(mine, 'owner'), `${process.pid} ${startOf(process.pid)}`)
  try {
    renameSync(mine, path)
    return true
  } catch {
    rmSync(mine, { recursive: true, force: true })
    return false
  }
}

function ownerOf(path) {
  try {
    const [pid, start] = readFileSync(join(path, 'owner'), 'utf8').split(' ')
    return { pid: Number(pid), start }
  } catch {
    return undefined
  }
}

/** A process number is used again some day, so the time its process started must agree too. */
function lives({ pid, start }) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  return startOf(pid) === start
}

function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0'
  } catch {
    return '0'
  }
}

/** Takes a dead owner's lock away, unless somebody else did and a living one stands there now. */
function clear(path, dead) {
  const aside = `${path}.dead.${process.pid}`
  try {
    renameSync(path, aside)
  } catch {
    return
  }
  const found = ownerOf(aside)
  if (found !== undefined && found.pid !== dead.pid && lives(found)) {
    try {
      renameSync(aside, path)
      return
    } catch {
      // A third one holds the lock by now.
    }
  }
  rmSync(aside, { recursive: true, force: true })
}
