/**
 * What programs and small devices answer about themselves in JSON over HTTP, without being asked
 * who wants to know: search engines, container hosts and clusters, lamps and plugs.
 */

import type { Cursor } from '../bytes/cursor.js'
import { fact, mac, text } from '../model/fact.js'
import { membersOf, readMembers, type MemberRow, type Members } from './json.js'
import type { Notes, Protocol } from './protocol.js'
import { SENDER } from './protocol.js'
import { contains } from './text-contains.js'

const product = fact('api.product', text, 'set')
const version = fact('api.version', text, 'set')
/** What a machine is called, and what the cluster is that it belongs to. */
const name = fact('api.name', text, 'set')
const cluster = fact('api.cluster', text, 'set')
const id = fact('api.id', text, 'set')
const model = fact('api.model', text, 'set')
const address = fact('api.mac', mac, 'set')
const system = fact('api.system', text, 'set')
/** Whether it asks who somebody is: `false` or `true`. */
const guarded = fact('api.guarded', text, 'set')

interface Product {
  readonly name: string
  /** A key or a word that only this product has near the beginning. */
  readonly key: string
  readonly members: Members
}

const row = (called: string, key: string, members: readonly MemberRow[], deepest = 1): Product => ({
  name: called,
  key,
  members: membersOf(members, deepest),
})

const ELASTIC: readonly MemberRow[] = [
  ['name', name],
  ['cluster_name', cluster],
  ['cluster_uuid', id],
  ['number', version],
]

const PRODUCTS: readonly Product[] = [
  row('opensearch', '"opensearch"', ELASTIC, 2),
  row('elasticsearch', '"lucene_version"', ELASTIC, 2),
  row('docker', '"ApiVersion"', [
    ['Version', version],
    ['Os', system],
    ['KernelVersion', system],
  ]),
  row('docker', '"DockerRootDir"', [
    ['Name', name],
    ['ServerVersion', version],
    ['OperatingSystem', system],
    ['KernelVersion', system],
    ['ID', id],
  ]),
  row('kubernetes', '"gitVersion"', [
    ['gitVersion', version],
    ['platform', system],
  ]),
  row('etcd', '"etcdserver"', [['etcdserver', version]]),
  row(
    'consul',
    '"NodeName"',
    [
      ['NodeName', name],
      ['NodeID', id],
      ['Datacenter', cluster],
      ['Version', version],
    ],
    2,
  ),
  row('vault', '"sealed"', [
    ['version', version],
    ['cluster_name', cluster],
    ['cluster_id', id],
  ]),
  row('couchdb', '"couchdb"', [
    ['version', version],
    ['uuid', id],
  ]),
  row('hue', '"bridgeid"', [
    ['name', name],
    ['swversion', version],
    ['mac', address],
    ['bridgeid', id],
    ['modelid', model],
  ]),
  row('shelly', '"fw_id"', [
    ['name', name],
    ['id', id],
    ['mac', address],
    ['model', model],
    ['ver', version],
    ['auth_en', guarded],
  ]),
  row('shelly', '"longid"', [
    ['type', model],
    ['mac', address],
    ['auth', guarded],
    ['fw', version],
  ]),
  row('wled', '"leds"', [
    ['name', name],
    ['ver', version],
    ['mac', address],
    ['arch', model],
  ]),
  row('jellyfin', '"StartupWizardCompleted"', [
    ['ServerName', name],
    ['Version', version],
    ['Id', id],
    ['OperatingSystem', system],
  ]),
]
/** What tells a product stands this early. */
const SNIFF_MAX = 1024

/** Paths at which one of these answers; `/` is the search engines'. */
export const PATHS: readonly string[] = [
  ...['/version', '/info', '/v1/agent/self', '/v1/sys/health', '/api/config', '/shelly', '/rpc/'],
  ...['/json', '/system/info/public', '/v1.', '/api/0/config'],
]

function parse(c: Cursor, notes: Notes): void {
  notes.about(SENDER)
  let i = 0
  while (i < PRODUCTS.length) {
    const candidate = PRODUCTS[i++]!
    if (!contains(c, candidate.key, SNIFF_MAX)) continue
    notes.say(product, candidate.name)
    return readMembers(c, notes, candidate.members)
  }
}

export const api: Protocol = {
  name: 'api',
  standard: 'of their makers',
  tells: 'product, version, name and model of programs and small devices that answer in JSON',
  heard: [],
  facts: [product, version, name, cluster, id, model, address, system, guarded],
  parse,
}
