/**
 * How often claims hold: measured on a generated office, on labelled captures and on examples of
 * banners, where these are named. Tells how reliable what is shown is, folds by vendor: what is
 * shown of one fold was fitted to the others. With --write the table is kept in
 * config/rules/calibration.yaml, and the reliability in docs/classification.md.
 *
 * node dist/test/prove/calibration.js [CAPTURES LABELS] [--banners FILE] [--wrong] [--write]
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { pcap } from '../../fixtures/build/capture.js'
import { office } from '../../fixtures/network/office.js'
import { sourceOver } from '../../src/capture/file.js'
import { readLabels, type Label } from '../../src/cli/rules/labels.js'
import { wrongText } from '../../src/cli/rules/score-text.js'
import {
  foldOf,
  outcomesOf,
  SURE_MIN,
  type Outcome,
  type Trial,
} from '../../src/cli/rules/score.js'
import { trialsOf } from '../../src/cli/rules/trial.js'
import { uncalibratedKnowledge } from '../../src/cli/knowledge.js'
import { Solo } from '../../src/hearing/crew.js'
import { inputOf } from '../../src/hearing/hear-capture.js'
import { readSource } from '../../src/hearing/reading.js'
import { Secrets } from '../../src/hearing/secrets.js'
import { Inventory } from '../../src/identity/inventory.js'
import { facts, protocols } from '../../src/protocols/index.js'
import { calibrated, fitted, type Calibration, type Sample } from '../../src/rules/calibration.js'
import { claimOf, factsOf } from '../../src/rules/readers/recog-claims.js'
import { genericOf, nearKinds } from './near-kinds.js'

const FOLDS = 5
const OFFICES = [7, 8, 9]
const BINS = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001]
const RULES = new URL('../../../config/rules/calibration.yaml', import.meta.url)
const PAGE = new URL('../../../docs/classification.md', import.meta.url)
const MARKS = ['<!-- reliability begins -->', '<!-- reliability ends -->'] as const

const judge = uncalibratedKnowledge()
const known = { judge, registry: undefined }

const labelOf = (one: Partial<Label>): Label => ({
  ...{ file: '', mac: null, ip: null, vendor: null, vendor_aliases: [], model: null },
  ...{ model_named_on_wire: false, type: null, type_alternatives: [], os: null, tier: 'made' },
  ...one,
})

async function officeTrials(seed: number): Promise<Trial[]> {
  const { frames, devices } = office(seed)
  const inventory = new Inventory({ seed: 1, judge })
  const secrets = new Secrets(new Uint8Array(32))
  const solo = new Solo({ protocols, facts, secrets, seed: 1 }, inventory)
  const reading = await readSource(sourceOver(inputOf(pcap(frames))), solo, () => undefined)
  const { devices: found } = inventory.finish({ ...reading, ...NOTHING_MORE })
  return devices.map(({ mac, ip, kind, vendor }) => ({
    label: labelOf({
      ...{ mac, ip, vendor, type: kind, file: `office ${String(seed)}` },
      type_alternatives: genericOf(kind),
    }),
    device: found.find(({ macs }) => macs.includes(mac)) ?? null,
  }))
}

const NOTHING_MORE = { undecoded: 0, reasons: {}, protocols: [], warnings: [] }

interface Banner {
  readonly file: string
  readonly matches: string | null
  readonly text: string
  readonly params: Readonly<Record<string, string>>
  readonly deviceish: boolean
}

/** Examples of banners, each with what it is known to come from. */
function bannerTrials(file: string): Trial[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const written = (vendor: string): string => judge.vendorName(vendor)
  return lines.flatMap((line): Trial[] => {
    const { text, params, deviceish, ...list } = JSON.parse(line) as Banner
    const { vendor = null, kind = null } = claimOf(params)
    const said = factsOf(list.matches ?? list.file, text)
    if (!deviceish || said.length === 0 || (vendor === null && kind === null)) return []
    const statements = said
      .map(one => ({ ...one, evidence: -1 }))
      .filter(one => judge.reads(one.fact))
    const { verdicts, claims } = judge.judge(statements)
    const confidence = Object.fromEntries(
      Object.entries(verdicts).map(([property, verdict]) => [property, verdict.confidence]),
    )
    const value = (property: 'vendor' | 'model'): string | null => verdicts[property]?.value ?? null
    const device = {
      ...{ vendor: value('vendor'), model: value('model'), os: null, confidence, claims },
      kind: verdicts.kind?.value ?? 'unknown',
    }
    // Their list writes vendors in its own way.
    const own = vendor === null ? null : written(vendor)
    const about = { vendor: own, type: kind, file: list.file, tier: 'banner' }
    const label = { ...about, type_alternatives: nearKinds(kind) }
    return [{ label: labelOf(label), device }]
  })
}

