/** `onlooker devices`: what a running sensor knows, and what people say of it. */

import { DEVICE_FIELDS } from '../store/fields.js'
import { ASK_OPTIONS, Client } from './client.js'
import { screen, shortTime, styled, tableText, type Style, type TextTable } from './columns.js'
import { findDevice } from './device-search.js'
import { show } from './device-page.js'
import { CallError } from './errors.js'
import { countText, plural } from './inventory-words.js'
import { parsed, rowsOf, wishIn, wroteAll, type Json } from './listing.js'
import { writeOut } from './stdout.js'

const PATH = '/api/v1/devices'

const texts = (row: Json, name: string): readonly string[] => row[name] as readonly string[]

const TABLE: TextTable<Json> = {
  columns: [
    { title: 'Name', value: row => texts(row, 'names')[0] ?? '', max: 28 },
    { title: 'Address', value: addressOf, max: 30 },
    {
      title: 'MAC',
      value: row =>
        texts(row, 'macs')[0] ?? (row.behind ? '(behind)' : row.routed ? '(routed)' : ''),
      max: 17,
    },
    { title: 'Vendor', value: vendorOf, max: 24 },
    { title: 'Kind', value: row => (row.kind === 'unknown' ? '' : String(row.kind)), max: 18 },
    { title: 'State', value: stateOf, max: 14 },
    { title: 'Packets', value: row => countText(Number(row.packets)), max: 14, right: true },
    { title: 'Last seen', value: row => shortTime(String(row.last_seen)), max: 19 },
    { title: 'Id', value: row => String(row.id), max: 24 },
  ],
  style: styleOf,
}

function addressOf(row: Json): string {
  const all = [...texts(row, 'ipv4'), ...texts(row, 'ipv6'), ...texts(row, 'sub_addresses')]
  return all.length > 1 ? `${all[0]!} +${String(all.length - 1)}` : (all[0] ?? '')
}

function vendorOf(row: Json): string {
  return (row.vendor as string | null) ?? (row.randomized_mac === true ? '(random MAC)' : '')
}

function stateOf(row: Json): string {
  const { authorized } = row.edits as { authorized?: boolean }
  const words = [row.new === true ? 'new' : '', row.status === 'inactive' ? 'inactive' : '']
  return [...words, authorized === false ? 'unauthorized' : ''].filter(Boolean).join(' ')
}

function styleOf(row: Json): Style {
  if ((row.edits as { authorized?: boolean }).authorized === false) return 'red'
  if (row.new === true) return 'yellow'
  return row.status === 'inactive' ? 'dim' : 'plain'
}

const VERBS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  show: args => show(args),
  edit: args => edit(args),
  set: args => set(args),
  merge: args => merge(args),
  split: args => split(args),
  pin: args => pin(args),
  forget: args => forget(args),
}

export async function run(args: string[]): Promise<void> {
  const [verb = '', ...rest] = args
  if (Object.hasOwn(VERBS, verb)) return VERBS[verb]!(rest)
  return list(args)
}

async function list(args: string[]): Promise<void> {
  const wish = wishIn(args, DEVICE_FIELDS, 'devices')
  const [name] = wish.names
  if (name !== undefined) {
    const verbs = Object.keys(VERBS).join(', ')
    throw new CallError(`no such verb: ${name}: it is one of ${verbs}; or search with --q ${name}`)
  }
  const client = new Client(wish)
  if (await wroteAll(client, PATH, wish)) return
  const { rows, more } = await rowsOf(client, PATH, wish)
  const on = screen()
  if (rows.length > 0) writeOut(`${tableText(rows, TABLE, on)}\n`)
  const rest = more ? ' and more: --limit N shows so many, --csv all' : ''
  writeOut(`${styled(`${plural(rows.length, 'device')}${rest}`, 'dim', on)}\n`)
}

/** Names of options, and of fields of an edit. */
const EDITS = {
  name: 'name',
  kind: 'kind',
  vendor: 'vendor',
  model: 'model',
  os: 'os',
  authorized: 'authorized',
  importance: 'importance',
  tags: 'tags',
  location: 'location',
  notes: 'notes',
  owner: 'owner',
  'business-function': 'business_function',
} as const

const EDIT_OPTIONS = Object.fromEntries(
  Object.keys(EDITS).map(name => [name, { type: 'string' as const }]),
)

