/**
 * CWMP (TR-069): what a router or telephone tells the operator who manages it: maker, class, serial
 * number, versions and address; and what it lets that operator do.
 */

import { Elements } from '../bytes/xml.js'
import { Cursor } from '../bytes/cursor.js'
import { fact, text, type Fact } from '../model/fact.js'
import type { Notes, Protocol } from './protocol.js'
import { SENDER } from './protocol.js'

const manufacturer = fact('cwmp.manufacturer', text)
const oui = fact('cwmp.oui', text)
const productClass = fact('cwmp.product_class', text)
const serial = fact('cwmp.serial', text)
const model = fact('cwmp.model', text)
const hardware = fact('cwmp.hardware', text)
const software = fact('cwmp.software', text)
const description = fact('cwmp.description', text)
/** Its address as seen from outside, and where the operator may call it. */
const external = fact('cwmp.external_address', text, 'set')
const callback = fact('cwmp.callback', text, 'set')
/** Why it calls: `0 BOOTSTRAP`, `2 PERIODIC`; about the operator's server, what it has done. */
const reason = fact('cwmp.event', text, 'set')
const call = fact('cwmp.call', text, 'set')

const NAME = 0
const VALUE = 1
const FIRST_SAID = 2
const SAID: readonly (readonly [element: string, said: Fact])[] = [
  ['Manufacturer', manufacturer],
  ['OUI', oui],
  ['ProductClass', productClass],
  ['SerialNumber', serial],
  ['EventCode', reason],
]
/** Calls of either side. Whom they are about is who makes them. */
const CALLS: readonly string[] = [
  ...['Inform', 'InformResponse', 'GetRPCMethods', 'SetParameterValues', 'GetParameterValues'],
  ...['GetParameterNames', 'AddObject', 'DeleteObject', 'Download', 'Upload', 'Reboot'],
  ...['FactoryReset', 'TransferComplete', 'Fault'],
]
const FIRST_CALL = FIRST_SAID + SAID.length
const elements = new Elements(['Name', 'Value', ...SAID.map(([element]) => element), ...CALLS])

/** The ends of parameters' names; what stands before differs by data model. */
const PARAMETERS: readonly (readonly [ending: string, said: Fact])[] = [
  ['.DeviceInfo.HardwareVersion', hardware],
  ['.DeviceInfo.SoftwareVersion', software],
  ['.DeviceInfo.ModelName', model],
  ['.DeviceInfo.Description', description],
  ['.ExternalIPAddress', external],
  ['.ManagementServer.ConnectionRequestURL', callback],
]

const parameter = new Cursor()

function parse(c: Cursor, notes: Notes): void {
  notes.about(SENDER)
  let named: Fact | undefined
  while (c.left > 0 && elements.next(c)) {
    const { name, closing, textAt, textLength } = elements
    if (name < 0 || closing) continue
    if (name >= FIRST_CALL) notes.say(call, CALLS[name - FIRST_CALL]!)
    else if (name >= FIRST_SAID) notes.add(SAID[name - FIRST_SAID]![1], textAt, textLength)
    else if (name === NAME) named = meant(c)
    else if (name === VALUE && named !== undefined) {
      notes.add(named, textAt, textLength)
      named = undefined
    }
  }
}

/** What the parameter says whose name was just read. */
function meant(c: Cursor): Fact | undefined {
  const end = elements.textAt + elements.textLength
  let i = 0
  while (i < PARAMETERS.length) {
    const [ending, said] = PARAMETERS[i++]!
    if (ending.length > elements.textLength) continue
    if (parameter.over(c.bytes, end - ending.length, end).starts(ending)) return said
  }
  return undefined
}

export const cwmp: Protocol = {
  name: 'cwmp',
  standard: 'Broadband Forum TR-069',
  tells: 'maker, model, serial number, firmware and outer address of routers that operators manage',
  heard: [],
  facts: [
    ...[manufacturer, oui, productClass, serial, model, hardware, software, description],
    ...[external, callback, reason, call],
  ],
  parse,
}
