/** A whole capture in memory, heard at once and written down: what tests and tools look at. */

import { sourceOver } from '../capture/file.js'
import type { Input } from '../capture/input.js'
import { ipText, macText, plainText } from '../bytes/text.js'
import type { Told } from '../model/heard.js'
import { facts, protocols } from '../protocols/index.js'
import { Solo } from './crew.js'
import { readSource } from './reading.js'
import { Secrets } from './secrets.js'
import type { Tally } from './tallies.js'

/** One fact that was news, in words. */
export interface Spoken {
  about: string
  fact: string
  value: string
  protocol: string
  /** Seconds since 1970. */
  at: number
  frame: number
}

export async function hearCapture(
  bytes: Uint8Array,
  known = { protocols, facts },
): Promise<{ told: Spoken[]; protocols: Tally[] }> {
  const told: Spoken[] = []
  const ignore = (): undefined => undefined
  const listener = {
    tell: (one: Told) => void told.push(spoken(one)),
    station: ignore,
    address: ignore,
    conversation: ignore,
  }
  const solo = new Solo({ ...known, secrets: new Secrets(new Uint8Array(32)), seed: 1 }, listener)
  const { counts } = await readSource(sourceOver(inputOf(bytes)), solo, ignore)
  return { told, protocols: counts.tallies }
}

export function spoken(told: Told): Spoken {
  return {
    about: subjectText(told),
    fact: told.fact.name,
    value: told.fact.form(told.bytes, told.valueAt, told.valueLength),
    protocol: told.protocol,
    at: told.seconds + told.micros / 1e6,
    frame: told.frame,
  }
}

function subjectText({ about, bytes, aboutAt, aboutLength }: Told): string {
  if (about === 'mac') return macText(bytes, aboutAt)
  return about === 'name'
    ? plainText(bytes, aboutAt, aboutLength)
    : ipText(bytes, aboutAt, aboutLength)
}

export function inputOf(bytes: Uint8Array): Input {
  const input = {
    name: 'memory',
    fault: '' as const,
    done: 0,
    total: bytes.length,
    close: () => undefined,
    read(into: Uint8Array, at: number, length: number): number {
      const count = Math.min(length, bytes.length - input.done)
      into.set(bytes.subarray(input.done, input.done + count), at)
      input.done += count
      return count
    },
  }
  return input
}