function sampleOf({ confidence: claimed, how }: Outcome): Sample {
  return { claimed, isRight: how === 'right' }
}

/** What is shown of each outcome, by a table that its own fold had no part in. */
function shownByOthers(outcomes: readonly Outcome[]): Sample[] {
  return Array.from({ length: FOLDS }, (_, fold) => {
    const isOwn = ({ label }: Outcome): boolean => foldOf(label) === fold
    const table = fitted(outcomes.filter(one => !isOwn(one)).map(sampleOf))
    return outcomes
      .filter(isOwn)
      .map(sampleOf)
      .map(({ claimed, isRight }) => ({
        ...{ isRight, claimed: calibrated(claimed, table) },
      }))
  }).flat()
}

function reliability(samples: readonly Sample[]): string {
  const rows = BINS.slice(1).map((to, i) => {
    const own = samples.filter(({ claimed }) => claimed >= BINS[i]! && claimed < to)
    const mean = own.reduce((sum, { claimed }) => sum + claimed, 0) / Math.max(1, own.length)
    const right = own.filter(({ isRight }) => isRight).length
    const share = own.length === 0 ? '' : `${((100 * right) / own.length).toFixed(1)} %`
    const to_text = Math.min(1, to).toFixed(2)
    return `| ${BINS[i]!.toFixed(2)} to ${to_text} | ${own.length} | ${(100 * mean).toFixed(1)} % | ${share} |`
  })
  return ['| shown | claims | on average | right |', '|---|--:|--:|--:|', ...rows, ''].join('\n')
}

function yamlOf(table: Calibration, count: number): string {
  const points = table.map(([claimed, right]) => `    - [${String(claimed)}, ${String(right)}]`)
  return `# How often claims of the shipped rules hold: made by npm run prove:calibration, do not edit.

- calibration: measured
  why: So it was measured on ${String(count)} claims.
  points:
${points.join('\n')}
`
}

function writeDown(table: Calibration, count: number, text: string): void {
  writeFileSync(RULES, yamlOf(table, count))
  if (!existsSync(PAGE)) return
  const page = readFileSync(PAGE, 'utf8')
  const [begin, end] = MARKS
  const [before = '', rest = ''] = page.split(begin)
  const after = rest.split(end)[1]
  if (after !== undefined) writeFileSync(PAGE, `${before}${begin}\n\n${text}\n${end}${after}`)
}

const { values, positionals } = parseArgs({
  options: { banners: { type: 'string' }, write: { type: 'boolean' }, wrong: { type: 'boolean' } },
  allowPositionals: true,
})
const [captures, labels] = positionals
const trials: Trial[] = []
for (const seed of OFFICES) trials.push(...(await officeTrials(seed)))
if (captures !== undefined && labels !== undefined)
  trials.push(...(await trialsOf(captures, readLabels(labels), known)))
if (values.banners !== undefined) trials.push(...bannerTrials(values.banners))

const told = outcomesOf(trials).filter(({ how, confidence }) => how !== 'silent' && confidence > 0)
const table = fitted(told.map(sampleOf))
const text = reliability(shownByOthers(told))
process.stdout.write(
  `as claimed, ${String(told.length)} claims:\n${reliability(told.map(sampleOf))}`,
)
process.stdout.write(`\nas shown, each fold by the others:\n${text}\n${yamlOf(table, told.length)}`)
if (values.wrong === true) {
  const wrong = told.filter(({ how, confidence }) => how === 'wrong' && confidence >= SURE_MIN)
  process.stdout.write(`\n${wrongText(wrong, { width: 0, colour: false })}`)
}
if (values.write === true) {
  writeDown(table, told.length, text)
  process.stdout.write(`\nwritten: ${fileURLToPath(RULES)}\n`)
}
