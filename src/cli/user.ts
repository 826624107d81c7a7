/** `onlooker user`: accounts of a running sensor, the first of them too, and their tokens. */

import { PERMISSIONS, ROLE_NAMES } from '../api/auth/permissions.js'
import { ASK_OPTIONS, Client } from './client.js'
import { screen, shortTime, tableText, type TextTable } from './columns.js'
import { CallError } from './errors.js'
import { parsed, type Json } from './listing.js'
import { readPassword } from './password.js'
import { writeOut } from './stdout.js'

const OPTIONS = {
  ...ASK_OPTIONS,
  json: { type: 'boolean' },
  role: { type: 'string' },
  name: { type: 'string' },
  permission: { type: 'string', multiple: true },
  days: { type: 'string' },
  remove: { type: 'string' },
} as const

interface Call {
  readonly client: Client
  readonly names: readonly string[]
  readonly json: boolean
  readonly role?: string
  readonly name?: string
  readonly permission?: readonly string[]
  readonly days?: string
  readonly remove?: string
}

const USERS: TextTable<Json> = {
  columns: [
    { title: 'Name', value: row => String(row.name), max: 40 },
    { title: 'Role', value: row => String(row.role), max: 16 },
    { title: 'Created', value: row => shortTime(row.created as string), max: 19 },
    { title: 'Last login', value: row => shortTime(row.last_login as string | null), max: 19 },
    { title: '', value: row => (row.disabled === true ? 'closed' : ''), max: 8 },
  ],
}

const TOKENS: TextTable<Json> = {
  columns: [
    { title: 'Id', value: row => String(row.id), max: 16 },
    { title: 'Name', value: row => String(row.name), max: 32 },
    { title: 'User', value: row => String(row.user), max: 32 },
    { title: 'Permissions', value: row => (row.permissions as string[]).join(' '), max: 60 },
    { title: 'Expires', value: row => shortTime(row.expires as string | null), max: 19 },
    { title: 'Last used', value: row => shortTime(row.last_used as string | null), max: 19 },
  ],
}

const VERBS: Readonly<Record<string, (call: Call) => Promise<void>>> = {
  add,
  passwd,
  list,
  remove,
  token,
}

export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parsed(args, OPTIONS, 'user')
  const [verb = '', ...names] = positionals
  if (!Object.hasOwn(VERBS, verb)) {
    const verbs = Object.keys(VERBS).join(', ')
    throw new CallError(
      `no such verb: ${verb === '' ? 'onlooker user' : verb}: it is one of ${verbs}`,
    )
  }
  const { config, socket, ...said } = values as { config?: string; socket?: string }
  const client = new Client({ config, socket })
  await VERBS[verb]!({ ...(said as Partial<Call>), client, names, json: values.json === true })
}

function oneName({ names }: Call): string {
  if (names.length === 1) return names[0]!
  throw new CallError('name one user: see onlooker help user')
}

const pathOf = (name: string): string => `/api/v1/users/${encodeURIComponent(name)}`

async function add(call: Call): Promise<void> {
  const name = oneName(call)
  const { client, role } = call
  if (role === undefined || !ROLE_NAMES.includes(role)) {
    throw new CallError(`no role: ${name}: add --role ${ROLE_NAMES.join(', --role ')}`)
  }
  const password = await readPassword(name)
  await client.ask('/api/v1/users', 'POST', { name, password, role })
  writeOut(`added ${name}, ${role}\n`)
}

async function passwd(call: Call): Promise<void> {
  const name = oneName(call)
  const password = await readPassword(name)
  await call.client.ask(pathOf(name), 'PATCH', { password })
  writeOut(`changed the password of ${name}, who has to log in again\n`)
}

async function list({ client, json }: Call): Promise<void> {
  const { items } = await client.ask<{ items: Json[] }>('/api/v1/users')
  if (json) writeOut(`${JSON.stringify(items, null, 2)}\n`)
  else if (items.length === 0) writeOut('nobody has an account yet: onlooker user add NAME\n')
  else writeOut(tableText(items, USERS, screen()))
}

async function remove(call: Call): Promise<void> {
  const name = oneName(call)
  await call.client.ask(pathOf(name), 'DELETE')
  writeOut(`removed ${name}, with all tokens and sessions\n`)
}

/** Without a user they are listed. */
async function token(call: Call): Promise<void> {
  const { client, json, names, permission, name = 'command line', days, remove: id } = call
  if (id !== undefined) {
    await client.ask(`/api/v1/tokens/${encodeURIComponent(id)}`, 'DELETE')
    return writeOut(`ended the token ${id}\n`)
  }
  if (names.length === 0) {
    const { items } = await client.ask<{ items: Json[] }>('/api/v1/tokens')
    if (json) return writeOut(`${JSON.stringify(items, null, 2)}\n`)
    return writeOut(
      items.length === 0 ? 'there are no tokens\n' : tableText(items, TOKENS, screen()),
    )
  }
  const user = oneName(call)
  if (permission === undefined) {
    throw new CallError(`no permission: ${user}: add --permission ${PERMISSIONS.join('|')}`)
  }
  const asked = { name, user, permissions: permission, ...(days && { days: Number(days) }) }
  const made = await client.ask<Json>('/api/v1/tokens', 'POST', asked)
  if (json) return writeOut(`${JSON.stringify(made, null, 2)}\n`)
  // The token alone, so that it can go where it is needed.
  process.stderr.write(`it ends ${shortTime(made.expires as string)}, and is shown this once:\n`)
  writeOut(`${String(made.token)}\n`)
}
