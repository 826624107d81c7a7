/** Programs of Sun's remote procedure calls by number, and how they are written down. */

import type { Fact } from '../model/fact.js'
import type { Notes } from './protocol.js'

export const PORTMAP = 100000
export const NFS = 100003
export const MOUNT = 100005

const NAMES: Readonly<Record<number, string>> = {
  [PORTMAP]: 'portmap',
  100001: 'rstat',
  100002: 'rusers',
  [NFS]: 'nfs',
  100004: 'ypserv',
  [MOUNT]: 'mount',
  100007: 'ypbind',
  100008: 'wall',
  100009: 'yppasswd',
  100011: 'rquota',
  100012: 'spray',
  100021: 'nlockmgr',
  100024: 'status',
  100026: 'bootparam',
  100068: 'cmsd',
  100083: 'tooltalk',
  100227: 'nfs_acl',
  100232: 'sadmind',
  100300: 'nis+',
  150001: 'pcnfs',
  395183: 'vxi-11',
  395184: 'vxi-11-async',
}

/** Writes `nfs v3` (or the program's number) into the scratch and returns where. */
export function writeProgram(notes: Notes, program: number, version: number): number {
  const at = notes.here
  const name = NAMES[program]
  if (name === undefined) notes.writeNumber(program)
  else notes.write(name)
  notes.write(' v')
  notes.writeNumber(version)
  return at
}

export function noteProgram(notes: Notes, said: Fact, program: number, version: number): void {
  const at = writeProgram(notes, program, version)
  notes.add(said, at, notes.here - at)
}
