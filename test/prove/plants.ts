/**
 * Whether devices of plants and buildings are heard as what they say: every labelled device whose
 * evidence names such a protocol must have a fact of it, and the texts that the evidence quotes among
 * its facts or among those of a station behind it. Says so plainly where there are no labels.
 *
 * node dist/test/prove/plants.js [CAPTURES LABELS]
 */

import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { shippedKnowledge, type Known } from '../../src/cli/knowledge.js'
import { readFiles } from '../../src/cli/read.js'
import { capturesOf } from '../../src/cli/rules/labels.js'
import type { Device, InventoryDocument } from '../../src/identity/document.js'
import { readNetwork } from '../../src/settings/network.js'

/** Words by which an evidence names a protocol, and whose facts then tell of it. */
const PROTOCOLS: readonly (readonly [word: RegExp, protocols: readonly string[]])[] = [
  [/\bS7comm-plus/i, ['s7plus']],
  [/\bS7(?!comm-plus)/i, ['s7comm', 's7plus', 'cotp']],
  [/\bCIP\b|EtherNet\/IP/i, ['enip']],
  [/\bPROFINET IO\b/i, ['pnio']],
  [/\bPN-DCP\b/i, ['profinet']],
  [/\bModbus/i, ['modbus', 'umas']],
  [/\bBACnet/i, ['bacnet']],
  [/\bMMS\b/i, ['mms', 'cotp']],
  [/\bOPC.?UA\b/i, ['opcua']],
  [/\bFINS\b/i, ['fins']],
  [/\bDNP3\b/i, ['dnp3']],
]
/** What an evidence quotes: behind an equals sign, or a number behind what it is the number of. */
const QUOTED = /=\s*([^,(]+?)\s*(?=[,(]|$)/g
const NUMBERED =
  /\b(?:firmware|revision|version|instance|device id|vendor id|vendor)\s+([\dx][\w.]*)/gi
/** What is said by the way, often of other captures. */
const REMARK = /\([^)]*\)/g
/** A frame's number, a port and the like stand in no device's words. */
const TOO_SHORT = 2

interface Label {
  readonly file: string
  readonly mac: string | null
  readonly ip: string | null
  readonly evidence: string
}

interface Outcome {
  readonly label: Label
  readonly missing: readonly string[]
  readonly where: 'itself' | 'behind it' | 'nowhere'
}

const beside = (path: string): string =>
  fileURLToPath(new URL(`../../../../shared/${path}`, import.meta.url))
const [captures = beside('captures'), labels = beside('truth/devices.json')] = process.argv.slice(2)

if (!existsSync(captures) || !existsSync(labels)) {
  say(`no labelled captures beside the repository (${labels}): nothing to prove`)
} else {
  const outcomes = await proveAll(labelsOf(labels))
  for (const outcome of outcomes) if (outcome.missing.length > 0) say(lineOf(outcome))
  const good = outcomes.filter(({ missing }) => missing.length === 0)
  const behind = good.filter(({ where }) => where === 'behind it').length
  say(
    `${good.length} of ${outcomes.length} devices say what their evidence names` +
      (behind > 0 ? `, ${behind} of them by a station behind them` : ''),
  )
  process.exitCode = good.length === outcomes.length && outcomes.length > 0 ? 0 : 1
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function labelsOf(file: string): Label[] {
  const all = JSON.parse(readFileSync(file, 'utf8')) as Label[]
  return all.filter(({ evidence }) => protocolsOf(evidence).length > 0)
}

async function proveAll(all: readonly Label[]): Promise<Outcome[]> {
  const known = shippedKnowledge()
  const read = new Map<string, InventoryDocument | null>()
  const outcomes: Outcome[] = []
  for (const label of all) {
    const key = `${label.file} ${networkOf(label)}`
    if (!read.has(key)) {
      read.clear()
      read.set(key, await documentOf(label, known))
    }
    const document = read.get(key) ?? null
    outcomes.push(document === null ? unread(label) : prove(document, label))
  }
  return outcomes
}

async function documentOf(label: Label, known: Known): Promise<InventoryDocument | null> {
  const files = capturesOf(captures, label.file)
  if (files.length === 0) return null
  const network = readNetwork(networkOf(label))
  const inside = typeof network === 'string' ? [] : [network]
  return readFiles({ files, workers: 1, quiet: true, known, inside })
}

/** Whoever labels a device knows that its network is no part of the Internet. */
function networkOf({ ip }: Label): string {
  return ip === null ? '' : `${ip.replace(/\d+$/, '0')}/24`
}

function unread(label: Label): Outcome {
  return { label, missing: ['the capture'], where: 'nowhere' }
}

function prove(document: InventoryDocument, label: Label): Outcome {
  const device = find(document.devices, label)
  if (device === undefined) return { label, missing: ['the device'], where: 'nowhere' }
  const own = missingIn(document, [device], label)
  if (own.length === 0) return { label, missing: own, where: 'itself' }
  const behind = document.devices.filter(one => one.behind === device.id)
  const missing = missingIn(document, [device, ...behind], label)
  return { label, missing, where: missing.length === 0 ? 'behind it' : 'nowhere' }
}

/** By its address, if it has one: the hardware address may be a router's. */
function find(devices: readonly Device[], { mac, ip }: Label): Device | undefined {
  const byIp = ip === null ? undefined : devices.find(({ ipv4 }) => ipv4.includes(ip))
  return byIp ?? (mac === null ? undefined : devices.find(({ macs }) => macs.includes(mac)))
}

/** What the evidence names and no fact of these says. */
function missingIn(
  { evidence }: InventoryDocument,
  devices: readonly Device[],
  { evidence: said }: Label,
): string[] {
  const statements = devices.flatMap(device => device.evidence)
  const heard = new Set(statements.map(index => evidence.fact(index).name.split('.')[0]!))
  const texts = statements.map(index => evidence.text(index).toLowerCase())
  const protocols = protocolsOf(said)
    .filter(names => !names.some(name => heard.has(name)))
    .map(names => `a fact of ${names[0]!}`)
  const words = quotedIn(said).filter(word => !texts.some(text => text.includes(word)))
  return [...protocols, ...words.map(word => `"${word}"`)]
}

function protocolsOf(evidence: string): (readonly string[])[] {
  const own = evidence.replace(REMARK, '')
  return PROTOCOLS.filter(([word]) => word.test(own)).map(([, names]) => names)
}

/** In lower case, each value of a list by itself. */
function quotedIn(evidence: string): string[] {
  const quoted = [...evidence.matchAll(QUOTED)].flatMap(([, text]) => text!.split(';'))
  const numbered = [...evidence.matchAll(NUMBERED)].map(([, text]) => text!)
  return [...quoted, ...numbered]
    .map(text => text.trim().toLowerCase().replace(/^0x/, ''))
    .filter(text => text.length >= TOO_SHORT)
}

function lineOf({ label, missing }: Outcome): string {
  const who = `${label.file} ${label.mac ?? label.ip ?? ''}`
  return `${who}: lacks ${missing.join(', ')}; labelled: ${label.evidence}`
}
