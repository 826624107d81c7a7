/** Kinds of devices as other lists call them, as ours. */

import { KINDS } from '../../model/kinds.js'

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/print server/i, 'print-server'],
  [/printer|multifunction|copier/i, 'printer'],
  [/ip ?camera|web ?cam|\bcamera/i, 'camera'],
  [/\bdvr\b|\bnvr\b|video recorder/i, 'nvr'],
  [/voip gateway|analog(ue)? (telephone )?adapter|\bata\b/i, 'voip-gateway'],
  [/voip|ip ?phone|sip phone/i, 'voip-phone'],
  [/smart ?phone|mobile phone|\bphone\b/i, 'phone'],
  [/tablet|e-?reader/i, 'tablet'],
  [/access point|\bwap\b|wireless ap/i, 'access-point'],
  [/wireless controller/i, 'wireless-controller'],
  [/switch/i, 'switch'],
  [/firewall|security appliance/i, 'firewall'],
  [/cable modem|dsl modem|\bmodem\b/i, 'modem'],
  [/router|gateway/i, 'router'],
  [/\bnas\b|storage/i, 'nas'],
  [/\bups\b/i, 'ups'],
  [/\bpdu\b|power device/i, 'pdu'],
  [/game|console/i, 'game-console'],
  [/\btv\b|television/i, 'tv'],
  [/set-?top|media (player|streamer)|streaming/i, 'media-player'],
  [/thin client/i, 'thin-client'],
  [/bar ?code|handheld/i, 'handheld'],
  [/projector/i, 'projector'],
  [/thermostat/i, 'thermostat'],
  [/hypervisor/i, 'hypervisor'],
  [/lights.?out|\bbmc\b|management (card|controller)/i, 'bmc'],
  [/\bplc\b/i, 'plc'],
  [/medical/i, 'medical-device'],
]

/** undefined where it is none of ours. */
export function kindOf(text: string): string | undefined {
  const key = text.trim().toLowerCase().replace(/\s+/g, '-')
  if (KINDS.includes(key) && key !== 'unknown') return key
  return WORDS.find(([pattern]) => pattern.test(text))?.[1]
}
