/** `onlooker explain-frame`: one frame's way through layers, parsers and news. */

import { parseArgs } from 'node:util'
import { openFile } from '../capture/file.js'
import { readSource } from '../hearing/reading.js'
import { facts, protocols } from '../protocols/index.js'
import { CallError } from './errors.js'
import type { FrameDocument } from './explain/document.js'
import { Explainer } from './explain/explainer.js'
import { frameText } from './explain/text.js'
import { READING_SEED } from './reading-seed.js'
import { writeOut } from './stdout.js'

const USAGE = 'try onlooker explain-frame office.pcap 12'

export async function run(args: string[]): Promise<void> {
  const { file, frame, json } = parse(args)
  const explained = await explainFrame(file, frame)
  writeOut(json ? `${JSON.stringify(explained, null, 2)}\n` : frameText(explained))
}

/** Hears the file up to the frame of this number, from 1, and says what became of it. */
export async function explainFrame(file: string, frame: number): Promise<FrameDocument> {
  const explainer = new Explainer({ protocols, facts, seed: READING_SEED, frame })
  const source = openFile(file)
  const { packets } = await readSource(explainer.upTo(source), explainer, () => undefined)
  const { found } = explainer
  if (found) return { schema: 'onlooker.frame/1', file, ...found, readings: explainer.readings() }
  const cut = source.warnings.map(warning => ` (${warning})`).join('')
  throw new CallError(
    `no such frame: frame ${frame} of ${packets}${cut}: ${file}: ${choices(packets)}`,
  )
}

const choices = (packets: number): string =>
  packets === 0 ? 'there is none in it' : `give a number from 1 to ${packets}`

function parse(args: string[]): { file: string; frame: number; json: boolean } {
  const { values, positionals } = parsed(args)
  const [file, number, ...more] = positionals
  if (file === undefined) throw new CallError(`no file named: onlooker explain-frame: ${USAGE}`)
  if (number === undefined) throw new CallError(`no frame named: onlooker explain-frame: ${USAGE}`)
  if (more.length > 0) throw new CallError(`one frame at a time: ${more[0]!}: ${USAGE}`)
  const frame = /^\d{1,15}$/.test(number) ? Number(number) : 0
  if (frame === 0) throw new CallError(`no number of a frame: ${number}: they count from 1`)
  return { file, frame, json: values.json === true }
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: { json: { type: 'boolean' } }, allowPositionals: true })
  } catch (error) {
    throw new CallError(
      `${(error as Error).message.split('. ')[0]!}: onlooker explain-frame: ${USAGE}`,
    )
  }
}
