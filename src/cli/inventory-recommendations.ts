/** What should be mended, in the JSON of an inventory: a line for each device and recommendation. */

import { findingJson } from '../model/finding-json.js'
import type { Finding } from '../model/finding.js'
import { bytesOf, type ByteWriter } from './inventory-bytes.js'

export function writeRecommendations(w: ByteWriter, findings: readonly Finding[]): void {
  findings.forEach((finding, i) => {
    w.word(i > 0 ? ',\n' : '\n')
    w.raw(bytesOf(JSON.stringify(findingJson(finding))))
  })
}
