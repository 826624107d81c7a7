/** Fox (Tridium): Niagara's stations and workbenches greet each other with all they know of themselves. */

import type { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { line, readLine } from './text-lines.js'

const version = fact('fox.version', text, 'set')
const hostName = fact('fox.host_name', text, 'set')
const hostAddress = fact('fox.host_address', text, 'set')
/** `Station` or `Workbench`. */
const app = fact('fox.app', text, 'set')
const appVersion = fact('fox.app_version', text, 'set')
const station = fact('fox.station', text, 'set')
const vm = fact('fox.vm', text, 'set')
const vmVersion = fact('fox.vm_version', text, 'set')
const os = fact('fox.os', text, 'set')
const osVersion = fact('fox.os_version', text, 'set')
/** What licences are bound to: one machine, for certain. */
const hostId = fact('fox.host_id', text)
const vmUuid = fact('fox.vm_uuid', text, 'set')
const brand = fact('fox.brand', text, 'set')
const authentication = fact('fox.authentication', text, 'set')

const KEYS: readonly (readonly [key: string, said: Fact])[] = [
  ['fox.version=', version],
  ['hostName=', hostName],
  ['hostAddress=', hostAddress],
  ['app.name=', app],
  ['app.version=', appVersion],
  ['station.name=', station],
  ['vm.name=', vm],
  ['vm.version=', vmVersion],
  ['os.name=', os],
  ['os.version=', osVersion],
  ['hostId=', hostId],
  ['vmUuid=', vmUuid],
  ['brandId=', brand],
  ['method=', authentication],
]
const START = 'fox '
const LINES_MAX = 120

function parse(c: Cursor, notes: Notes): void {
  if (c.left >= START.length && !c.starts(START)) return c.fail('no fox')
  if (c.left < START.length) return void c.take(START.length)
  let lines = 0
  // What a challenge and its answer hold are no lines: those are left unread.
  while (c.left > 0 && lines++ < LINES_MAX) {
    if (!readLine(c)) return
    readKey(notes)
  }
}

/** `app.name=s:Station`: a key, a kind, and a value. */
function readKey(notes: Notes): void {
  let i = 0
  while (i < KEYS.length) {
    const [key, said] = KEYS[i++]!
    if (!line.starts(key)) continue
    line.take(key.length)
    if (line.peek(1) !== 0x3a) return
    line.take(2)
    return notes.add(said, line.at, line.left)
  }
}

export const fox: Protocol = {
  name: 'fox',
  standard: 'Tridium, Niagara Fox',
  tells: 'building controllers: station, host name, software and its version, system and host id',
  heard: ['tcp/1911', 'tcp "fox a "', 'tcp "fox s "'],
  facts: [
    ...[version, hostName, hostAddress, app, appVersion, station, vm, vmVersion, os, osVersion],
    ...[hostId, vmUuid, brand, authentication],
  ],
  parse,
}
