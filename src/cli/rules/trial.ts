/** `onlooker rules test`: reads labelled captures, and says how often what it concludes is right. */

import type { Device } from '../../identity/document.js'
import { screen } from '../columns.js'
import { CallError } from '../errors.js'
import { parsed } from '../listing.js'
import { readFiles } from '../read.js'
import { writeOut } from '../stdout.js'
import { chosenKnowledge, type Known } from '../knowledge.js'
import { capturesOf, readLabels, type Label } from './labels.js'
import { outcomesOf, scoreOf, type Trial } from './score.js'
import { outcomeView, scoreText, wrongText } from './score-text.js'

const OPTIONS = {
  against: { type: 'boolean' },
  json: { type: 'boolean' },
  wrong: { type: 'boolean' },
  config: { type: 'string' },
} as const

export async function test(args: string[]): Promise<void> {
  const { values, positionals } = parsed(args, OPTIONS, 'rules')
  const [folder, list] = positionals
  if (folder === undefined || list === undefined || positionals.length > 2) {
    throw new CallError('name the folder of captures and the labels: see onlooker help rules')
  }
  const known = chosenKnowledge(values.config as string | undefined)
  const trials = await trialsOf(folder, readLabels(list), known)
  const score = scoreOf(trials)
  const wrong = outcomesOf(trials).filter(({ how }) => how === 'wrong')
  if (values.json === true) {
    const outcomes = outcomesOf(trials).map(outcomeView)
    return writeOut(`${JSON.stringify({ ...score, outcomes }, null, 1)}\n`)
  }
  writeOut(scoreText(score, screen()))
  if (values.wrong === true) writeOut(`\n${wrongText(wrong, screen())}`)
}

/** Who judges, and by which registry. */
type Judging = Pick<Known, 'judge' | 'registry'>

/** Each capture is read once, whoever is labelled in it. */
export async function trialsOf(
  folder: string,
  labels: readonly Label[],
  known: Judging,
): Promise<Trial[]> {
  const byFile = new Map<string, Label[]>()
  for (const label of labels) byFile.set(label.file, [...(byFile.get(label.file) ?? []), label])
  const trials: Trial[] = []
  let count = 0
  for (const [file, own] of byFile) {
    if (process.stderr.isTTY)
      process.stderr.write(`\r\x1b[K${String(++count)}/${String(byFile.size)} ${file}`)
    const devices = await devicesOf(capturesOf(folder, file), known)
    for (const label of own) trials.push({ label, device: find(devices, label) })
  }
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  return trials
}

async function devicesOf(files: readonly string[], known: Judging): Promise<readonly Device[]> {
  if (files.length === 0) return []
  return (await readFiles({ files, workers: 1, quiet: true, known })).devices
}

/** Whoever has both; who is behind a router has the address alone, and the router's hardware address. */
function find(devices: readonly Device[], { mac, ip }: Label): Device | null {
  const hasMac = ({ macs }: Device): boolean => mac !== null && macs.includes(mac)
  const hasIp = ({ ipv4, ipv6 }: Device): boolean =>
    ip !== null && (ipv4.includes(ip) || ipv6.includes(ip))
  const find = (isIt: (device: Device) => boolean): Device | undefined => devices.find(isIt)
  return find(one => hasMac(one) && hasIp(one)) ?? find(hasIp) ?? find(hasMac) ?? null
}
