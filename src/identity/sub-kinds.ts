/** Which protocols tell of stations behind gateways, and what a station says that tells it apart. */

/** What somebody says who speaks for others: whom, in the words of the protocol, or by its unit. */
export type Telling = 'text' | 'unit'

export interface SubKind {
  /** The protocols that tell of such stations: what others call so is a name and no more. */
  readonly by: readonly string[]
  /** What no two of them share: who says the same as its gateway is the gateway. */
  readonly own: readonly string[]
  /** It is called by its master's hardware address, and tells of itself. */
  readonly isOfMaster?: true
}

export const MODBUS = 'modbus'

/** By how such a name begins. */
export const SUB_KINDS: Readonly<Record<string, SubKind>> = {
  bacnet: { by: ['bacnet'], own: ['bacnet.instance'] },
  enip: { by: ['enip'], own: ['enip.serial'] },
  ethercat: { by: ['ethercat'], own: [], isOfMaster: true },
  hartip: { by: ['hartip'], own: ['hartip.device'] },
  knx: { by: ['knxnetip'], own: ['knxnetip.address'] },
  mbus: { by: ['mbus'], own: [] },
  [MODBUS]: {
    by: ['modbus', 'sunspec', 'umas'],
    own: [
      ...['modbus.vendor', 'modbus.product_code', 'modbus.revision', 'modbus.product'],
      ...['modbus.model', 'modbus.application', 'modbus.server_id', 'sunspec.serial'],
    ],
  },
}

/** Facts of gateways, by which they tell of a station. */
export const TELLING: Readonly<Record<string, Telling>> = {
  'bacnet.speaks_for': 'text',
  'enip.speaks_for': 'text',
  'hartip.speaks_for': 'text',
  'knxnetip.carries': 'text',
  'mbus.speaks_for': 'text',
  'modbus.speaks_for': 'text',
  'modbus.unit': 'unit',
}

/** An exception that only gateways know: what stands behind them is out of reach. */
export const GATEWAY_FAULT = 'modbus.exception'
export const FAULT_OF_GATEWAY = 'gateway'

const COMPARED = new Set([...Object.values(SUB_KINDS).flatMap(({ own }) => own), GATEWAY_FAULT])

/** Whether stations behind gateways are told from the gateway by it. */
export const isCompared = (fact: string): boolean => COMPARED.has(fact)
export const isOfGateway = (fact: string): boolean => Object.hasOwn(TELLING, fact)
