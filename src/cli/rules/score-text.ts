/** A score as text for people, and the same as JSON for programs. */

import { styled, tableText, type Screen, type TextColumn } from '../columns.js'
import type { Bin, Count, Outcome, Score } from './score.js'

const percent = (part: number, whole: number): string =>
  whole === 0 ? '' : `${((100 * part) / whole).toFixed(1)} %`

const COUNTS: readonly TextColumn<Count>[] = [
  { title: '', value: ({ name }) => name, max: 28 },
  { title: 'Right', value: ({ right, n }) => `${String(right)}/${String(n)}`, max: 9, right: true },
  { title: '', value: ({ right, n }) => percent(right, n), max: 8, right: true },
  { title: 'Wrong', value: ({ wrong }) => String(wrong), max: 6, right: true },
  { title: 'Silent', value: ({ silent }) => String(silent), max: 6, right: true },
]

const BINS: readonly TextColumn<Bin>[] = [
  { title: 'Claimed', value: ({ from, to }) => `${String(from)} to ${String(to)}`, max: 14 },
  { title: 'Mean', value: ({ claimed }) => claimed.toFixed(3), max: 6, right: true },
  { title: 'Right', value: ({ right, n }) => `${String(right)}/${String(n)}`, max: 9, right: true },
  { title: '', value: ({ right, n }) => percent(right, n), max: 8, right: true },
  {
    title: 'By fold',
    value: ({ folds }) =>
      folds.map(({ n, right }) => (n === 0 ? '-' : `${String(right)}/${String(n)}`)).join(' '),
    max: 50,
  },
]

const CONFUSIONS: readonly TextColumn<Score['confusions'][number]>[] = [
  { title: 'Is', value: ({ right }) => right, max: 24 },
  { title: 'Taken for', value: ({ found }) => found, max: 24 },
  { title: 'Times', value: ({ count }) => String(count), max: 6, right: true },
]

const WRONG: readonly TextColumn<Outcome>[] = [
  { title: 'Property', value: ({ property }) => property, max: 8 },
  { title: 'Is', value: ({ right }) => right, max: 28 },
  { title: 'Taken for', value: ({ found }) => found ?? '', max: 28 },
  { title: 'Sure', value: ({ confidence }) => confidence.toFixed(2), max: 5, right: true },
  { title: 'Rule', value: ({ blame }) => blame?.rule ?? '', max: 32 },
  { title: 'Said', value: ({ blame }) => (blame ? `${blame.fact}=${blame.said}` : ''), max: 60 },
  { title: 'Who', value: ({ label }) => label.mac ?? label.ip ?? '', max: 26 },
  { title: 'File', value: ({ label }) => label.file, max: 90 },
]

export function scoreText(score: Score, on: Screen): string {
  const part = (title: string, text: string): string => `${styled(title, 'bold', on)}\n${text}`
  const table = (rows: readonly Count[]): string => tableText(rows, { columns: COUNTS }, on)
  const all = score.sure.reduce((sum, { n }) => sum + n, 0)
  const wrong = score.sure.reduce((sum, count) => sum + count.wrong, 0)
  const missing = score.missing === 0 ? '' : `, ${String(score.missing)} not found`
  return [
    `${String(score.devices)} labelled devices${missing}\n`,
    part('Properties', table(score.properties)),
    part(`Kinds: on average ${percent(score.macro, 1)} of each`, table(score.kinds)),
    part('Tiers', table(score.tiers)),
    part(`Claimed at 0.9 and above: ${percent(wrong, all)} wrong`, table(score.sure)),
    part('Reliability', tableText(score.reliability, { columns: BINS }, on)),
    part('Confusions', tableText(score.confusions, { columns: CONFUSIONS }, on)),
  ].join('\n')
}

export const wrongText = (outcomes: readonly Outcome[], on: Screen): string =>
  tableText(outcomes, { columns: WRONG }, on)

/** An outcome without what a program can look up itself. */
export const outcomeView = ({ label, blame, ...rest }: Outcome): object => ({
  file: label.file,
  mac: label.mac,
  ip: label.ip,
  ...rest,
  rule: blame?.rule ?? null,
  fact: blame?.fact ?? null,
  said: blame?.said ?? null,
})
