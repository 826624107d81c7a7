/** Topics that name the device which speaks under them; what all others name may be personal. */

import type { Cursor } from '../bytes/cursor.js'

/** How a topic begins, and up to which of its levels it names the device. */
const GRAMMARS: readonly (readonly [beginning: string, levels: number])[] = [
  ['homeassistant/', 3],
  ['zigbee2mqtt/', 2],
  ['tasmota/discovery/', 3],
  ['tele/', 2],
  ['stat/', 2],
  ['cmnd/', 2],
  ['shellies/', 2],
  ['shelly', 1],
  ['esphome/', 2],
  ['homie/', 2],
  ['wled/', 2],
  ['valetudo/', 2],
  ['rtl_433/', 2],
  ['zwave/', 2],
  ['frigate/', 1],
  ['ebusd/', 1],
  ['ems-esp/', 1],
  ['openWB/', 1],
  ['evcc/', 1],
  // Printers of Bambu Lab, by serial number.
  ['device/', 2],
  // Sparkplug: group, kind, node.
  ['spBv1.0/', 4],
  // The clouds' and LoRaWAN's own.
  ['$aws/things/', 3],
  ['devices/', 2],
  ['/devices/', 3],
  ['iot-2/type/', 5],
  ['application/', 4],
  ['gateway/', 2],
  ['eu868/gateway/', 3],
  ['us915/gateway/', 3],
]

const SLASH = 0x2f
const HASH = 0x23
const PLUS = 0x2b
const LEVELS_MAX = 6

/** How many bytes of the topic at the cursor name a device; 0 if it is nobody's. */
export function namingLength(c: Cursor, length: number): number {
  let i = 0
  while (i < GRAMMARS.length) {
    const [beginning, levels] = GRAMMARS[i++]!
    if (c.starts(beginning) && beginning.length < length) return levelsLength(c, length, levels)
  }
  return 0
}

/** The length of the first levels; 0 if one of them stands for any. */
function levelsLength(c: Cursor, length: number, levels: number): number {
  let at = 0
  let level = 0
  while (at < length && level < LEVELS_MAX) {
    const byte = c.peek(at)
    if (byte === HASH || byte === PLUS) return 0
    if (byte === SLASH && ++level === levels) return at
    at++
  }
  return level + 1 === levels ? length : 0
}
