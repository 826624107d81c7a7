/** `onlooker rules explain`: why a device is taken for what it is, by a running sensor or in a capture. */

import type { Claim, Property } from '../../model/judge.js'
import { contestsOf } from '../../rules/rivals.js'
import { screen, styled, printable } from '../columns.js'
import { ASK_OPTIONS, Client } from '../client.js'
import { findDevice } from '../device-search.js'
import { CallError } from '../errors.js'
import { chosenKnowledge, type Known } from '../knowledge.js'
import { parsed, type Json } from '../listing.js'
import { readFiles } from '../read.js'
import { writeOut } from '../stdout.js'
import { contestText } from './contest-text.js'

const OPTIONS = {
  ...ASK_OPTIONS,
  capture: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** What is told of one device. */
interface Subject {
  readonly id: string
  readonly name: string
  readonly claims: readonly Claim[]
  readonly edits: Json
}

export async function explain(args: string[]): Promise<void> {
  const { values, positionals } = parsed(args, OPTIONS, 'rules')
  const [word] = positionals
  if (word === undefined || positionals.length > 1) {
    throw new CallError('name one device: onlooker rules explain 192.168.1.20')
  }
  const { config, socket, capture } = values as Readonly<Record<string, string | undefined>>
  const known = chosenKnowledge(config)
  const subject =
    capture === undefined
      ? await asked(new Client({ config, socket }), word)
      : await found(capture, word, known)
  const keyOf = (property: Property, value: string): string => known.judge.keyOf(property)(value)
  const contests = contestsOf(subject.claims, keyOf)
  if (values.json === true) {
    return writeOut(`${JSON.stringify({ id: subject.id, properties: contests }, null, 1)}\n`)
  }
  const on = screen()
  const said = Object.entries(subject.edits).map(([name, value]) => `${name} ${String(value)}`)
  writeOut(`${styled(printable(subject.name), 'bold', on)}\n`)
  if (said.length > 0) writeOut(`a person says: ${printable(said.join(', '))}\n`)
  writeOut(contests.length === 0 ? 'no rule says anything of it\n' : contestText(contests, on))
}

async function asked(client: Client, word: string): Promise<Subject> {
  const id = await findDevice(client, word)
  const device = await client.ask<Json>(`/api/v1/devices/${encodeURIComponent(id)}`)
  return {
    id,
    name: (device.names as string[])[0] ?? id,
    claims: device.claims as readonly Claim[],
    edits: device.edits as Json,
  }
}

/** By an address, a name or the id that `onlooker read --json` gives it. */
async function found(file: string, word: string, known: Known): Promise<Subject> {
  const { devices } = await readFiles({ files: [file], workers: undefined, known })
  const key = word.toLowerCase()
  const device = devices.find(({ id, macs, ipv4, ipv6, names }) =>
    [id, ...macs, ...ipv4, ...ipv6, ...names].some(one => one.toLowerCase() === key),
  )
  if (device === undefined)
    throw new CallError(`no such device: ${word}: see onlooker read ${file}`)
  const { id, names, claims } = device
  return { id, name: names[0] ?? id, claims, edits: {} }
}