/** The one device that is named, and what else the call says. */
async function named(args: string[], options: Parameters<typeof parsed>[1], count = 1) {
  const { values, positionals } = parsed(args, { ...ASK_OPTIONS, ...options }, 'devices')
  if (positionals.length !== count) {
    const what = count === 1 ? 'one device' : `${String(count)} of them`
    throw new CallError(`name ${what}: by id, name or address: see onlooker help devices`)
  }
  const { config, socket } = values as { config?: string; socket?: string }
  return { values, positionals, client: new Client({ config, socket }) }
}

async function edit(args: string[]): Promise<void> {
  const { values, positionals, client } = await named(args, EDIT_OPTIONS)
  const edits = Object.entries(EDITS).flatMap(([option, field]) => {
    const written = values[option]
    return typeof written === 'string' ? [[field, editOf(field, written)] as const] : []
  })
  if (edits.length === 0) {
    const options = Object.keys(EDITS).map(option => `--${option}`)
    throw new CallError(`nothing to change: say it by ${options.join(', ')}`)
  }
  await say(client, positionals[0]!, edits)
}

/** `kind=printer vendor=HP`: the same in fewer strokes. */
async function set(args: string[]): Promise<void> {
  const { values, positionals } = parsed(args, ASK_OPTIONS, 'devices')
  const [word, ...pairs] = positionals
  if (word === undefined || pairs.length === 0) {
    throw new CallError('name a device and what it is: onlooker devices set 10.0.0.5 kind=printer')
  }
  const edits = pairs.map(pair => {
    const [, name = '', written = ''] = /^([a-z_-]+)=(.*)$/s.exec(pair) ?? []
    const option = name.replaceAll('_', '-')
    if (Object.hasOwn(EDITS, option)) {
      const field = EDITS[option as keyof typeof EDITS]
      return [field, editOf(field, written)] as const
    }
    throw new CallError(
      `nothing that can be set: ${pair}: it is ${Object.keys(EDITS).join('=, ')}=`,
    )
  })
  const { config, socket } = values as { config?: string; socket?: string }
  await say(new Client({ config, socket }), word, edits)
}

async function say(
  client: Client,
  word: string,
  edits: readonly (readonly [string, unknown])[],
): Promise<void> {
  const id = await findDevice(client, word)
  await client.ask(`${PATH}/${encodeURIComponent(id)}`, 'PATCH', Object.fromEntries(edits))
  writeOut(`edited ${id}: ${edits.map(([field]) => field).join(', ')}\n`)
}

/** An empty value takes back what was said. */
function editOf(field: string, written: string): unknown {
  if (written === '') return null
  if (field === 'tags') return [...new Set(written.split(',').map(tag => tag.trim()))]
  if (field !== 'authorized') return written
  const flags: Readonly<Record<string, boolean>> = {
    yes: true,
    true: true,
    no: false,
    false: false,
  }
  if (Object.hasOwn(flags, written)) return flags[written]
  throw new CallError(`wrong --authorized: ${written}: write yes, no, or '' for neither`)
}

async function merge(args: string[]): Promise<void> {
  const { positionals, client } = await named(args, {}, 2)
  const [into, from] = await Promise.all(positionals.map(name => findDevice(client, name)))
  await client.ask(`${PATH}/merge`, 'POST', { into, from })
  writeOut(`merged ${from!} into ${into!}\n`)
}

async function split(args: string[]): Promise<void> {
  const { positionals, client } = await named(args, {}, 2)
  const [name, address] = positionals as [string, string]
  const id = await findDevice(client, name)
  await client.ask(`${PATH}/${encodeURIComponent(id)}/split`, 'POST', { address })
  writeOut(`took ${address} out of ${id}\n`)
}

async function pin(args: string[]): Promise<void> {
  const { positionals, client } = await named(args, {})
  const id = await findDevice(client, positionals[0]!)
  await client.ask(`${PATH}/${encodeURIComponent(id)}/pin`, 'POST')
  writeOut(`pinned ${id}\n`)
}

async function forget(args: string[]): Promise<void> {
  const { values, positionals, client } = await named(args, { yes: { type: 'boolean' } })
  const id = await findDevice(client, positionals[0]!)
  if (values.yes !== true) {
    throw new CallError(`this erases all that is kept of ${id}: it cannot be undone: add --yes`)
  }
  const receipt = await client.ask(`${PATH}/${encodeURIComponent(id)}/forget`, 'POST')
  writeOut(`${JSON.stringify(receipt, null, 2)}\n`)
}
